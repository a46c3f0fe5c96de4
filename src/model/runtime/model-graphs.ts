/** What a network is made of: three ONNX graphs with the files of their weights, wherever they come from. */

import type { ByteStore } from '../../base/byte-store.ts';
import type { ExportPrecision, KeptPrecision, WeightError } from '../../contract/models/model.ts';
import { type Architecture, EMBEDDING } from '../families/family.ts';
import type { SerialisedModel } from '../onnx/graph.ts';
import type { StateDict } from '../onnx/weights.ts';
import { type EmbeddingTable, embeddingTable } from './embedding-table.ts';

export type GraphName = 'embed' | 'vision' | 'decoder';

/** Where a graph is to run: what has no kernel there is made of others. */
export type GraphBackend = 'wasm' | 'webgpu';

/** A file of weights beside a graph. */
export interface ExternalData {
  /** As the graph's tensors call it. */
  readonly path: string;
  readonly data: ByteStore;
}

/** One graph, as a session takes it. */
export interface GraphFiles {
  /** A serialised ModelProto. */
  readonly model: Uint8Array;
  readonly externalData: readonly ExternalData[];
}

/**
 * The graphs of a model, each made or read when it is asked for, so that no two of them are in memory at once. They may
 * be asked for again: another backend, or a new device, needs them anew. They throw what their makers throw.
 */
export interface ModelGraphs {
  readonly embed: (backend: GraphBackend) => Promise<GraphFiles>;
  /** Null where the model has no eyes. */
  readonly vision: (() => Promise<GraphFiles>) | null;
  readonly decoder: () => Promise<GraphFiles>;
  /** Rows of the embedding, in place of its graph, where they are read from the model; else null. */
  readonly table: EmbeddingTable | null;
  /** Of our own graphs. */
  readonly keeping: Keeping | null;
  /**
   * Of graphs that another exporter made. Their decoders may take no padding (GroupQueryAttention counts a row's tokens
   * from its left), so a batch is read one sequence after the other. Null for our own.
   */
  readonly foreign: {
    /** As the decoder's file is named. */
    readonly precision: ExportPrecision;
    /** Weights of 16 bits, which a GPU without shader-f16 cannot run. */
    readonly halfFloats: boolean;
    /** Bytes of the largest tensor, which one GPU buffer has to hold. */
    readonly largestTensorBytes: number;
    /** Quantized to eight bits anew for every run: what it says depends on what is read together. */
    readonly dynamic: boolean;
    /** What the graphs compute otherwise than their family does, a sentence each for as long as they are open. */
    readonly marks: readonly string[];
  } | null;
}

/** How a model's weights are kept in our own graphs; see {@link KeptPrecision}. */
export interface Keeping {
  readonly precision: KeptPrecision;
  /** Inside the graphs, the embedding too. */
  readonly inside: boolean;
  readonly onWeightError?: (error: WeightError) => void;
}

/** Small, and in float32. */
export const WHOLE: Keeping = { precision: 'fp32', inside: true };

/** The graphs that this project builds from weights. They throw what the builders throw. */
export function ownGraphs(
  architecture: Architecture,
  stateDict: StateDict,
  keeping = WHOLE,
): ModelGraphs {
  const options = buildOptions(keeping);
  const table = stateDict.get(EMBEDDING);
  return {
    embed: async () => filesOf(architecture.embedTokens(stateDict, options)),
    vision: async () => filesOf(architecture.visionEncoder(stateDict, options)),
    decoder: async () => filesOf(architecture.decoder(stateDict, options)),
    table: keeping.inside || table === undefined ? null : embeddingTable(table),
    foreign: null,
    keeping,
  };
}

/** How the builders are asked for graphs with their weights. */
export const buildOptions = ({ precision, inside, onWeightError }: Keeping) =>
  ({
    weights: 'initializers',
    precision,
    external: !inside,
    ...(onWeightError === undefined ? {} : { onWeightError }),
  }) as const;

/** A graph that was built here, as a session takes it. */
export function filesOf({ model, external }: SerialisedModel): GraphFiles {
  return { model, externalData: external };
}

/** The same files, which say how much of their weights has been asked for. */
export function told(
  { model, externalData }: GraphFiles,
  say: (loaded: number, total: number) => void,
): GraphFiles {
  const total = externalData.reduce((sum, { data }) => sum + data.size, 0);
  let loaded = 0;
  const counted = externalData.map(({ path, data }) => ({
    path,
    data: {
      size: data.size,
      read: (begin: number, end: number) => {
        const bytes = data.read(begin, end);
        loaded += end - begin;
        say(Math.min(loaded, total), total);
        return bytes;
      },
    },
  }));
  return { model, externalData: counted };
}

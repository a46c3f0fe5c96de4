/** What a network is made of: three ONNX graphs with the files of their weights, wherever they come from. */

import type { Architecture } from '../families/family.ts';
import type { BuiltGraph } from '../onnx/options.ts';
import type { Checkpoint } from '../onnx/weights.ts';

export type GraphName = 'embed' | 'vision' | 'decoder';

/** Where a graph is to run: what has no kernel there is made of others. */
export type GraphBackend = 'wasm' | 'webgpu';

/** A file of weights beside a graph. */
export interface ExternalData {
  /** As the graph's tensors call it. */
  readonly path: string;
  readonly data: Blob | Uint8Array;
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
  /**
   * Of graphs that another exporter made. Their decoders may take no padding (GroupQueryAttention counts a row's tokens
   * from its left), so a batch is read one sequence after the other. Null for our own.
   */
  readonly foreign: {
    /** Weights of 16 bits, which a GPU without shader-f16 cannot run. */
    readonly halfFloats: boolean;
    /** Bytes of the largest tensor, which one GPU buffer has to hold. */
    readonly largestTensorBytes: number;
    /** What the graphs compute otherwise than their family does, a sentence each for as long as they are open. */
    readonly marks: readonly string[];
  } | null;
}

/** The graphs that this project builds from a checkpoint. They throw what the builders throw. */
export function ownGraphs(architecture: Architecture, checkpoint: Checkpoint): ModelGraphs {
  const options = { weights: 'initializers' } as const;
  return {
    embed: async () => filesOf(architecture.embedTokens(checkpoint, options)),
    vision: async () => filesOf(architecture.visionEncoder(checkpoint, options)),
    decoder: async () => filesOf(architecture.decoder(checkpoint, options)),
    foreign: null,
  };
}

/** A graph that was built here, as a session takes it. */
export function filesOf({ model }: Pick<BuiltGraph, 'model'>): GraphFiles {
  return { model, externalData: [] };
}

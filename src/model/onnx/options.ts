/** What all three graph builders take and give. */

import type { SightAdapters } from '../../contract/train/train-rows.ts';
import type { OnnxGraph, SerialisedModel } from './graph.ts';
import type { GraphWeights, WeightInput, WeightOptions } from './weights.ts';

export interface BuildOptions extends WeightOptions {
  /** Leave the weights outside of the graph, each a file of its own name. */
  readonly external?: boolean;
  /** Type of ids, masks and positions; int64 as in onnx-community exports unless asked otherwise. */
  readonly integers?: 'int64' | 'int32';
}

/** Sizes of a graph whose shapes are fixed when it is built. */
export interface TokenShapes {
  readonly batch: number;
  readonly tokens: number;
}

export type EmbedTokensOptions = BuildOptions & { readonly shapes?: TokenShapes };

export interface VisionOptions extends BuildOptions {
  readonly lora?: LoraOptions;
  /** The grids of the images when they are known; image_grid_thw is then declared, but not read. */
  readonly shapes?: {
    readonly grids: readonly (readonly [frames: number, rows: number, columns: number])[];
  };
}

/** Low-rank adapters: y = W·x + (alpha / rank)·B·(A·x), with A [rank, in] and B [out, rank] as inputs. */
export interface LoraOptions {
  readonly rank: number;
  readonly alpha: number;
  /** Modules of the decoder, as PEFT writes them, of the family's `loraTargets`. */
  readonly targets: readonly string[];
  /** Linear layers of the vision encoder's blocks; none unless given. */
  readonly sight?: SightAdapters;
  /**
   * Multiply each branch's input with an input `path.lora_dropout` [tokens of all sequences, or patches, in]: 0 where
   * it is dropped and 1 / (1 − p) elsewhere. Off unless asked for.
   */
  readonly dropoutInputs?: boolean;
}

export interface DecoderOptions extends BuildOptions {
  readonly lora?: LoraOptions;
  /**
   * Fixed sizes; without them batch, tokens and past are dynamic. `past` counts cached positions, `kept` the
   * last tokens of each sequence that get logits (all of them without it), and `branches` into how many equal parts
   * those fall that do not see each other (one without it); of a graph to differentiate alone.
   */
  readonly shapes?: TokenShapes & {
    readonly past?: number;
    readonly kept?: number;
    readonly branches?: number;
  };
  /** Take and return the key-value cache; on unless switched off. With fixed sizes and without it, the graph is the one to differentiate. */
  readonly cache?: boolean;
  /** Add the input num_logits_to_keep int64 [1], 0 for all; on for dynamic shapes. */
  readonly logitsToKeep?: boolean;
  /** Positions and lengths the graph can address; the configuration's unless given. */
  readonly maxPositions?: number;
}

export interface BuiltGraph extends SerialisedModel {
  readonly inputs: string[];
  readonly outputs: string[];
  /** The inputs among `inputs` that want weights or adapters. */
  readonly weightInputs: WeightInput[];
  readonly nodeCount: number;
}

/** Closes a graph. */
export function finish(
  graph: OnnxGraph,
  weights: GraphWeights,
  { external = false }: BuildOptions,
): BuiltGraph {
  return {
    ...graph.serialise(external),
    inputs: graph.inputs.map((port) => port.name),
    outputs: graph.outputs.map((port) => port.name),
    weightInputs: weights.inputs,
    nodeCount: graph.nodeCount,
  };
}

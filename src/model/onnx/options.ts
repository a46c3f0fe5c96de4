/** What all three graph builders take and give. */

import type { OnnxGraph } from './graph.ts';
import type { GraphWeights, WeightInput, WeightMode } from './weights.ts';

export interface BuildOptions {
  readonly weights: WeightMode;
  /** Type of ids, masks and positions; int64 as in onnx-community exports unless asked otherwise. */
  readonly integers?: 'int64' | 'int32';
}

/** Sizes of a graph whose shapes are fixed when it is built. */
export interface TokenShapes {
  readonly batch: number;
  readonly tokens: number;
}

export interface BuiltGraph {
  /** A serialised ModelProto. */
  readonly model: Uint8Array;
  readonly inputs: string[];
  readonly outputs: string[];
  /** The inputs among `inputs` that want weights or adapters. */
  readonly weightInputs: WeightInput[];
  readonly nodeCount: number;
}

/** Closes a graph. */
export function finish(graph: OnnxGraph, weights: GraphWeights): BuiltGraph {
  return {
    model: graph.toModel(),
    inputs: graph.inputs.map((port) => port.name),
    outputs: graph.outputs.map((port) => port.name),
    weightInputs: weights.inputs,
    nodeCount: graph.nodeCount,
  };
}

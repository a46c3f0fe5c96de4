/** The vision encoder of Qwen3-VL: learned positions, LayerNorm, networks with a GELU by tanh, features for DeepStack. */

import type { OnnxGraph, Value } from '../../onnx/graph.ts';
import type { BuiltGraph, VisionOptions } from '../../onnx/options.ts';
import type { StateDict } from '../../onnx/weights.ts';
import { type QwenVLConfig, VISION_EPSILON } from '../qwen-vl/config.ts';
import { type Builder, geluTanh, layerNorm, plainNetwork } from '../qwen-vl/layers.ts';
import type { PatchPlaces } from '../qwen-vl/vision-plan.ts';
import { buildVisionTower, type VisionParts } from '../qwen-vl/vision-tower.ts';
import type { Qwen3VisionConfig } from './config.ts';

/** Builds the vision encoder, see {@link buildVisionTower}. */
export function buildVisionEncoder(
  { vision }: QwenVLConfig<Qwen3VisionConfig>,
  stateDict: StateDict | null,
  options: VisionOptions,
): BuiltGraph {
  const { hiddenSize: hidden, intermediateSize: inner } = vision;
  const parts: VisionParts = {
    patchBias: true,
    windows: null,
    norm: (b, x, path, size) => layerNorm(b, x, path, size, VISION_EPSILON),
    mlp: (b, x, path) => {
      const names = { first: `${path}.linear_fc1`, second: `${path}.linear_fc2` };
      return plainNetwork(b, x, { ...names, hidden, inner }, geluTanh);
    },
    merger: { norm: 'norm', first: 'linear_fc1', second: 'linear_fc2' },
    positions: (b, plan) => learnedPositions(b, vision, plan.places()),
    deepstack: vision.deepstackBlocks,
  };
  return buildVisionTower(vision, parts, stateDict, options);
}

/**
 * The square of learned positions stretched over each image's grid, corners on corners: between four of them a patch
 * takes the bilinear mixture. On floats, which are exact for these integers.
 */
function learnedPositions(
  { graph, weights }: Builder,
  { positions, hiddenSize }: Qwen3VisionConfig,
  { row, column, height, width }: PatchPlaces,
): Value {
  const side = Math.floor(Math.sqrt(positions));
  const table = weights.get('visual.pos_embed.weight', [positions, hiddenSize]);
  const rows = neighbours(graph, side, row, height);
  const columns = neighbours(graph, side, column, width);
  const parts = rows.flatMap((one) =>
    columns.map((other) => {
      const first = graph.op('Mul', [one.index, graph.floats(side)]);
      const place = graph.op('Cast', [graph.op('Add', [first, other.index])], { to: 6 });
      const flat = graph.op('Reshape', [place, graph.ints([-1])]);
      const share = graph.op('Mul', [one.share, other.share]);
      return graph.op('Mul', [graph.op('Gather', [table, flat], { axis: 0 }), share]);
    }),
  );
  return parts.reduce((sum, part) => graph.op('Add', [sum, part]));
}

/** The two learned rows (or columns) on both sides of each patch, [patches, 1], and their shares, which add up to 1. */
function neighbours(graph: OnnxGraph, side: number, index: Value, size: Value) {
  const one = graph.floats(1);
  const steps = graph.op('Sub', [size, one]);
  const divisor = graph.op('Where', [graph.op('Less', [steps, one]), one, steps]);
  const at = graph.op('Div', [graph.op('Mul', [index, graph.floats(side - 1)]), divisor]);
  const low = graph.op('Floor', [at]);
  const share = graph.op('Sub', [at, low]);
  const next = graph.op('Add', [low, one]);
  const last = graph.floats(side - 1);
  const beyond = graph.op('Less', [last, next]);
  return [
    { index: low, share: graph.op('Sub', [one, share]) },
    { index: graph.op('Where', [beyond, last, next]), share },
  ];
}

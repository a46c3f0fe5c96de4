/**
 * Rotary positions by table look-up. Angles of hundreds of radians are beyond what GPUs promise for
 * sin and cos, so the graph carries float64-made tables and gathers rows of them; ids stay integers.
 *
 * Queries, keys and values are rotated as one tensor [..., heads, headDim]: the per-head factors put
 * the attention scale into the queries' rotation and turn the values' rotation into the identity.
 */

import type { OnnxGraph, Value } from '../../onnx/graph.ts';
import type { RopeConfig, YarnConfig } from './rope-config.ts';

/** Cosines and sines of half a head. */
export interface Angles {
  readonly cos: Value;
  readonly sin: Value;
}

/** cos and sin factors that broadcast against [..., heads, headDim]; sin carries the sign of each half. */
export interface Rotation {
  readonly cos: Value;
  readonly sin: Value;
}

/** Heads in the order they lie side by side in a joined projection. */
export interface HeadCounts {
  readonly queries: number;
  readonly keys: number;
  readonly values: number;
}

/** 1 / theta^(2i / size) for i < size / 2, rounded to float32 at each step as torch does. */
export function inverseFrequencies(size: number, theta: number): Float32Array {
  return Float32Array.from({ length: size / 2 }, (_, i) => {
    const power = Math.fround(theta ** Math.fround((2 * i) / size));
    return 1 / power;
  });
}

/** The frequencies of a head of `size` features, and what cosines and sines are multiplied with. */
export function scaledFrequencies(
  size: number,
  rope: RopeConfig,
): { frequencies: Float32Array; scale: number } {
  const plain = inverseFrequencies(size, rope.theta);
  switch (rope.type) {
    case 'default':
      return { frequencies: plain, scale: 1 };
    case 'linear':
      return { frequencies: plain.map((value) => value / rope.factor), scale: 1 };
    case 'yarn':
      return { frequencies: yarn(plain, size, rope), scale: rope.attentionFactor };
  }
}

/** Fast frequencies as they are, slow ones divided by the factor, a ramp between: `_compute_yarn_parameters`. */
function yarn(
  plain: Float32Array,
  size: number,
  {
    theta,
    factor,
    original,
    betaFast,
    betaSlow,
    truncate,
  }: YarnConfig & { readonly theta: number },
): Float32Array {
  const turnsAt = (turns: number) =>
    (size * Math.log(original / (turns * 2 * Math.PI))) / (2 * Math.log(theta));
  const [low, high] = truncate
    ? [Math.floor(turnsAt(betaFast)), Math.ceil(turnsAt(betaSlow))]
    : [turnsAt(betaFast), turnsAt(betaSlow)];
  const first = Math.max(low, 0);
  const last = Math.min(high, size - 1);
  const width = first === last ? 0.001 : last - first;
  return plain.map((value, i) => {
    const slow = Math.min(1, Math.max(0, (i - first) / width));
    return (value / factor) * slow + value * (1 - slow);
  });
}

/** Rows [positions, 2·frequencies]: the cosines of a position's angles, then the sines, times `scale`. */
export function rotaryTable(positions: number, frequencies: Float32Array, scale = 1): Float32Array {
  const width = frequencies.length;
  const table = new Float32Array(positions * 2 * width);
  for (let position = 0; position < positions; position++) {
    for (let i = 0; i < width; i++) {
      const angle = Math.fround(position * frequencies[i]);
      table[position * 2 * width + i] = Math.cos(angle) * scale;
      table[position * 2 * width + width + i] = Math.sin(angle) * scale;
    }
  }
  return table;
}

/**
 * The factors for all heads, from the cosines and sines of half a head, each [..., 1, headDim / 2].
 * Results: [..., heads, headDim].
 */
export function headRotation(
  graph: OnnxGraph,
  half: Angles,
  heads: HeadCounts,
  headDim: number,
): Rotation {
  const { scale, shift, signed } = headFactors(heads, headDim);
  const rows = heads.queries + heads.keys + heads.values;
  const shape = [rows, headDim];
  const cos = graph.op('Concat', [half.cos, half.cos], { axis: -1 });
  const sin = graph.op('Concat', [half.sin, half.sin], { axis: -1 });
  const scaled = graph.op('Mul', [cos, graph.floats(scale, shape)]);
  return {
    cos: graph.op('Add', [scaled, graph.floats(shift, shape)]),
    sin: graph.op('Mul', [sin, graph.floats(signed, shape)]),
  };
}

/** x · cos + swapHalves(x) · sin for x [..., heads, headDim]: transformers' rotate_half with its sign in sin. */
export function rotate(graph: OnnxGraph, x: Value, rotation: Rotation, headDim: number): Value {
  const halves = graph.ints([headDim / 2, headDim / 2]);
  const [first, second] = graph.ops('Split', [x, halves], 2, { axis: -1 });
  const swapped = graph.op('Concat', [second, first], { axis: -1 });
  const straight = graph.op('Mul', [x, rotation.cos]);
  return graph.op('Add', [straight, graph.op('Mul', [swapped, rotation.sin])]);
}

/** Constants [heads, headDim]: queries 1/sqrt(headDim), keys 1, values 0 with the shift 1. */
function headFactors(heads: HeadCounts, headDim: number) {
  const rows = [
    ...Array<number>(heads.queries).fill(headDim ** -0.5),
    ...Array<number>(heads.keys).fill(1),
    ...Array<number>(heads.values).fill(0),
  ];
  const spread = (factor: (row: number, column: number) => number) =>
    rows.flatMap((row) => Array.from({ length: headDim }, (_, column) => factor(row, column)));
  return {
    scale: spread((row) => row),
    shift: spread((row) => (row === 0 ? 1 : 0)),
    signed: spread((row, column) => (column < headDim / 2 ? -row : row)),
  };
}

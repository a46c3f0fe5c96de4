/**
 * Rotary factors and attention masks of the vision encoder: as constants for known grids, or computed
 * inside the graph from image_grid_thw.
 *
 * The computed form works on floats (exact for these integers), because integer arithmetic is what the
 * WebGPU provider leaves to the CPU. Patches of other windows are masked instead of permuted away, which
 * costs a [patches, patches] score matrix but neither a sort nor a second order of the patches.
 */

import type { OnnxGraph, Value } from '../../onnx/graph.ts';
import type { GridThw } from '../../processor/image.ts';
import type { QwenVisionConfig } from './config.ts';
import { MASKED } from './layers.ts';
import { headRotation, inverseFrequencies, type Rotation, rotaryTable } from './rotary.ts';
import { visionLayout } from './vision-layout.ts';

/** Frames, rows and columns of patches of each image. */
type ImageGrids = readonly GridThw[];

export interface VisionPlan {
  readonly rotation: Rotation;
  /** Additive masks [patches, patches]; of windows where there are any. */
  readonly frameMask: Value;
  readonly windowMask: Value | null;
  readonly places: () => PatchPlaces;
}

/** Where each patch lies in its image and how large that is, in patches; each [patches, 1]. */
export interface PatchPlaces {
  readonly row: Value;
  readonly column: Value;
  readonly height: Value;
  readonly width: Value;
}

/**
 * Patches along one side of an image that the computed form can address: more than the longest image, of an aspect
 * ratio of 200, that fits into MAX_POSITIONS visual tokens.
 */
const MAX_SIDE = 4096;

/**
 * The plan for grids that are known when the graph is built; `windowSide` is a window's side in merged patches, null
 * without windows.
 */
export function fixedVisionPlan(
  graph: OnnxGraph,
  vision: QwenVisionConfig,
  windowSide: number | null,
  grids: ImageGrids,
): VisionPlan {
  const layout = visionLayout(grids, vision.mergeSize, windowSide ?? 1);
  const { patches, rows, columns, frames, windows } = layout;
  const frequencies = inverseFrequencies(vision.headDim / 2, vision.ropeTheta);
  const side = Math.max(0, ...rows, ...columns) + 1;
  const table = rotaryTable(side, frequencies);
  const half = vision.headDim / 2;
  const quarter = half / 2;
  const cos = new Float32Array(patches * half);
  const sin = new Float32Array(patches * half);
  for (let patch = 0; patch < patches; patch++) {
    for (const [axis, position] of [rows[patch], columns[patch]].entries()) {
      const row = table.subarray(position * half, (position + 1) * half);
      cos.set(row.subarray(0, quarter), patch * half + axis * quarter);
      sin.set(row.subarray(quarter), patch * half + axis * quarter);
    }
  }
  const shape = [patches, 1, half];
  const halves = { cos: graph.floats(cos, shape, 'cos'), sin: graph.floats(sin, shape, 'sin') };
  const mask = (groups: Int32Array, name: string) => {
    const values = Float32Array.from({ length: patches * patches }, (_, i) =>
      groups[Math.floor(i / patches)] === groups[i % patches] ? 0 : MASKED,
    );
    return graph.floats(values, [patches, patches], name);
  };
  const place = (values: Int32Array) => graph.floats(values, [patches, 1], 'place');
  return {
    rotation: headRotation(graph, halves, headCounts(vision), vision.headDim),
    frameMask: mask(frames, 'frame_mask'),
    windowMask: windowSide === null ? null : mask(windows, 'window_mask'),
    places: () => ({
      row: place(rows),
      column: place(columns),
      height: place(layout.heights),
      width: place(layout.widths),
    }),
  };
}

/** The plan as a function of the graph's inputs pixel_values and image_grid_thw int64 [images, 3]. */
export function computedVisionPlan(
  graph: OnnxGraph,
  vision: QwenVisionConfig,
  windowSide: number | null,
  pixelValues: Value,
  gridThw: Value,
): VisionPlan {
  const merge = graph.floats(vision.mergeSize);
  const unit = graph.floats(vision.mergeSize ** 2);
  const { add, mul, sub } = arithmetic(graph);

  const patch = patchIndices(graph, pixelValues);
  const { imageStart, framePatches, height, width } = imageOfPatch(graph, gridThw, patch);
  const local = sub(patch, imageStart);
  const inFrame = sub(local, mul(quotient(graph, local, framePatches), framePatches));
  const frame = sub(patch, inFrame);
  const token = quotient(graph, inFrame, unit);
  const inToken = sub(inFrame, mul(token, unit));
  const across = graph.op('Div', [width, merge]);
  const tokenRow = quotient(graph, token, across);
  const tokenColumn = sub(token, mul(tokenRow, across));
  const subRow = quotient(graph, inToken, merge);
  const row = add(mul(tokenRow, merge), subRow);
  const column = add(mul(tokenColumn, merge), sub(inToken, mul(subRow, merge)));
  const windowMask = (tokens: number) => {
    const side = graph.floats(tokens);
    const top = mul(quotient(graph, tokenRow, side), side);
    const left = mul(quotient(graph, tokenColumn, side), side);
    return sameGroupMask(graph, add(frame, mul(add(mul(top, across), left), unit)));
  };
  return {
    rotation: gatheredRotation(graph, vision, row, column),
    frameMask: sameGroupMask(graph, frame),
    windowMask: windowSide === null ? null : windowMask(windowSide),
    places: () => ({ row, column, height, width }),
  };
}

/** 0, 1, 2, … as a column [patches, 1]. */
function patchIndices(graph: OnnxGraph, pixelValues: Value): Value {
  const count = graph.op('Shape', [pixelValues], { start: 0, end: 1 });
  const ones = graph.op('Expand', [graph.floats([1]), count]);
  const index = graph.op('CumSum', [ones, graph.ints(0)], { exclusive: 1 });
  return graph.op('Unsqueeze', [index, graph.ints([1])]);
}

/** For each patch [patches, 1]: the first patch of its image, its image's patches a frame, its height and its width. */
function imageOfPatch(graph: OnnxGraph, gridThw: Value, patch: Value) {
  const numbers = graph.floats(
    Float32Array.from({ length: MAX_SIDE }, (_, i) => i),
    [MAX_SIDE],
    'numbers',
  );
  const grid = graph.op('Gather', [numbers, gridThw], { axis: 0 });
  const [time, height, width] = graph.ops('Split', [grid, graph.ints([1, 1, 1])], 3, { axis: 1 });
  const framePatches = graph.op('Mul', [height, width]);
  const patches = graph.op('Mul', [time, framePatches]);
  const ends = graph.op('CumSum', [patches, graph.ints(0)]);
  const starts = graph.op('Sub', [ends, patches]);
  const table = graph.op('Concat', [starts, framePatches, height, width], { axis: 1 });
  const row = (column: Value) => graph.op('Transpose', [column], { perm: [1, 0] });
  const one = graph.floats(1);
  const zero = graph.floats(0);
  const begun = graph.op('GreaterOrEqual', [patch, row(starts)]);
  const over = graph.op('GreaterOrEqual', [patch, row(ends)]);
  const open = graph.op('Where', [over, zero, one]);
  const member = graph.op('Where', [begun, open, zero]);
  const own = graph.op('MatMul', [member, table]);
  const parts = graph.ints([1, 1, 1, 1]);
  const [imageStart, ownFrame, ownHeight, ownWidth] = graph.ops('Split', [own, parts], 4, {
    axis: 1,
  });
  return { imageStart, framePatches: ownFrame, height: ownHeight, width: ownWidth };
}

/** floor(a / b) for whole numbers; half a unit keeps a rounded quotient from falling below. */
function quotient(graph: OnnxGraph, a: Value, b: Value): Value {
  const raised = graph.op('Add', [a, graph.floats(0.5)]);
  return graph.op('Floor', [graph.op('Div', [raised, b])]);
}

function arithmetic(graph: OnnxGraph) {
  return {
    add: (a: Value, b: Value) => graph.op('Add', [a, b]),
    mul: (a: Value, b: Value) => graph.op('Mul', [a, b]),
    sub: (a: Value, b: Value) => graph.op('Sub', [a, b]),
  };
}

/** Half of a head's angles turn with the row, half with the column. */
function gatheredRotation(
  graph: OnnxGraph,
  vision: QwenVisionConfig,
  row: Value,
  column: Value,
): Rotation {
  const half = vision.headDim / 2;
  const frequencies = inverseFrequencies(half, vision.ropeTheta);
  const table = graph.floats(rotaryTable(MAX_SIDE, frequencies), [MAX_SIDE, half], 'rotary_table');
  const places = graph.op('Concat', [row, column], { axis: 1 });
  const ids = graph.op('Cast', [places], { to: 6 });
  const gathered = graph.op('Gather', [table, ids], { axis: 0 });
  const parts = graph.ints([half / 2, half / 2]);
  const [cos, sin] = graph
    .ops('Split', [gathered, parts], 2, { axis: -1 })
    .map((part) => graph.op('Reshape', [part, graph.ints([-1, 1, half])]));
  return headRotation(graph, { cos, sin }, headCounts(vision), vision.headDim);
}

function sameGroupMask(graph: OnnxGraph, group: Value): Value {
  const across = graph.op('Transpose', [group], { perm: [1, 0] });
  const same = graph.op('Equal', [group, across]);
  return graph.op('Where', [same, graph.floats(0), graph.floats(MASKED)]);
}

function headCounts(vision: QwenVisionConfig) {
  return { queries: vision.heads, keys: vision.heads, values: vision.heads };
}

/**
 * The graph `vision_encoder` of all Qwen-VL families: pixel_values and image_grid_thw → image_features.
 *
 * One graph serves every image size and any number of images: it derives positions, frames and windows
 * from image_grid_thw itself (see vision-plan.ts), with operators that all run on the WebGPU provider.
 * With `shapes.grids` they are constants instead, for runtimes that want fixed shapes.
 */

import { PlaygroundError } from '../../../base/errors.ts';
import { OnnxGraph, type Value } from '../../onnx/graph.ts';
import { type BuiltGraph, finish, type VisionOptions } from '../../onnx/options.ts';
import { GraphWeights, type StateDict } from '../../onnx/weights.ts';
import type { GridThw } from '../../processor/image.ts';
import type { QwenVisionConfig } from './config.ts';
import { type Builder, gelu, linear, sightLora } from './layers.ts';
import { rotate } from './rotary.ts';
import { computedVisionPlan, fixedVisionPlan, type VisionPlan } from './vision-plan.ts';

/** What a family's blocks and mergers are made of; x is [patches, hiddenSize] unless said otherwise. */
export interface VisionParts {
  readonly patchBias: boolean;
  /** Attention windows: their side in merged patches, and the blocks that see whole frames all the same. */
  readonly windows: { readonly side: number; readonly fullBlocks: readonly number[] } | null;
  norm(b: Builder, x: Value, path: string, size: number): Value;
  /** A block's feed-forward network, under `path`. */
  mlp(b: Builder, x: Value, path: string): Value;
  /** Names of the parts of the last merger. */
  readonly merger: Omit<Merger, 'path' | 'joinedNorm'>;
  /** What is added to the patches before the first block. */
  positions?(b: Builder, plan: VisionPlan): Value;
  /** Blocks after which features for the decoder's first layers are taken, by the number of their merger. */
  readonly deepstack?: readonly number[];
}

interface Merger {
  readonly path: string;
  readonly norm: string;
  readonly first: string;
  readonly second: string;
  /** Whether the norm goes over the joined patches instead of each of them. */
  readonly joinedNorm: boolean;
}

/**
 * Builds a vision encoder.
 *
 * Inputs: pixel_values float32 [patches, channels · temporalPatchSize · patchSize²] of all images;
 * image_grid_thw int64 [images, 3], frames, rows and columns in patches; and what LoRA branches ask for.
 * Outputs: image_features [patches / mergeSize², outHiddenSize], in the order of the image tokens, and
 * deepstack_features.{i} of the same shape for the decoder's layer i.
 * Throws {@link PlaygroundError} `model.weight-missing`, `model.weight-shape`, `model.too-large` and, for a fixed grid
 * that does not divide into merged patches, `model.grid`.
 */
export function buildVisionTower(
  vision: QwenVisionConfig,
  parts: VisionParts,
  stateDict: StateDict | null,
  options: VisionOptions,
): BuiltGraph {
  const graph = new OnnxGraph('vision_encoder');
  const weights = new GraphWeights(graph, options, stateDict);
  const b: Builder = { graph, weights, lora: undefined };
  const looking = { ...b, lora: sightLora(options.lora, 'attention') };
  const thinking = { ...b, lora: sightLora(options.lora, 'feed-forward') };
  const grids = options.shapes?.grids;
  for (const grid of grids ?? []) checkGrid(grid, vision.mergeSize);
  const patches = grids?.reduce((sum, [t, h, w]) => sum + t * h * w, 0);
  const { inChannels, temporalPatchSize, patchSize, mergeSize, hiddenSize } = vision;
  const pixels = inChannels * temporalPatchSize * patchSize ** 2;

  const pixelValues = graph.input('pixel_values', 'float32', [patches ?? 'num_patches', pixels]);
  const integers = options.integers ?? 'int64';
  const gridThw = graph.input('image_grid_thw', integers, [grids?.length ?? 'num_images', 3]);
  const side = parts.windows?.side ?? null;
  const plan = grids
    ? fixedVisionPlan(graph, vision, side, grids)
    : computedVisionPlan(graph, vision, side, pixelValues, gridThw);
  const tokens = patches === undefined ? 'num_image_tokens' : patches / mergeSize ** 2;
  const merged = (x: Value, names: Merger, output: string) => {
    merger(b, vision, parts, names, x, patches, output);
    graph.output(output, 'float32', [tokens, vision.outHiddenSize]);
  };

  let rows = embedPatches(b, vision, parts, pixelValues);
  if (parts.positions) rows = graph.op('Add', [rows, parts.positions(b, plan)]);
  let taken = 0;
  for (let block = 0; block < vision.depth; block++) {
    const path = `visual.blocks.${block}`;
    const mask = maskOf(parts, plan, block);
    const normed = parts.norm(b, rows, `${path}.norm1`, hiddenSize);
    rows = graph.op('Add', [
      rows,
      attention(looking, vision, normed, `${path}.attn`, plan, mask, patches),
    ]);
    const ready = parts.norm(b, rows, `${path}.norm2`, hiddenSize);
    rows = graph.op('Add', [rows, parts.mlp(thinking, ready, `${path}.mlp`)]);
    const number = parts.deepstack?.indexOf(block) ?? -1;
    if (number < 0) continue;
    const names = { ...parts.merger, path: `visual.deepstack_merger_list.${number}` };
    merged(rows, { ...names, joinedNorm: true }, `deepstack_features.${taken++}`);
  }
  const names = { ...parts.merger, path: 'visual.merger', joinedNorm: false };
  merged(rows, names, 'image_features');
  // The features come first: they are what every reader takes the first output for.
  graph.outputs.unshift(...graph.outputs.splice(-1));
  return finish(graph, weights, options);
}

/** The convolution over patches, whose strides are its size, as a product. */
function embedPatches(
  { graph, weights }: Builder,
  vision: QwenVisionConfig,
  { patchBias }: VisionParts,
  pixelValues: Value,
): Value {
  const { inChannels, temporalPatchSize, patchSize, hiddenSize } = vision;
  const kernel = [hiddenSize, inChannels, temporalPatchSize, patchSize, patchSize];
  const flat = [hiddenSize, inChannels * temporalPatchSize * patchSize ** 2];
  const projection = weights.reshaped('visual.patch_embed.proj.weight', kernel, flat);
  const bias = patchBias ? [weights.get('visual.patch_embed.proj.bias', [hiddenSize])] : [];
  return graph.op('Gemm', [pixelValues, projection, ...bias], { transB: 1 });
}

function maskOf({ windows }: VisionParts, plan: VisionPlan, block: number): Value {
  if (windows === null || plan.windowMask === null || windows.fullBlocks.includes(block))
    return plan.frameMask;
  return plan.windowMask;
}

/** Attention inside frames or windows, all patches in one product [heads, patches, patches]. */
function attention(
  b: Builder,
  vision: QwenVisionConfig,
  x: Value,
  path: string,
  plan: VisionPlan,
  mask: Value,
  patches: number | undefined,
): Value {
  const { graph } = b;
  const { heads, headDim, hiddenSize } = vision;
  const joined = linear(b, x, {
    path: `${path}.qkv`,
    inSize: hiddenSize,
    outSize: 3 * hiddenSize,
    bias: true,
  });
  const split = graph.op('Reshape', [joined, graph.ints([patches ?? -1, 3 * heads, headDim])]);
  const rotated = rotate(graph, split, plan.rotation, headDim);
  const headsFirst = graph.op('Transpose', [rotated], { perm: [1, 0, 2] });
  const counts = graph.ints([heads, heads, heads]);
  const [q, k, v] = graph.ops('Split', [headsFirst, counts], 3, { axis: 0 });
  const turned = graph.op('Transpose', [k], { perm: [0, 2, 1] });
  const scores = graph.op('Add', [graph.op('MatMul', [q, turned]), mask]);
  const mixed = graph.op('MatMul', [graph.op('Softmax', [scores], { axis: -1 }), v]);
  const patchesFirst = graph.op('Transpose', [mixed], { perm: [1, 0, 2] });
  const flat = graph.op('Reshape', [patchesFirst, graph.ints([patches ?? -1, hiddenSize])]);
  return linear(b, flat, {
    path: `${path}.proj`,
    inSize: hiddenSize,
    outSize: hiddenSize,
    bias: true,
  });
}

/** Neighbouring patches become one visual token; they already lie side by side. */
function merger(
  b: Builder,
  vision: QwenVisionConfig,
  parts: VisionParts,
  { path, norm, first, second, joinedNorm }: Merger,
  rows: Value,
  patches: number | undefined,
  output: string,
): void {
  const { graph } = b;
  const unit = vision.mergeSize ** 2;
  const size = vision.hiddenSize * unit;
  const tokens = patches === undefined ? -1 : patches / unit;
  const joined = (x: Value) => graph.op('Reshape', [x, graph.ints([tokens, size])]);
  const name = `${path}.${norm}`;
  const ready = joinedNorm
    ? parts.norm(b, joined(rows), name, size)
    : joined(parts.norm(b, rows, name, vision.hiddenSize));
  const wide = { path: `${path}.${first}`, inSize: size, outSize: size, bias: true };
  const inner = gelu(graph, linear(b, ready, wide));
  const last = {
    path: `${path}.${second}`,
    inSize: size,
    outSize: vision.outHiddenSize,
    bias: true,
  };
  linear(b, inner, last, output);
}

function checkGrid(grid: GridThw, mergeSize: number): void {
  const [frames, rows, columns] = grid;
  const fits = frames > 0 && rows > 0 && columns > 0;
  if (fits && rows % mergeSize === 0 && columns % mergeSize === 0) return;
  throw new PlaygroundError({
    code: 'model.grid',
    message: `The image grid ${grid.join(' × ')} does not divide into squares of ${mergeSize} × ${mergeSize} patches.`,
    fix: `Give frames, rows and columns in patches, rows and columns in multiples of ${mergeSize}.`,
    where: 'grids',
    detail: { grid, mergeSize },
  });
}

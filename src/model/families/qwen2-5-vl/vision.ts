/**
 * The graph `vision_encoder`: pixel_values and image_grid_thw → image_features.
 *
 * One graph serves every image size and any number of images: it derives positions, frames and windows
 * from image_grid_thw itself (see visionPlan.ts), with operators that all run on the WebGPU provider.
 * With `shapes.grids` they are constants instead, for runtimes that want fixed shapes.
 */

import { PlaygroundError } from '../../../base/errors.ts';
import { OnnxGraph, type Value } from '../../onnx/graph.ts';
import { type BuiltGraph, finish, type VisionOptions } from '../../onnx/options.ts';
import { type Checkpoint, GraphWeights } from '../../onnx/weights.ts';
import type { GridThw } from '../../processor/image.ts';
import type { QwenVisionConfig, QwenVLConfig } from './config.ts';
import { type Builder, gelu, linear, rmsNorm, swiGlu } from './layers.ts';
import { rotate } from './rotary.ts';
import { computedVisionPlan, fixedVisionPlan, type VisionPlan } from './vision-plan.ts';

/**
 * Builds the vision encoder.
 *
 * Inputs: pixel_values float32 [patches, channels · temporalPatchSize · patchSize²] of all images;
 * image_grid_thw int64 [images, 3], frames, rows and columns in patches.
 * Output: image_features [patches / mergeSize², outHiddenSize], in the order of the image tokens.
 * Throws {@link PlaygroundError} `model.weight-missing`, `model.weight-shape`, `model.too-large` and, for a fixed grid
 * that does not divide into merged patches, `model.grid`.
 */
export function buildVisionEncoder(
  config: QwenVLConfig,
  checkpoint: Checkpoint | null,
  options: VisionOptions,
): BuiltGraph {
  const vision = config.vision;
  const graph = new OnnxGraph('vision_encoder');
  const weights = new GraphWeights(graph, options.weights, checkpoint);
  const b: Builder = { graph, weights, lora: undefined };
  const grids = options.shapes?.grids;
  for (const grid of grids ?? []) checkGrid(grid, vision.mergeSize);
  const patches = grids?.reduce((sum, [t, h, w]) => sum + t * h * w, 0);
  const { inChannels, temporalPatchSize, patchSize, mergeSize, hiddenSize } = vision;
  const pixels = inChannels * temporalPatchSize * patchSize ** 2;

  const pixelValues = graph.input('pixel_values', 'float32', [patches ?? 'num_patches', pixels]);
  const integers = options.integers ?? 'int64';
  const gridThw = graph.input('image_grid_thw', integers, [grids?.length ?? 'num_images', 3]);
  const plan = grids
    ? fixedVisionPlan(graph, vision, grids)
    : computedVisionPlan(graph, vision, pixelValues, gridThw);

  const kernel = [hiddenSize, inChannels, temporalPatchSize, patchSize, patchSize];
  const flat = [hiddenSize, pixels];
  const projection = weights.reshaped('visual.patch_embed.proj.weight', kernel, flat);
  let rows = graph.op('Gemm', [pixelValues, projection], { transB: 1 });
  for (let block = 0; block < vision.depth; block++) {
    const path = `visual.blocks.${block}`;
    const normed = rmsNorm(b, rows, `${path}.norm1`, hiddenSize, vision.rmsNormEps);
    rows = graph.op('Add', [rows, attention(b, vision, normed, block, plan, patches)]);
    const ready = rmsNorm(b, rows, `${path}.norm2`, hiddenSize, vision.rmsNormEps);
    const mlp = { hidden: hiddenSize, inner: vision.intermediateSize, bias: true };
    rows = graph.op('Add', [rows, swiGlu(b, ready, `${path}.mlp`, mlp)]);
  }
  merger(b, vision, rows, patches);
  const tokens = patches === undefined ? 'num_image_tokens' : patches / mergeSize ** 2;
  graph.output('image_features', 'float32', [tokens, vision.outHiddenSize]);
  return finish(graph, weights);
}

/** Attention inside frames or windows, all patches in one product [heads, patches, patches]. */
function attention(
  b: Builder,
  vision: QwenVisionConfig,
  x: Value,
  block: number,
  plan: VisionPlan,
  patches: number | undefined,
): Value {
  const { graph } = b;
  const { heads, headDim, hiddenSize } = vision;
  const path = `visual.blocks.${block}.attn`;
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
  const mask = vision.fullAttentionBlocks.includes(block) ? plan.frameMask : plan.windowMask;
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

/** Four neighbouring patches become one visual token; they already lie side by side. */
function merger(b: Builder, vision: QwenVisionConfig, rows: Value, patches?: number): void {
  const { graph, weights } = b;
  const unit = vision.mergeSize ** 2;
  const size = vision.hiddenSize * unit;
  const normed = rmsNorm(b, rows, 'visual.merger.ln_q', vision.hiddenSize, vision.rmsNormEps);
  const tokens = patches === undefined ? -1 : patches / unit;
  const joined = graph.op('Reshape', [normed, graph.ints([tokens, size])]);
  const inner = linear(b, joined, {
    path: 'visual.merger.mlp.0',
    inSize: size,
    outSize: size,
    bias: true,
  });
  const weight = weights.get('visual.merger.mlp.2.weight', [vision.outHiddenSize, size]);
  const bias = weights.get('visual.merger.mlp.2.bias', [vision.outHiddenSize]);
  graph.op('Gemm', [gelu(graph, inner), weight, bias], { transB: 1 }, 'image_features');
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

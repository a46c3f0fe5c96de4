/** The vision encoder of Qwen2.5-VL: RMSNorm, gated networks, attention in windows. */

import type { BuiltGraph, VisionOptions } from '../../onnx/options.ts';
import type { StateDict } from '../../onnx/weights.ts';
import { type QwenVLConfig, VISION_EPSILON } from '../qwen-vl/config.ts';
import { rmsNorm, swiGlu } from '../qwen-vl/layers.ts';
import { buildVisionTower } from '../qwen-vl/vision-tower.ts';
import type { Qwen25VisionConfig } from './config.ts';

/** Merged patches along one side of an attention window. */
export function windowSide(vision: Qwen25VisionConfig): number {
  return Math.floor(vision.windowSize / vision.mergeSize / vision.patchSize);
}

/** Builds the vision encoder, see {@link buildVisionTower}. */
export function buildVisionEncoder(
  { vision }: QwenVLConfig<Qwen25VisionConfig>,
  stateDict: StateDict | null,
  options: VisionOptions,
): BuiltGraph {
  const { hiddenSize: hidden, intermediateSize: inner } = vision;
  const parts = {
    patchBias: false,
    windows: { side: windowSide(vision), fullBlocks: vision.fullAttentionBlocks },
    norm: (b, x, path, size) => rmsNorm(b, x, path, size, VISION_EPSILON),
    mlp: (b, x, path) => swiGlu(b, x, path, { hidden, inner, bias: true }),
    merger: { norm: 'ln_q', first: 'mlp.0', second: 'mlp.2' },
  } satisfies Parameters<typeof buildVisionTower>[1];
  return buildVisionTower(vision, parts, stateDict, options);
}

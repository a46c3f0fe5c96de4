/** The vision encoder of Qwen2-VL: LayerNorm, networks with a quick GELU, attention over whole frames. */

import type { BuiltGraph, VisionOptions } from '../../onnx/options.ts';
import type { StateDict } from '../../onnx/weights.ts';
import { type QwenVLConfig, VISION_EPSILON } from '../qwen-vl/config.ts';
import { layerNorm, plainNetwork, quickGelu } from '../qwen-vl/layers.ts';
import { buildVisionTower, type VisionParts } from '../qwen-vl/vision-tower.ts';

/** Builds the vision encoder, see {@link buildVisionTower}. */
export function buildVisionEncoder(
  { vision }: QwenVLConfig,
  stateDict: StateDict | null,
  options: VisionOptions,
): BuiltGraph {
  const { hiddenSize: hidden, intermediateSize: inner } = vision;
  const parts: VisionParts = {
    patchBias: false,
    windows: null,
    norm: (b, x, path, size) => layerNorm(b, x, path, size, VISION_EPSILON),
    mlp: (b, x, path) =>
      plainNetwork(b, x, { first: `${path}.fc1`, second: `${path}.fc2`, hidden, inner }, quickGelu),
    merger: { norm: 'ln_q', first: 'mlp.0', second: 'mlp.2' },
  };
  return buildVisionTower(vision, parts, stateDict, options);
}

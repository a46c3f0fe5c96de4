/** A very small Qwen2.5-VL with seeded random weights, for tests that need a network but no checkpoint. */

import { Random } from '../../base/random.ts';
import { parseModelConfig, type QwenVLConfig } from '../config.ts';
import { float32Tensor, type TensorData } from '../safetensors.ts';
import { buildDecoder } from './decoder.ts';
import { buildEmbedTokens } from './embedTokens.ts';
import { buildVisionEncoder } from './vision.ts';
import type { Checkpoint, WeightInput } from './weights.ts';

/** A config.json whose sizes differ from each other wherever the architecture lets them. */
export function smallConfigJson(overrides: Readonly<Record<string, unknown>> = {}) {
  return {
    model_type: 'qwen2_5_vl',
    hidden_size: 32,
    num_hidden_layers: 2,
    num_attention_heads: 4,
    num_key_value_heads: 2,
    intermediate_size: 48,
    vocab_size: 50,
    max_position_embeddings: 256,
    rms_norm_eps: 1e-6,
    rope_theta: 10000,
    rope_scaling: { type: 'mrope', mrope_section: [1, 1, 2] },
    tie_word_embeddings: true,
    image_token_id: 3,
    vision_config: {
      depth: 2,
      hidden_size: 24,
      num_heads: 3,
      intermediate_size: 40,
      out_hidden_size: 32,
      patch_size: 4,
      window_size: 16,
      fullatt_block_indexes: [1],
    },
    ...overrides,
  };
}

/** The configuration of {@link smallConfigJson}. */
export function smallConfig(overrides: Readonly<Record<string, unknown>> = {}): QwenVLConfig {
  return parseModelConfig(smallConfigJson(overrides));
}

/** Every weight the three graphs ask for: matrices around 0, norms around 1. */
export function randomCheckpoint(config: QwenVLConfig, seed: number): Checkpoint {
  const options = { weights: 'inputs' } as const;
  const builds = [buildEmbedTokens, buildVisionEncoder, buildDecoder];
  return randomTensors(
    builds.flatMap((build) => build(config, null, options).weightInputs),
    seed,
  );
}

/** Random tensors of the given names and shapes. */
export function randomTensors(
  weights: readonly WeightInput[],
  seed: number,
): Map<string, TensorData> {
  const tensors = new Map<string, TensorData>();
  for (const [index, { name, shape }] of weights.entries()) {
    const random = new Random(seed, index);
    const size = shape.reduce((product, extent) => product * extent, 1);
    const centre = /norm|ln_q/.test(name) ? 1 : 0;
    const values = Float32Array.from({ length: size }, () => centre + (random.next() - 0.5) * 0.6);
    tensors.set(name, float32Tensor(values, shape));
  }
  return tensors;
}

/** Standard-looking random floats in (-1, 1). */
export function randomFloats(dims: readonly number[], seed: number) {
  const random = new Random(seed);
  const size = dims.reduce((product, extent) => product * extent, 1);
  return { data: Float32Array.from({ length: size }, () => 2 * random.next() - 1), dims };
}

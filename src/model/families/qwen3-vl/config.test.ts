/** Configurations of Qwen3-VL and Qwen2-VL are understood as their classes understand them; others are refused by name. */

import { expect, test } from 'vitest';
import { PlaygroundError } from '../../../base/errors.ts';
import type { JsonObject } from '../../sources/json-source.ts';
import { openArchitecture } from '../families.ts';
import { parseModelConfig as parseQwen2 } from '../qwen2-vl/config.ts';
import { parseModelConfig } from './config.ts';

/** A few sizes of Qwen3-VL-2B-Instruct. */
const text = {
  head_dim: 128,
  hidden_size: 2048,
  intermediate_size: 6144,
  num_attention_heads: 16,
  num_key_value_heads: 8,
  num_hidden_layers: 28,
  max_position_embeddings: 262144,
  rope_theta: 5000000,
  rope_scaling: { rope_type: 'default', mrope_interleaved: true, mrope_section: [24, 20, 20] },
  vocab_size: 151936,
};
const vision = {
  depth: 24,
  hidden_size: 1024,
  intermediate_size: 4096,
  num_heads: 16,
  out_hidden_size: 2048,
  patch_size: 16,
  num_position_embeddings: 2304,
  deepstack_visual_indexes: [5, 11, 17],
};
const qwen3 = {
  model_type: 'qwen3_vl',
  tie_word_embeddings: true,
  text_config: text,
  vision_config: vision,
};

/** A few sizes of Qwen2-VL-2B-Instruct, in the flat layout of its file. */
const qwen2 = {
  model_type: 'qwen2_vl',
  hidden_size: 1536,
  intermediate_size: 8960,
  num_attention_heads: 12,
  num_key_value_heads: 2,
  num_hidden_layers: 28,
  rope_theta: 1000000,
  rope_scaling: { type: 'mrope', mrope_section: [16, 24, 24] },
  tie_word_embeddings: true,
  vocab_size: 151936,
  vision_config: { depth: 32, embed_dim: 1280, mlp_ratio: 4, num_heads: 16, hidden_size: 1536 },
};

test('the released sizes are understood, and as many weights counted as the hub says', () => {
  const { text: read, vision: seen } = parseModelConfig(qwen3);
  expect(read).toMatchObject({ headDim: 128, qkvBias: false, qkNorm: true, deepstackLayers: 3 });
  expect(read.rope.theta).toBe(5000000);
  expect(seen).toMatchObject({ patchSize: 16, positions: 2304, deepstackBlocks: [5, 11, 17] });
  expect(openArchitecture(qwen3).weights).toBe(2_127_532_032);
  expect(parseQwen2(qwen2).vision).toMatchObject({ hiddenSize: 1280, intermediateSize: 5120 });
  expect(openArchitecture(qwen2).weights).toBe(2_208_985_600);
});

test('what is left out has the default of transformers, and another spelling means the same', () => {
  const { rope_theta: theta, rope_scaling: rope, head_dim: _, ...rest } = text;
  const without = parseModelConfig({ ...qwen3, text_config: rest }).text;
  expect(without).toMatchObject({ headDim: 128, mropeSection: [24, 20, 20] });
  expect(without.rope.theta).toBe(500000);
  const v5 = { ...rest, rope_parameters: { ...rope, rope_theta: theta } };
  expect(parseModelConfig({ ...qwen3, text_config: v5 })).toEqual(parseModelConfig(qwen3));
});

const withVision = (change: object) => ({ ...qwen3, vision_config: { ...vision, ...change } });
const withText = (change: object) => ({ ...qwen3, text_config: { ...text, ...change } });

test.each<[what: string, config: JsonObject, words: string]>([
  ['a Qwen3-VL without text_config', { ...qwen3, text_config: undefined }, 'no text_config'],
  ['another activation', withVision({ hidden_act: 'silu' }), '"silu"'],
  ['a DeepStack block that is not there', withVision({ deepstack_visual_indexes: [24] }), '[24]'],
  ['one that is there twice', withVision({ deepstack_visual_indexes: [5, 5] }), '[5,5]'],
  ['more of them than layers', withText({ num_hidden_layers: 2 }), '3 entries'],
  ['an odd head', withText({ head_dim: 127 }), '127'],
  ['features of another width', withVision({ out_hidden_size: 1 }), 'features of 1,'],
  [
    'another activation in a Qwen2-VL',
    { ...qwen2, vision_config: { ...qwen2.vision_config, hidden_act: 'gelu' } },
    '"gelu"',
  ],
])('refused: %s', (_, config, words) => {
  const refused = () => openArchitecture(config);
  expect(refused).toThrow(PlaygroundError);
  expect(refused).toThrow(words);
});

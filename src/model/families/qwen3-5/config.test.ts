/** A Qwen3.5's config.json gives the sizes that feed its graphs; what contradicts itself is refused. */

import { expect, test } from 'vitest';
import { refusedBy } from '../../../base/fixtures/refused.ts';
import { openArchitecture } from '../families.ts';
import { parseModelConfig } from './config.ts';

/** Sizes of Qwen3.5-2B as far as drivers of its published graphs name them. */
const TEXT = {
  hidden_size: 2048,
  intermediate_size: 6144,
  num_hidden_layers: 24,
  num_attention_heads: 8,
  num_key_value_heads: 2,
  head_dim: 256,
  linear_num_value_heads: 16,
  max_position_embeddings: 262144,
  eos_token_id: 248044,
  rope_parameters: { partial_rotary_factor: 0.25, mrope_section: [11, 11, 10] },
};
const config = (text: object = {}, root: object = {}) => ({
  model_type: 'qwen3_5',
  tie_word_embeddings: true,
  text_config: { ...TEXT, ...text },
  vision_config: { depth: 24, hidden_size: 1024, intermediate_size: 4096, out_hidden_size: 2048 },
  ...root,
});

const refusal = (json: Record<string, unknown>) => refusedBy(() => parseModelConfig(json));

test('every fourth layer keeps keys and values unless a list says otherwise', () => {
  const { text, eosTokenIds, imageTokenId } = parseModelConfig(config());
  expect(text.growingLayers).toBe(6);
  expect(text.kinds.flatMap((kind, i) => (kind === 'full_attention' ? i : []))).toEqual([
    3, 7, 11, 15, 19, 23,
  ]);
  expect(text).toMatchObject({ kvHeads: 2, headDim: 256, deepstackLayers: 0, maxPositions: 8192 });
  expect(eosTokenIds).toEqual([248044]);
  expect(imageTokenId).toBe(248056);
  const layer_types = Array.from({ length: 24 }, () => 'full_attention');
  expect(parseModelConfig(config({ layer_types })).text.growingLayers).toBe(24);
});

test('it is a row of the table that says why nothing is built from its weights', () => {
  const architecture = openArchitecture(config());
  expect(architecture.family.label).toBe('Qwen3.5');
  expect(architecture.dialect).toBe('full');
  expect(architecture.graphsOnly).toContain('recurrent layers');
  expect(architecture.weights / 1e9).toBeGreaterThan(1.5);
  expect(architecture.weights / 1e9).toBeLessThan(2.5);
  expect(() => architecture.decoder(null, { weights: 'inputs' })).toThrow(/recurrent layers/);
});

test.each([
  ['a list of another length', config({ layer_types: ['full_attention'] }), /1 entries for 24/],
  ['a layer of another kind', config({ layer_types: ['sliding_attention'] }), /layer_types/],
  ['another width of features', config({ hidden_size: 1024 }), /features of 2048/],
  ['no text', config({}, { text_config: undefined }), /text_config/],
  ['too many layers', config({ num_hidden_layers: 1e15 }), /num_hidden_layers/],
])('%s is refused', (_, json, words) => {
  const record = refusal(json);
  expect(record.code).toBe('model.config-invalid');
  expect(record.message).toMatch(words);
});

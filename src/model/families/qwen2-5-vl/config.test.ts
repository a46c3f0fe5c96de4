/** Configurations of all layouts are understood; others are refused by name. */

import { describe, expect, test } from 'vitest';
import { refusedBy } from '../../../base/fixtures/refused.ts';
import { readJsonObject } from '../../sources/json-source.ts';
import { openArchitecture } from '../families.ts';
import { MAX_POSITIONS } from '../qwen-vl/text-config.ts';
import { parseModelConfig } from './config.ts';

/** The flat layout of the files on the hub, with a few sizes of Qwen2.5-VL-3B-Instruct. */
const flat = {
  model_type: 'qwen2_5_vl',
  hidden_size: 2048,
  intermediate_size: 11008,
  num_attention_heads: 16,
  num_key_value_heads: 2,
  num_hidden_layers: 36,
  rms_norm_eps: 1e-6,
  rope_theta: 1000000,
  rope_scaling: { type: 'mrope', mrope_section: [16, 24, 24] },
  vocab_size: 151936,
  max_position_embeddings: 128000,
  eos_token_id: 151645,
  tie_word_embeddings: true,
  use_sliding_window: false,
  image_token_id: 151655,
  vision_config: {
    depth: 32,
    hidden_size: 1280,
    intermediate_size: 3420,
    num_heads: 16,
    in_chans: 3,
    out_hidden_size: 2048,
    patch_size: 14,
    spatial_merge_size: 2,
    window_size: 112,
    fullatt_block_indexes: [7, 15, 23, 31],
  },
};

/** The same model as transformers 5 writes it. */
function nested() {
  const { model_type, image_token_id, vision_config, tie_word_embeddings, ...text } = flat;
  const { rope_theta, rope_scaling, ...rest } = text;
  return {
    model_type,
    image_token_id,
    tie_word_embeddings,
    vision_config: { ...vision_config, rope_parameters: { rope_type: 'axial', rope_theta: 10000 } },
    text_config: {
      ...rest,
      rope_parameters: {
        rope_type: 'default',
        rope_theta,
        mrope_section: rope_scaling.mrope_section,
      },
    },
  };
}

const refusal = (json: unknown) =>
  refusedBy(() => openArchitecture(readJsonObject(json, 'config.json')));

test('the flat and the nested layout mean the same', () => {
  expect(parseModelConfig(nested())).toEqual(parseModelConfig(flat));
});

test('sizes that follow from others are there', () => {
  const { text, vision } = parseModelConfig(flat);
  expect(text).toMatchObject({ headDim: 128, mropeSection: [16, 24, 24] });
  expect(parseModelConfig(flat).eosTokenIds).toEqual([151645]);
  expect(vision).toMatchObject({ headDim: 80, temporalPatchSize: 2, ropeTheta: 10000 });
});

test('a context longer than the rotary tables ends where they end', () => {
  expect(parseModelConfig(flat).text.maxPositions).toBe(MAX_POSITIONS);
  const short = { ...flat, max_position_embeddings: 4096 };
  expect(parseModelConfig(short).text.maxPositions).toBe(4096);
});

test('what is left out has the default of transformers', () => {
  const { rope_theta: _, ...rest } = flat;
  expect(parseModelConfig(rest).text.rope.theta).toBe(1000000);
  expect(parseModelConfig({ ...rest, image_token_id: undefined }).imageTokenId).toBe(151655);
});

test('tied weights may be named in the text part only', () => {
  const { tie_word_embeddings: _, ...rest } = nested();
  const text_config = { ...rest.text_config, tie_word_embeddings: true };
  expect(parseModelConfig({ ...rest, text_config }).tieWordEmbeddings).toBe(true);
  expect(parseModelConfig(rest).tieWordEmbeddings).toBe(false);
});

describe('refused', () => {
  test('another architecture, by its name and with what would do', () => {
    const record = refusal({ ...flat, model_type: 'llama' });
    expect(record).toMatchObject({ code: 'model.architecture', where: 'config.json' });
    expect(record.message).toContain('"llama"');
    expect(record.fix).toContain('qwen2_5_vl');
  });

  test.each([
    ['vocab_size', { vocab_size: 5e7 }],
    ['num_hidden_layers', { num_hidden_layers: 1e9 }],
    ['hidden_size', { hidden_size: 1e9 }],
    ['intermediate_size', { intermediate_size: 1e15 }],
    ['num_attention_heads', { num_attention_heads: 1e9 }],
    ['image_token_id', { image_token_id: 5e7 }],
    ['eos_token_id', { eos_token_id: [1e9] }],
    ['rms_norm_eps', { rms_norm_eps: 0 }],
    ['rope_theta', { rope_theta: 0 }],
    ['depth', { vision_config: { ...flat.vision_config, depth: 1e9 } }],
    ['patch_size', { vision_config: { ...flat.vision_config, patch_size: 1e9 } }],
    ['window_size', { vision_config: { ...flat.vision_config, window_size: 1e12 } }],
  ])('a %s that no tab could hold, before anything is made of it', (field, change) => {
    const record = refusal({ ...flat, ...change });
    expect(record.code).toBe('model.config-invalid');
    expect(record.where).toContain(field);
  });

  test.each([
    ['no object', [1], 'instead of an object'],
    ['a size of the wrong type', { ...flat, hidden_size: '2048' }, 'hidden_size'],
    ['a negative size', { ...flat, num_hidden_layers: -1 }, 'num_hidden_layers'],
    ['heads that do not divide', { ...flat, num_attention_heads: 15 }, '15'],
    ['key heads that do not divide', { ...flat, num_key_value_heads: 3 }, 'share 3'],
    [
      'rotary sections of the wrong sum',
      { ...flat, rope_scaling: { mrope_section: [1, 2, 3] } },
      '1+2+3',
    ],
    [
      'another rotary scheme',
      { ...flat, rope_scaling: { ...flat.rope_scaling, rope_type: 'longrope' } },
      'longrope',
    ],
    [
      'sliding windows',
      { ...flat, use_sliding_window: true, sliding_window: 512, max_window_layers: 0 },
      'use_sliding_window',
    ],
    ['another activation', { ...flat, hidden_act: 'gelu' }, 'gelu'],
    [
      'a vision output of another width',
      { ...flat, vision_config: { ...flat.vision_config, out_hidden_size: 1 } },
      'features of 1,',
    ],
  ])('%s', (_, json, named) => {
    const record = refusal(json);
    expect(record.code).toMatch(/^model\.(config-invalid|file-foreign)$/);
    expect(record.message).toContain(named);
  });
});

/** A model is as large as the tensors that its graphs ask for, and one that no tab holds is refused by its sum. */

import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { PlaygroundError } from '../../../base/errors.ts';
import { smallConfig, smallConfigJson } from '../../fixtures/random-model.ts';
import { readModelFile } from '../../fixtures/support.ts';
import { readSafetensors } from '../../formats/safetensors.ts';
import { checkModelSize } from '../abilities.ts';
import { qwen25VL } from '../families.ts';
import { parseModelConfig } from '../qwen2-5-vl/config.ts';

it('counts exactly the weights that a model holds', () => {
  const file = readFileSync('public/models/tiny-qwen2.5-vl/model.safetensors');
  const shapes = [...readSafetensors(file).values()].map(({ shape }) => shape);
  const held = shapes.reduce((sum, shape) => sum + shape.reduce((a, b) => a * b, 1), 0);
  expect(qwen25VL(parseModelConfig(JSON.parse(readModelFile('config.json')))).weights).toBe(held);
});

it('counts a head of its own where it is not tied', () => {
  const of = (tied: boolean) => qwen25VL(smallConfig({ tie_word_embeddings: tied })).weights;
  expect(of(false) - of(true)).toBe(50 * 32);
});

it('refuses sizes that are each allowed and together more than a tab holds, and says the sum', () => {
  const sizes = { hidden_size: 65_536, num_attention_heads: 512, num_key_value_heads: 512 };
  const vision = { ...smallConfigJson().vision_config, out_hidden_size: 65_536 };
  const rope = { rope_type: 'default', mrope_section: [16, 24, 24] };
  const large = { ...sizes, vision_config: vision, rope_scaling: rope, num_hidden_layers: 512 };
  const config = smallConfig({ ...large, vocab_size: 1_048_576, intermediate_size: 1_048_576 });
  const error = caught(() => checkModelSize(qwen25VL(config)));
  expect(error.record).toMatchObject({ code: 'model.too-large', where: 'config.json' });
  expect(error.record.message).toMatch(
    /114\d{3}\.\d billion weights, .* GB even in 4 bits; .* 16\.0 GB/,
  );
  expect(error.record.detail?.weights).toBe(qwen25VL(config).weights);
  expect(() => checkModelSize(qwen25VL(smallConfig()))).not.toThrow();
});

function caught(work: () => void): PlaygroundError {
  try {
    work();
  } catch (error) {
    if (error instanceof PlaygroundError) return error;
    throw error;
  }
  throw new Error('it was accepted');
}

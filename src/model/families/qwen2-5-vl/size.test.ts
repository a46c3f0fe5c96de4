/** A model is as large as the tensors that its graphs ask for, and one that no tab holds is refused by its sum. */

import { expect, it } from 'vitest';
import { PlaygroundError } from '../../../base/errors.ts';
import { smallConfig, smallConfigJson } from '../../fixtures/random-model.ts';
import { readModelFile } from '../../fixtures/support.ts';
import { checkModelSize } from '../abilities.ts';
import type { QwenVLConfig } from './config.ts';
import { parseModelConfig } from './config.ts';
import { buildDecoder } from './decoder.ts';
import { buildEmbedTokens } from './embed-tokens.ts';
import { qwen25VL } from './family.ts';
import { countWeights } from './size.ts';
import { buildVisionEncoder } from './vision.ts';

/** Weights of the three graphs, each name once. */
function weightsOfGraphs(config: QwenVLConfig): number {
  const shapes = new Map<string, readonly number[]>();
  for (const build of [buildEmbedTokens, buildDecoder, buildVisionEncoder])
    for (const { name, shape } of build(config, null, { weights: 'inputs' }).weightInputs)
      shapes.set(name, shape);
  return [...shapes.values()].reduce((sum, shape) => sum + shape.reduce((a, b) => a * b, 1), 0);
}

it('counts exactly the weights that the graphs take', () => {
  const builtIn = parseModelConfig(JSON.parse(readModelFile('config.json')));
  const tied = (tie_word_embeddings: boolean) => smallConfig({ tie_word_embeddings });
  for (const config of [builtIn, tied(true), tied(false)])
    expect(countWeights(config)).toBe(weightsOfGraphs(config));
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
    /114\d{3}\.\d billion weights, .* GB in 16 bits; .* 2\.1 GB/,
  );
  expect(error.record.detail?.weights).toBe(countWeights(config));
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

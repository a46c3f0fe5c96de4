/** What the engine reads from the bundled model's folder. */

import { beforeAll, describe, expect, it } from 'vitest';
import type { ModelAssets } from './assets.ts';
import { bundledAssets } from './fixtures/bundled-assets.ts';
import { readModelFile } from './fixtures/support.ts';

let assets: ModelAssets;

beforeAll(async () => {
  assets = await bundledAssets();
});

describe('ids that are never sampled', () => {
  it('are those of the padded vocabulary and of pictures, and no word or end', () => {
    const { tokenizer, config, bannedIds } = assets;
    expect(config.text.vocabSize).toBeGreaterThan(tokenizer.vocabSize);
    const padding = config.text.vocabSize - tokenizer.vocabSize;
    const pictures = [
      config.imageTokenId,
      config.videoTokenId,
      ...['<|vision_start|>', '<|vision_end|>', '<|vision_pad|>'].map(tokenizer.idOf),
    ];
    const padded = Array.from({ length: padding }, (_, i) => tokenizer.vocabSize + i);
    expect(bannedIds).toEqual([...pictures, ...padded].sort((a = 0, b = 0) => a - b));
    for (const id of tokenizer.eosIds) expect(bannedIds).not.toContain(id);
    for (const id of tokenizer.encodePlain(' A red leaf.')) expect(bannedIds).not.toContain(id);
  });
});

describe('a model whose sizes are each allowed', () => {
  it('is refused by their sum, before anything is made of it', async () => {
    const config = JSON.parse(readModelFile('config.json'));
    const sizes = { num_hidden_layers: 512, intermediate_size: 1_048_576 };
    const text = config.text_config ? { text_config: { ...config.text_config, ...sizes } } : sizes;
    const loading = bundledAssets({ 'config.json': JSON.stringify({ ...config, ...text }) });
    await expect(loading).rejects.toMatchObject({
      record: { code: 'model.too-large', where: 'config.json' },
    });
  });
});

describe('control tokens', () => {
  it('that are no end are told apart from text, should the model write one', () => {
    const { tokenizer, specialIds } = assets;
    expect(specialIds).toContain(tokenizer.special.imStart);
    expect(specialIds).toContain(tokenizer.special.imagePad);
    for (const id of tokenizer.eosIds) expect(specialIds).not.toContain(id);
  });
});

describe('the tags of the form', () => {
  it('are several ordinary tokens each, known alone and after a space', () => {
    const { tokenizer, tagIds } = assets;
    for (const [spellings, text] of [
      [tagIds.descriptionClose, '</description>'],
      [tagIds.thinkOpen, '<think>'],
      [tagIds.thinkClose, '</think>'],
      [tagIds.boxOpen, '\\boxed{'],
    ] as const) {
      expect(spellings?.map((ids) => tokenizer.decode(ids))).toEqual([text, ` ${text}`]);
      for (const ids of spellings ?? []) {
        expect(ids.length).toBeGreaterThan(1);
        expect(ids.some(tokenizer.isSpecial)).toBe(false);
      }
    }
  });
});

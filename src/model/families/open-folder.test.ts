/** A folder of each family opens whole: configuration, weights, processor and prompt; a relative is refused unread. */

import { expect, test, vi } from 'vitest';
import type { FolderFile } from '../../contract/engine.ts';
import { loadAssets } from '../assets.ts';
import { drawnWeights, type FamilyCase } from '../fixtures/family-run.ts';
import { pattern } from '../fixtures/parity-run.ts';
import { readFixture, readModelFile } from '../fixtures/support.ts';
import { writeSafetensors } from '../formats/safetensors.ts';
import { encodePrompt, userTurn } from '../processor/processor.ts';
import { readJsonObject } from '../sources/json-source.ts';
import { FAMILIES } from './families.ts';
import { QWEN3_5 } from './qwen3-5/family.ts';

const SHARED = ['tokenizer.json', 'tokenizer_config.json', 'chat_template.jinja'];
const builtIn = readJsonObject(readModelFile('config.json'), 'config.json');
const WORDS = 1536;

/** A case's folder with the built-in model's tokenizer, and the vocabulary and ids that belong to it. */
function folder({ config, shapes }: FamilyCase, changes: Record<string, unknown> = {}) {
  const { text_config: nested } = config;
  const text = typeof nested === 'object' ? { text_config: { ...nested, vocab_size: WORDS } } : {};
  const own = {
    ...config,
    ...text,
    ...(nested === undefined && { vocab_size: WORDS }),
    image_token_id: builtIn.image_token_id,
    video_token_id: builtIn.video_token_id,
    ...changes,
  };
  const wider = Object.entries(shapes).map(([name, [first, ...rest]]) =>
    /embed_tokens|lm_head/.test(name) ? [name, [WORDS, ...rest]] : [name, [first, ...rest]],
  );
  const weights = drawnWeights(Object.fromEntries(wider), (name) => name);
  const processor = {
    image_processor: {
      image_processor_type: 'Qwen2VLImageProcessorFast',
      patch_size: 4,
      size: { shortest_edge: 64, longest_edge: 1280 },
      image_mean: [0.5, 0.5, 0.5],
      image_std: [0.5, 0.5, 0.5],
    },
  };
  const texts = [
    ['config.json', JSON.stringify(own)],
    ['processor_config.json', JSON.stringify(processor)],
    ...SHARED.map((name) => [name, readModelFile(name)]),
  ];
  const weightsFile = new Blob([writeSafetensors(weights)]);
  const files: FolderFile[] = texts.map(([path, value]) => ({ path, file: new Blob([value]) }));
  return { weightsFile, files: [...files, { path: 'model.safetensors', file: weightsFile }] };
}

const cases = readFixture<FamilyCase>('families.json');
const firsts = FAMILIES.flatMap((family) => {
  const row = cases.find(({ config }) => family.modelTypes.includes(config.model_type));
  if (row !== undefined) return [[family.label, row] as const];
  // Only a family that opens as the graphs of others has no weights in the fixture.
  if (family === QWEN3_5) return [];
  throw new Error(`the fixture has no ${family.label}`);
});

test.each(firsts)(
  'a folder of a %s opens, and a picture stands in its prompt',
  async (label, row) => {
    const { files } = folder(row);
    const assets = await loadAssets({ kind: 'folder', name: 'small', files }, {});
    expect(assets.architecture.family.label).toBe(label);
    expect(assets.notices).toEqual([]);
    expect(assets.parameters).toBe(assets.architecture.weights);
    const messages = userTurn('What is it?', 1);
    const prompt = encodePrompt(assets.processor, { messages, images: [pattern(37, 26, 3)] });
    expect(prompt.imageGrids).toEqual([[1, 6, 10]]);
    expect(prompt.imageTokens).toHaveLength(15);
    // 15 tokens of an image take the room of its longer side.
    expect(prompt.ropeDelta).toBe(5 - 15);
  },
);

test('a relative is refused before a byte of its weights is read', async () => {
  const row = cases.find(({ config }) => config.model_type === 'qwen3_vl');
  if (row === undefined) throw new Error('the fixture has no Qwen3-VL');
  const { files, weightsFile } = folder(row, { model_type: 'qwen3_vl_moe' });
  const read = vi.spyOn(weightsFile, 'arrayBuffer');
  const cut = vi.spyOn(weightsFile, 'slice');
  await expect(loadAssets({ kind: 'folder', name: 'moe', files }, {})).rejects.toMatchObject({
    record: { code: 'model.architecture', message: expect.stringContaining('mixture of experts') },
  });
  expect(read).not.toHaveBeenCalled();
  expect(cut).not.toHaveBeenCalled();
});

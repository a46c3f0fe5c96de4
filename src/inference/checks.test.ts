import { beforeAll, describe, expect, it } from 'vitest';
import { PlaygroundError } from '../base/errors.ts';
import { VIGOS_PAPER } from '../method/named-methods.ts';
import type { ModelAssets } from '../model/assets.ts';
import { bundledAssets } from '../model/fixtures/bundled-assets.ts';
import { checkIds, checkRoom, checkSampling } from './checks.ts';
import { planRollout } from './reading.ts';
import { readTyped } from './typed.ts';

const GOOD = { temperature: 1.1, topP: 0.95, topK: 20, seed: 1, maxNewTokens: 96, count: 1 };

it('takes the paper’s sampling and greedy decoding', () => {
  expect(() => checkSampling(GOOD)).not.toThrow();
  expect(() => checkSampling({ ...GOOD, temperature: 0, topP: 1, topK: 0 })).not.toThrow();
});

it.each([
  ['temperature', -1],
  ['temperature', Number.NaN],
  ['topP', 0],
  ['topP', 1.5],
  ['topK', 2.5],
  ['seed', -1],
  ['seed', 2 ** 32],
  ['maxNewTokens', 0],
  ['count', 9],
])('names the setting %s when it is %s', (field, value) => {
  const check = () => checkSampling({ ...GOOD, [field]: value });
  expect(check).toThrow(PlaygroundError);
  expect(check).toThrow(`"${field}"`);
});

describe('a completion', () => {
  let assets: ModelAssets;
  beforeAll(async () => {
    assets = await bundledAssets();
  });

  const codeOf = (work: () => unknown): unknown => {
    try {
      return work();
    } catch (error) {
      return error instanceof PlaygroundError ? error.record.code : error;
    }
  };

  it('without ids is refused, typed or not', () => {
    const plan = (ids: number[]) => codeOf(() => planRollout(assets, ids, VIGOS_PAPER));
    expect(plan([])).toBe('rollout.empty');
    expect(plan([...readTyped('', assets).ids])).toBe('rollout.empty');
  });

  it('has the ids of the model’s embeddings, and the first other one is named', () => {
    const { vocabSize } = assets.config.text;
    expect(() => checkIds([0, vocabSize - 1], assets)).not.toThrow();
    for (const id of [-1, vocabSize, 1.5, Number.NaN]) {
      expect(codeOf(() => planRollout(assets, [0, id], VIGOS_PAPER))).toBe('rollout.foreign-ids');
      expect(() => checkIds([0, id], assets)).toThrow('Token 1 of the completion');
    }
  });

  it('stays with its prompt within the model’s positions', () => {
    const { maxPositions } = assets.config.text;
    const context = { name: 'reference', prompt: { inputIds: [1, 2, 3] } } as const;
    expect(() => checkRoom(context, maxPositions - 3, assets)).not.toThrow();
    expect(codeOf(() => checkRoom(context, maxPositions - 2, assets))).toBe('rollout.too-long');
    expect(() => checkRoom(context, maxPositions, assets)).toThrow('"reference"');
  });
});

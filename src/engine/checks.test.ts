import { expect, it } from 'vitest';
import { PlaygroundError } from '../base/errors.ts';
import { checkSampling } from './checks.ts';

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

/** One model in two precisions is two models: neither goes on with what the other answered. */

import { expect, it } from 'vitest';
import { modelInWords } from '../../contract/evaluation/evaluation-records.ts';
import { bundledAssets } from '../../model/fixtures/bundled-assets.ts';
import { baseOf, evaluatedModel } from './evaluated-model.ts';

it('tells weights brought to four bits, and graphs of another precision, from the same in float32', async () => {
  const assets = await bundledAssets();
  const { graphs } = assets;
  const inFour = { ...graphs, keeping: { precision: 'q4', inside: false } } as const;
  const halves = {
    precision: 'fp16',
    halfFloats: true,
    largestTensorBytes: 1,
    dynamic: false,
    marks: [],
  } as const;
  const found = await Promise.all([
    evaluatedModel(assets, null),
    evaluatedModel({ ...assets, graphs: inFour }, null),
    evaluatedModel({ ...assets, stateDict: null, graphs: { ...graphs, foreign: halves } }, null),
  ]);
  expect(found.map(({ precision }) => precision)).toEqual([undefined, 'q4', 'fp16']);
  expect(found.map(modelInWords)).toEqual([
    assets.name,
    `${assets.name}, q4`,
    `${assets.name}, fp16`,
  ]);
  expect(found[1].fingerprint).toBe(found[0].fingerprint);
  expect(new Set(found.map(baseOf)).size).toBe(3);
});

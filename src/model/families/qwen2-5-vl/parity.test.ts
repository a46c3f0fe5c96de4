/** On wasm, the graphs equal the official implementation; fixtures come from tools/fixtures/parity.py. */

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { nodeRuntime } from '../../fixtures/node-runtime.ts';
import { expectOfficial } from '../../fixtures/parity-expect.ts';
import {
  greedy,
  type ModelRun,
  openModel,
  type ParityCase,
  prepare,
} from '../../fixtures/parity-run.ts';
import { readSafetensors, readSafetensorsMetadata } from '../../formats/safetensors.ts';
import { parsePreprocessorConfig } from '../../processor/image-size.ts';
import { canonicalStateDict } from '../canonical.ts';
import { QWEN2_5_VL } from '../families.ts';

const MODEL = 'public/models/tiny-qwen2.5-vl';
const TOKENS = 64;
const json = (file: string) => JSON.parse(readFileSync(file, 'utf8'));
const cases: ParityCase[] = json('src/model/fixtures/parity.json');
const fixture = readFileSync('src/model/fixtures/parity.safetensors');
const expected = readSafetensors(fixture);
const weights = readFileSync(path.join(MODEL, 'model.safetensors'));

let model: ModelRun;

beforeAll(async () => {
  model = await openModel(
    nodeRuntime,
    QWEN2_5_VL.open(json(path.join(MODEL, 'config.json'))),
    parsePreprocessorConfig(json(path.join(MODEL, 'preprocessor_config.json'))),
    canonicalStateDict(readSafetensors(weights), QWEN2_5_VL),
  );
});

test('the fixtures belong to these weights; tools/fixtures/all.py makes them anew', () => {
  const hash = createHash('sha256').update(weights).digest('hex');
  expect(readSafetensorsMetadata(fixture)).toEqual({ weights: hash });
});

test.each(cases.map((parity) => [parity.name, parity] as const))(
  'vision features and logits equal the official ones: %s',
  (_, parity) => expectOfficial(model, parity, expected),
);

const continued = cases.filter((parity) => parity.greedy !== undefined);

test.each(continued.map((parity) => [parity.name, parity] as const))(
  'greedy tokens equal the official ones, with and without the cache: %s',
  async (_, parity) => {
    const prepared = await prepare(model, parity);
    const withCache = await greedy(model, prepared, TOKENS, true);
    const without = await greedy(model, prepared, TOKENS, false);
    const until = (rows: readonly (readonly number[])[] = []) =>
      rows.map((row) => row.slice(0, parity.decided));
    expect(until(withCache)).toEqual(until(parity.greedy));
    expect(until(without)).toEqual(until(parity.greedy));
  },
);

test('at least eight prompts decide all 64 greedy tokens', () => {
  expect(cases.filter(({ decided }) => decided === TOKENS).length).toBeGreaterThanOrEqual(8);
});

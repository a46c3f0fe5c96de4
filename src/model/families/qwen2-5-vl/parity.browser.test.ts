/** On WebGPU, with no node on the CPU, the graphs equal the official implementation. */

import { beforeAll, expect, test } from 'vitest';
import { expectOfficial } from '../../fixtures/parity-expect.ts';
import {
  greedy,
  type ModelRun,
  openModel,
  type ParityCase,
  prepare,
} from '../../fixtures/parity-run.ts';
import { webgpuRuntime } from '../../fixtures/webgpu-runtime.ts';
import { readSafetensors, type TensorData } from '../../formats/safetensors.ts';
import { parsePreprocessorConfig } from '../../processor/image-size.ts';
import { canonicalStateDict } from '../canonical.ts';
import { QWEN2_5_VL } from '../families.ts';

/** Steps with the cache; a software adapter takes a tenth of a second or more for each. */
const TOKENS = 8;

const MODEL = '/models/tiny-qwen2.5-vl';
const FIXTURES = '/src/model/fixtures';
const bytes = async (url: string) => new Uint8Array(await (await fetch(url)).arrayBuffer());
const json = async (url: string) => (await fetch(url)).json();
const cases: ParityCase[] = await json(`${FIXTURES}/parity.json`);

let model: ModelRun;
let expected: Map<string, TensorData>;

beforeAll(async () => {
  expected = readSafetensors(await bytes(`${FIXTURES}/parity.safetensors`));
  model = await openModel(
    webgpuRuntime,
    QWEN2_5_VL.open(await json(`${MODEL}/config.json`)),
    parsePreprocessorConfig(await json(`${MODEL}/preprocessor_config.json`)),
    canonicalStateDict(readSafetensors(await bytes(`${MODEL}/model.safetensors`)), QWEN2_5_VL),
  );
});

/** What differs on a GPU shows in these; all of them run on wasm. */
const SHOWN = ['two images', 'wide image, cut windows', 'batch with padding on the right'];

test.each(
  cases.filter(({ name }) => SHOWN.includes(name)).map((parity) => [parity.name, parity] as const),
)('vision features and logits equal the official ones: %s', (_, parity) =>
  expectOfficial(model, parity, expected),
);

test('greedy tokens with the cache equal the official ones', async () => {
  const parity = cases.find(({ name }) => name === 'batch with padding on the left');
  if (parity?.greedy === undefined) throw new Error('the fixture has no such batch');
  const tokens = Math.min(TOKENS, parity.decided ?? 0);
  const rows = await greedy(model, await prepare(model, parity), tokens, true);
  expect(rows).toEqual(parity.greedy.map((row) => row.slice(0, tokens)));
});

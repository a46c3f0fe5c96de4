/** The Models page on an engine that answers as a test says. */

import { expect, it, vi } from 'vitest';
import { page } from 'vitest/browser';
import type { ErrorRecord } from '../../base/errors.ts';
import type { EngineApi, Outcome } from '../../contract/engine.ts';
import type { KeptModel, ModelLook, ModelShelf } from '../../contract/models/model-sources.ts';
import { fakeEngine, READY } from '../engine/fixtures/fake-engine.ts';
import { showPage } from '../engine/fixtures/show-page.tsx';
import { ModelsPage } from './ModelsPage.tsx';

const ok = <T,>(value: T): Outcome<T> => ({ ok: true, value });
const COMMIT = 'a'.repeat(40);
const SOURCE = {
  kind: 'hub',
  hub: 'http://localhost:1',
  repo: 'owner/tiny',
  revision: COMMIT,
  inner: '',
} as const;

const LOOK: ModelLook = {
  name: 'owner/tiny',
  source: SOURCE,
  host: 'localhost:1',
  offline: false,
  family: 'Qwen3-VL',
  problem: null,
  shape: {
    parameters: 2.1e9,
    vocabSize: 151_936,
    layers: 28,
    kvHeads: 8,
    headDim: 128,
    maxPositions: 262_144,
  },
  files: [{ path: 'config.json', bytes: 100, kept: 0 }],
  weights: [
    {
      kind: 'q4',
      label: 'q4 graphs',
      files: [],
      bytes: 1.52e9,
      kept: 0.5e9,
      memory: 1.52e9,
      verdict: { runs: true, on: ['webgpu', 'wasm'] },
    },
    {
      kind: 'fp32',
      label: 'fp32 graphs',
      files: [],
      bytes: 9e9,
      kept: 0,
      memory: 9e9,
      verdict: { runs: false, reason: 'Its files have 9.0 GB; a tab can take 2.1 GB.' },
    },
  ],
  recommended: { kind: 'q4', reason: 'It is the only one that runs here.' },
  companionBytes: 11e6,
  adapters: [],
  notices: [],
  device: { gpu: null, noGpu: 'This browser has no WebGPU.', wasmBytes: 2 ** 32 },
};

const KEPT: KeptModel = {
  id: 'x',
  name: 'owner/tiny',
  source: SOURCE,
  host: 'localhost:1',
  commit: COMMIT,
  bytes: 0.5e9,
  wanted: 1.5e9,
  whole: [],
  savedAt: '2026-11-29',
  inUse: false,
};

const SHELF: ModelShelf = {
  models: [KEPT],
  room: { usage: 0.6e9, quota: 10e9 },
  persistent: true,
  problem: null,
};

async function shown(answers: Partial<EngineApi>) {
  const fake = fakeEngine({
    listen: async () => undefined,
    load: async () => ok(READY),
    listModels: async () => ok(SHELF),
    judgeKnownModels: async () => ok([]),
    ...answers,
  });
  await fake.engine.load();
  showPage(fake.engine, <ModelsPage />);
  return fake;
}

async function lookAt(name: string) {
  await page.getByLabelText('Name, or the address of its page').fill(name);
  await page.getByRole('button', { name: 'Look at it' }).click();
}

it('shows what was found before it is fetched, then fetches what is missing and loads it', async () => {
  let finish: () => void = () => undefined;
  const fetchModel = vi.fn(
    () =>
      new Promise<Outcome<never>>((resolve) => {
        finish = () => resolve(ok({ bytes: 1, lasting: true, notice: null }) as Outcome<never>);
      }),
  );
  const load = vi.fn(async () => ok(READY));
  const lookAtModel = vi.fn(async () => ok(LOOK));
  const fake = await shown({ lookAtModel, fetchModel, load });
  await lookAt('owner/tiny@main');
  expect(lookAtModel).toHaveBeenCalledWith(
    expect.objectContaining({ kind: 'hub', repo: 'owner/tiny', revision: 'main' }),
  );
  await expect.element(page.getByText('28 layers')).toBeVisible();
  await expect.element(page.getByRole('radio', { name: 'q4 graphs' })).toBeChecked();
  await expect.element(page.getByRole('radio', { name: 'fp32 graphs' })).toBeDisabled();
  await expect.element(page.getByText('a tab can take 2.1 GB')).toBeVisible();
  await page.getByRole('button', { name: /^Fetch 1\.0.GB and open/ }).click();
  expect(fetchModel).toHaveBeenCalledWith({ source: SOURCE, precision: 'q4' });
  fake.fire({
    type: 'model.transfer',
    loaded: 0.75e9,
    total: 1.5e9,
    rate: 10e6,
    left: 75,
    waiting: null,
  });
  await expect
    .element(page.getByText(/750\.0.MB of 1\.5.GB, 10\.0.MB a second, 1 min left/))
    .toBeVisible();
  const before = load.mock.calls.length;
  finish();
  await vi.waitFor(() => expect(load.mock.calls.length).toBe(before + 1));
  expect(load).toHaveBeenLastCalledWith(
    expect.objectContaining({ source: SOURCE, precision: 'q4' }),
  );
});

it('says what is wrong with a name at once, and asks nobody', async () => {
  await shown({});
  await lookAt('C:\\models\\tiny');
  await expect.element(page.getByRole('alert')).toHaveTextContent('is not the name of a model');
});

it('asks which of several models is meant', async () => {
  const error: ErrorRecord = {
    code: 'model.several',
    message: 'The folder holds 2 models.',
    fix: 'Open one.',
    detail: { choices: [{ inner: 'b' }, { inner: 'a' }] },
  };
  const lookAtModel = vi.fn(async (): Promise<Outcome<ModelLook>> => ({ ok: false, error }));
  await shown({ lookAtModel });
  await lookAt('owner/two');
  lookAtModel.mockResolvedValueOnce(ok(LOOK));
  await page.getByRole('button', { name: 'Look at a', exact: true }).click();
  expect(lookAtModel).toHaveBeenLastCalledWith(expect.objectContaining({ inner: 'a' }));
  await expect.element(page.getByText('28 layers')).toBeVisible();
});

it('asks which adapter in the folder is merged, or none, before it opens the model', async () => {
  const [row] = LOOK.weights;
  const weights = [{ ...row, kind: 'safetensors', label: 'safetensors' } as const];
  const recommended = { kind: 'safetensors', reason: 'It is the only one.' } as const;
  const look = { ...LOOK, weights, recommended, adapters: ['checkpoint-20', 'checkpoint-5'] };
  const fetchModel = vi.fn(async () => ok({ bytes: 1, lasting: true, notice: null }));
  const load = vi.fn(async () => ok(READY));
  await shown({ lookAtModel: async () => ok(look), fetchModel, load });
  await lookAt('owner/tiny');
  const open = page.getByRole('button', { name: /^Fetch .* and open$/ });
  await expect.element(page.getByText('Choose an adapter, or none, above.')).toBeVisible();
  await expect.element(open).toBeDisabled();
  await page.getByRole('radio', { name: 'checkpoint-5' }).click();
  await open.click();
  await vi.waitFor(() =>
    expect(load).toHaveBeenLastCalledWith(
      expect.objectContaining({ source: SOURCE, adapter: 'checkpoint-5' }),
    ),
  );
  expect(fetchModel).toHaveBeenCalledWith(expect.objectContaining({ adapter: 'checkpoint-5' }));
});

it('lists what is kept with its size, and deletes it when asked twice', async () => {
  const deleteModel = vi.fn(async () => ok(null));
  await shown({ deleteModel });
  await expect.element(page.getByText(/500\.0.MB of 1\.5.GB/)).toBeVisible();
  await expect.element(page.getByText(/of 10\.0.GB that it may/)).toBeVisible();
  await page.getByRole('button', { name: 'Delete owner/tiny' }).click();
  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  expect(deleteModel).toHaveBeenCalledWith('x');
});

it('says when a transfer was cancelled or its worker died, with what has come kept', async () => {
  const cancelled: ErrorRecord = { code: 'job.cancelled', message: 'It was cancelled.', fix: '' };
  const answers: Outcome<never>[] = [{ ok: false, error: cancelled }];
  const fetchModel = vi.fn(async () => answers.shift() ?? new Promise<never>(() => undefined));
  const fake = await shown({ lookAtModel: async () => ok(LOOK), fetchModel });
  await lookAt('owner/tiny');
  await page.getByRole('button', { name: /^Fetch/ }).click();
  await expect.element(page.getByText('Cancelled. What has come is kept.')).toBeVisible();
  await page.getByRole('button', { name: /^Fetch/ }).click();
  await expect.element(page.getByText('Asking …')).toBeVisible();
  fake.die({ reason: 'killed', notLoaded: null });
  await expect.element(page.getByText(/The engine stopped\. What has come is kept/)).toBeVisible();
});

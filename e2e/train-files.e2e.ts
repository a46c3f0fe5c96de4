/** Files that cannot be used are refused by name; what was taken in outlives the engine's worker. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import { strToU8, zipSync } from 'fflate';
import { RUN_FORMAT } from '../src/contract/train/run-log.ts';
import {
  float32Tensor,
  readSafetensors,
  writeSafetensors,
} from '../src/model/formats/safetensors.ts';
import { writeCheckpoint } from '../src/training/runs/checkpoint-file.ts';
import { checkpointState, newRun } from '../src/training/runs/fixtures/states.ts';
import { logLines, writeLog } from '../src/training/runs/run-log.ts';
import { killEngine } from './engine-worker.ts';
import { openTrain, SHORT } from './train-page.ts';

test.describe.configure({ timeout: 900_000 });

const QUICK = { ...SHORT, 'followed.every': '0' };

/** An adapter that PEFT wrote for the built-in model. */
const FIXTURES = path.resolve(import.meta.dirname, '../src/model/adapters/fixtures');
const config = JSON.parse(readFileSync(path.join(FIXTURES, 'adapter_config.json'), 'utf8'));
const weights = new Uint8Array(readFileSync(path.join(FIXTURES, 'adapter_model.safetensors')));

const adapter = (change: object = {}, bytes: Uint8Array = weights) =>
  zipSync({
    'adapter_config.json': strToU8(JSON.stringify({ ...config, ...change })),
    'adapter_model.safetensors': bytes,
  });

/** The same matrices for a model twice as wide. */
function wider(): Uint8Array {
  const tensors = [...readSafetensors(weights)].map(([name, { shape }]) => {
    const doubled = name.includes('lora_A') ? [shape[0], 2 * shape[1]] : [2 * shape[0], shape[1]];
    return [name, float32Tensor(new Float32Array(doubled[0] * doubled[1]), doubled)] as const;
  });
  return writeSafetensors(new Map(tensors), { format: 'pt' });
}

const state = checkpointState('run-1', 4);
const date = '2026-11-21T10:00:00.000Z';
const record = {
  ...newRun('run-1', 'From elsewhere'),
  ...{ format: RUN_FORMAT, createdAt: date, updatedAt: date },
  ...{ state: 'paused', step: 4, best: null },
};

async function runArchive(change: object = {}, checkpoint = state): Promise<Uint8Array> {
  const { metrics, evaluations, followed } = state;
  return zipSync({
    'run.json': strToU8(JSON.stringify({ ...record, ...change })),
    'metrics.jsonl': strToU8(writeLog(logLines({ metrics, evaluations, followed }))),
    'checkpoint.safetensors': await writeCheckpoint(checkpoint),
  });
}

async function broken(): Promise<Uint8Array> {
  const own = checkpointState('run-1', 4);
  for (const { data } of own.trainable.values()) data[0] = Number.NaN;
  return runArchive({}, own);
}

async function choose(page: Page, name: string, bytes: Uint8Array): Promise<void> {
  const file = { name, mimeType: 'application/zip', buffer: Buffer.from(bytes) };
  await page.getByLabel('Import run or adapter').first().setInputFiles(file);
}

test('a file that cannot be used is refused with its reason, and nothing is taken in', async ({
  page,
}) => {
  const view = await openTrain(page, QUICK);
  const whole = await runArchive();
  const files: [what: string, bytes: Uint8Array, code: string, said: RegExp][] = [
    ['a text', strToU8('hello'), 'run.invalid', /neither a zip archive nor whole JSON/],
    ['another zip', zipSync({ 'a.txt': strToU8('a') }), 'import.unknown', /neither a run .* nor/],
    ['whole model', zipSync({ 'a/config.json': strToU8('{}') }), 'import.model', /a whole model/],
    ['graphs', zipSync({ 'a/b.onnx': strToU8('') }), 'import.other-kind', /an ONNX graph/],
    ['cut off', whole.subarray(0, whole.length / 2), 'import.archive', /cut off or damaged/],
    ['newer', await runArchive({ format: 'vigos-run/99' }), 'run.newer', /later version/],
    ['no numbers', await broken(), 'checkpoint.not-finite', /no number/],
    ['wider', adapter({}, wider()), 'adapter.other-base', /model of another size/],
    ['DoRA', adapter({ use_dora: true }), 'adapter.incomplete', /no lora_magnitude_vector/],
    ['IA3', adapter({ peft_type: 'IA3' }), 'adapter.unsupported', /the method IA3/],
    ['short weights', adapter({}, weights.subarray(0, 5000)), 'model.weights-truncated', /./],
  ];
  for (const [what, bytes, code, said] of files) {
    await choose(page, `${what}.zip`, bytes);
    const alert = page.locator(`[data-error-code="${code}"]`);
    await expect(alert, what).toContainText(said);
    await alert.getByRole('button', { name: 'Dismiss' }).click();
    await expect(alert).toHaveCount(0);
  }
  await expect(view.runs).toHaveCount(0);
  // After all that a whole one is taken.
  await choose(page, 'whole.zip', whole);
  await expect(view.runs).toHaveCount(1);
  expect(view.problems).toEqual([]);
});

test('an imported adapter and a trained student outlive the worker; a step that was not written down is said to be gone', async ({
  page,
}) => {
  const view = await openTrain(page, QUICK);
  await view.button('One step').click();
  await view.reaches('paused');
  await expect(view.runs).toHaveCount(1);
  const student = page.getByRole('combobox', { name: 'Student' });
  const settled = async () => {
    await expect(page.getByTestId('verdict')).toBeVisible({ timeout: 300_000 });
    await expect(page.locator('[data-scoring]')).toHaveCount(0, { timeout: 300_000 });
  };
  const kill = async () => {
    await killEngine(page);
    await expect(page.locator('[data-error-code="engine.worker-died"]')).toContainText(
      'has been started again',
      {
        timeout: 300_000,
      },
    );
    await settled();
  };

  await choose(page, 'mine.zip', adapter());
  await expect(student).toHaveValue('mine', { timeout: 300_000 });
  await settled();
  await kill();
  await expect(student).toHaveValue('mine');

  // The rollouts of step 1 were made after step 0, whose weights were never written down.
  await page.getByRole('link', { name: 'Train' }).click();
  await page.getByRole('button', { name: 'Open in the Lab' }).first().click();
  await expect(page.locator('[data-error-code^="train."]')).toContainText(/no run|no longer here/);
  await page.getByRole('link', { name: 'Train' }).click();
  await page
    .getByRole('button', { name: /^Ask .* in the Lab$/ })
    .first()
    .click();
  await expect(student).toHaveValue('ViGOS 1, step 1', { timeout: 300_000 });
  await settled();
  await kill();
  await expect(student).toHaveValue('ViGOS 1, step 1');
});

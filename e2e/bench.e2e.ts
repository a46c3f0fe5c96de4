/** The bench page: reached from the header, runs on this machine, stops, exports, and looks right. */
import { expect, type Page, test } from '@playwright/test';
import type { BenchReport } from '../src/kernel-bench/contract.ts';
import { expectAccessible } from './accessible.ts';
import { complaintsOf } from './console.ts';
import { hold } from './held.ts';

/** Both sizes and both themes: neither changes what is wrong with the other. */
const LOOKS = [
  ['light', { width: 1440, height: 900 }],
  ['dark', { width: 390, height: 844 }],
] as const;

// Libraries are compiled and everything waits for its turn: on a busy machine that takes its time.
test.describe.configure({ timeout: 900_000 });
const RUN = { timeout: 300_000 };

/** Opens the bench by its link; gives what the console complains of. */
async function openBench(page: Page): Promise<string[]> {
  const problems = complaintsOf(page);
  await page.goto('./');
  await page.getByRole('link', { name: 'Bench' }).click();
  await expect(page).toHaveTitle(/^Bench/);
  return problems;
}

const box = (page: Page, name: string) => page.getByRole('checkbox', { name, exact: true });

/** Leaves forward KL at 256 × 2,048 of these contenders, three runs each. */
async function chooseLittle(page: Page, contenders: readonly string[]): Promise<void> {
  for (const name of ['JSD, β = 0.5', 'Forward KL and gradient', '1 × 151,936'])
    await box(page, name).uncheck();
  const all = page.getByRole('group', { name: 'Contenders' }).getByRole('checkbox');
  for (const one of await all.all()) await one.uncheck();
  for (const name of contenders) await box(page, name).check();
  await page.getByRole('radio', { name: '3' }).click();
}

async function run(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Start' }).click();
  await expect(page.getByText('Done.')).toBeVisible(RUN);
}

async function exported(page: Page): Promise<BenchReport> {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Export JSON' }).click(),
  ]);
  const chunks: Buffer[] = [];
  for await (const chunk of await download.createReadStream()) chunks.push(chunk);
  return JSON.parse(Buffer.concat(chunks).toString('utf8'));
}

test('every way that has its device is measured and checked @webgpu', async ({ page }) => {
  const problems = await openBench(page);
  await expect(page.getByText('swiftshader')).toBeVisible();
  await chooseLittle(page, [
    'Ours',
    'jax-js WebGPU',
    'ONNX Runtime WebGPU',
    'TensorFlow.js WebGPU',
  ]);
  await run(page);
  const rows = page.locator('tbody tr');
  await expect(rows).toHaveCount(4);
  await expect(page.locator('tr[data-contender="ours"]')).toContainText('1.0×');
  await expect(page.locator('tr[data-contender="ours"]')).toContainText('within tolerance');
  const report = await exported(page);
  expect(report.failures).toEqual([]);
  expect(report.results.map(({ contender }) => contender).sort()).toEqual([
    'jax-webgpu',
    'ort-webgpu',
    'ours',
    'tfjs-webgpu',
  ]);
  expect(report.copyGBps).toBeGreaterThan(0);
  expect(report.isolated).toBe(true);
  expect(problems).toEqual([]);
});

test('without WebGPU its ways are not to be had, which is said, and the others are measured', async ({
  page,
}) => {
  const problems = await openBench(page);
  await expect(page.getByTestId('no-gpu')).toContainText('WebGPU');
  await expect(page.getByRole('checkbox', { name: 'Ours', exact: true })).toBeDisabled();
  await chooseLittle(page, ['Ours, CPU', 'jax-js wasm', 'ONNX Runtime wasm']);
  await run(page);
  await expect(page.locator('tr[data-contender="ours-cpu"]')).toContainText('1.0×');
  for (const contender of ['ours-cpu', 'jax-wasm', 'ort-wasm']) {
    await expect(page.locator(`tr[data-contender="${contender}"]`)).toContainText('ms');
  }
  const report = await exported(page);
  expect(report.failures).toEqual([]);
  expect(report.copyGBps).toBeNull();
  expect(problems).toEqual([]);
});

test('a run can be stopped and started again, and outlives a look at the Lab', async ({ page }) => {
  // Until it is let through, the run is surely under way.
  const release = await hold(page, '**/*.wasm');
  await openBench(page);
  await chooseLittle(page, ['Ours, CPU', 'ONNX Runtime wasm']);
  await page.getByRole('button', { name: 'Start' }).click();
  await expect(page.locator('tr[data-contender="ours-cpu"]')).toContainText('ready', RUN);
  await page.getByRole('button', { name: 'Stop' }).click();
  await expect(page.getByText('Stopped; what was finished is below.')).toBeVisible();
  release();
  await box(page, 'ONNX Runtime wasm').uncheck();

  await page.getByRole('button', { name: 'Start' }).click();
  await page.goBack();
  await expect(page.getByRole('listbox', { name: 'Tokens of the rollout' })).toBeVisible();
  await page.goForward();
  await expect(page.getByText('Done.')).toBeVisible(RUN);
  await expect(page.locator('tbody tr')).toHaveCount(1);

  await box(page, 'Ours, CPU').uncheck();
  await expect(page.getByText('Choose at least one operation')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Start' })).toBeDisabled();
});

test('the bench is accessible at every size, by its own address too', async ({ page }) => {
  await page.goto('./?page=bench');
  await chooseLittle(page, ['Ours, CPU', 'jax-js wasm']);
  await run(page);
  for (const [colorScheme, screen] of LOOKS) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize(screen);
    await expectAccessible(page);
  }
});

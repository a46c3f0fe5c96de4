/** An open tab when a new version is published. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import { unzipSync } from 'fflate';
import { complaintsOf } from './console.ts';
import { killEngine } from './engine-worker.ts';
import { releaseOf } from './released.ts';
import { type StaticHost, serveStatically } from './static-host.ts';

const BUILD = path.resolve(import.meta.dirname, '../dist');
/** A step of one short rollout. */
const SHORT = 'rolloutsPerStep=1&sampling.maxNewTokens=24&evaluation.every=0&followed.every=0';

let host: StaticHost;
let next: string;

test.beforeAll(async ({ browserName }, testInfo) => {
  next = testInfo.outputPath(`next-${browserName}`);
  releaseOf(BUILD, next);
});

test.beforeEach(async () => {
  // Hosts of single-page applications are the harder ones: what is gone looks like a page.
  host = await serveStatically(BUILD, '/site/', { indexForUnknown: true });
});

test.afterEach(async () => {
  await host.close();
});

const link = (page: Page, name: string) => page.getByRole('link', { name });
const ready = (page: Page) =>
  expect(page.getByRole('button', { name: /^Backend and model: Web/ })).toBeVisible();

/** Makes a step on the Train page. */
async function trainOneStep(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'One step' }).click();
  const state = page.locator('[data-run-state]');
  await expect(state).toHaveAttribute('data-run-state', 'paused', { timeout: 300_000 });
}

async function exportRun(page: Page): Promise<void> {
  for (const what of ['Adapter (PEFT)', 'Merged model (ONNX)']) {
    await page.getByRole('button', { name: /^Export/ }).click();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: what }).click(),
    ]);
    expect(Object.keys(unzipSync(readFileSync(await download.path()))).length).toBeGreaterThan(1);
  }
}

/** Runs one contender that is a library fetched for it. */
async function runBench(page: Page): Promise<void> {
  for (const name of ['JSD, β = 0.5', 'Forward KL and gradient', '1 × 151,936'])
    await page.getByRole('checkbox', { name, exact: true }).uncheck();
  const contenders = page.getByRole('group', { name: 'Contenders' }).getByRole('checkbox');
  for (const one of await contenders.all()) await one.uncheck();
  await page.getByRole('checkbox', { name: 'jax-js wasm', exact: true }).check();
  await page.getByRole('button', { name: 'Start' }).click();
  await expect(page.getByText('Done.')).toBeVisible({ timeout: 300_000 });
  await expect(page.locator('tr[data-contender="jax-wasm"]')).toContainText('ms');
}

test.describe('with a service worker', () => {
  test.use({ serviceWorkers: 'allow' });

  /** Whether every file of the page's version is kept. */
  const isKept = (page: Page) =>
    page.evaluate(async () => {
      const list = JSON.parse(document.getElementById('own-files')?.textContent ?? '');
      const kept = await Promise.all(list.files.map((file: string) => caches.match(file)));
      return kept.every((file) => file !== undefined);
    });
  const keptVersions = (page: Page) => page.evaluate(() => caches.keys());

  test('whoever works goes on when a new version is published, from the first visit on', async ({
    page,
    context,
  }) => {
    test.setTimeout(900_000);
    const complaints = complaintsOf(page);
    await page.goto(host.url);
    await ready(page);
    await expect.poll(() => isKept(page)).toBe(true);
    host.release(next);
    host.missing.length = 0;

    await killEngine(page);
    await expect(page.locator('[data-error-code="engine.worker-died"]')).toContainText('ready');
    // As Forward to the Train page would, with settings that make the step a short one.
    await page.evaluate((query) => {
      history.pushState(null, '', `?page=train&${query}`);
      dispatchEvent(new PopStateEvent('popstate'));
    }, SHORT);
    await trainOneStep(page);
    await exportRun(page);
    await link(page, 'Bench').click();
    await runBench(page);
    expect(complaints).toEqual([]);
    expect(host.missing).toEqual([]);

    // A new tab is of the new version; the old one's files stay for as long as it lives, and no longer.
    const second = await context.newPage();
    await second.goto(host.url);
    await ready(second);
    await expect.poll(() => isKept(second)).toBe(true);
    expect(await keptVersions(second)).toHaveLength(2);
    await page.close();
    await second.reload();
    await ready(second);
    await expect.poll(async () => (await keptVersions(second)).length).toBe(1);
    expect(await isKept(second)).toBe(true);
  });
});

test('without a service worker both pages and exports outlive a release; what does not come says why', async ({
  page,
}) => {
  test.setTimeout(900_000);
  const fetched = page.waitForResponse(/BenchPage-/);
  await page.goto(`${host.url}?page=train&${SHORT}`);
  await ready(page);
  await trainOneStep(page);
  await fetched;
  host.release(next);
  await exportRun(page);
  await link(page, 'Bench').click();
  const gone = page.locator('[data-error-code="part.new-version"]');
  await expect(gone).toContainText('a newer version of this page has been published');
  await expect(gone).toContainText('Export what you want to keep, then reload the page.');
  await link(page, 'Lab').click();
  await killEngine(page);
  await expect(gone).toContainText('The engine could not be loaded');
});

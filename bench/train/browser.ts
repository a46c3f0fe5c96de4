/** What runs in the headless browser: steps in the engine's worker, and the built Train page. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright';
import { inHeadlessPage, openPage } from '../../scripts/headless/browser.ts';
import { startServer } from '../../scripts/headless/server.ts';
import type { BackendName } from '../../src/contract/backend.ts';
import type { PageRun } from './figures.ts';
import type { BenchRequest, BenchResult } from './page.ts';

/** A garbage collection for every measurement of the heap, instead of waiting for the next one. */
const EAGER_MEMORY = '--enable-blink-features=ForceEagerMeasureMemory';

/** The longest that a run of the Train page may take. */
const PATIENCE = 1_800_000;

/** Runs the steps of a request in the engine's worker. */
export async function trainInWorker(request: BenchRequest): Promise<BenchResult> {
  const server = await startServer({ script: 'bench/train/page.ts' });
  try {
    return await inHeadlessPage({ flags: [EAGER_MEMORY] }, async (page) => {
      await openPage(page, server.url, 'benchTrain');
      return page.evaluate((asked) => globalThis.benchTrain(asked), request);
    });
  } finally {
    await server.close();
  }
}

/**
 * A run on the Train page, from the click on Train to its end; the page is built for it. `settings` are what its
 * address may carry.
 */
export async function runOnTrainPage(
  backend: BackendName,
  settings: Readonly<Record<string, string>>,
): Promise<PageRun> {
  const { build, preview } = await import('vite');
  const outDir = mkdtempSync(path.join(tmpdir(), 'bench-train-'));
  const quiet = { logLevel: 'error', build: { outDir, emptyOutDir: true } } as const;
  try {
    await build(quiet);
    const server = await preview({ ...quiet, preview: { port: 0, strictPort: false } });
    try {
      const query = new URLSearchParams({ page: 'train', backend, ...settings });
      const url = new URL(`?${query}`, server.resolvedUrls?.local[0]).href;
      return await inHeadlessPage({}, (page) => countFrames(page, url));
    } finally {
      await server.close();
    }
  } finally {
    rmSync(outDir, { recursive: true, force: true });
  }
}

async function countFrames(page: Page, url: string): Promise<PageRun> {
  await page.goto(url);
  const train = page.getByRole('button', { name: 'Train', exact: true });
  await page.waitForFunction(() =>
    [...document.querySelectorAll('button')].some(
      (button) =>
        button.textContent === 'Train' && button.getAttribute('aria-disabled') === 'false',
    ),
  );
  await train.click();
  return page.evaluate(async (patience) => {
    const times: number[] = [];
    const tasksMs = [0];
    const observer = new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) tasksMs.push(duration);
    });
    observer.observe({ type: 'longtask' });
    let state: string | undefined;
    for (const start = performance.now(); state !== 'done'; ) {
      times.push(await new Promise<number>((drawn) => requestAnimationFrame(drawn)));
      state = document.querySelector<HTMLElement>('[data-run-state]')?.dataset.runState;
      if (state === 'failed' || performance.now() - start > patience)
        throw new Error(`The run on the Train page is ${state}.`);
    }
    observer.disconnect();
    return { times, tasksMs };
  }, PATIENCE);
}

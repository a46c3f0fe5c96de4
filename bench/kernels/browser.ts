/** Starts a server and a headless browser for the kernel benchmark, and runs one thing in its page. */

import type { Page } from 'playwright';
import { inHeadlessPage, openPage } from '../../scripts/headless/browser.ts';
import { type Outcome, unwrap } from '../../src/base/outcome.ts';
import type { BenchReport, BenchRequest, ScaleReport } from '../../src/kernel-bench/contract.ts';

/** Throws {@link PlaygroundError} with whatever the page says went wrong. */
export function benchInBrowser(request: BenchRequest): Promise<BenchReport> {
  return inPage((page) =>
    page.evaluate(async (request): Promise<Outcome<BenchReport>> => {
      const path = '/bench/kernels/page.ts';
      const { bench } = await import(path);
      return bench(request);
    }, request),
  );
}

/** The same for the scale runs. */
export function scaleInBrowser(repeats: number): Promise<ScaleReport> {
  return inPage((page) =>
    page.evaluate(async (repeats): Promise<Outcome<ScaleReport>> => {
      const path = '/bench/kernels/page.ts';
      const { scale } = await import(path);
      return scale(repeats);
    }, repeats),
  );
}

/** What the page says on its console goes to stderr. */
async function inPage<T>(work: (page: Page) => Promise<Outcome<T>>): Promise<T> {
  const { createServer } = await import('vite');
  const server = await createServer({
    configFile: 'vite.config.ts',
    logLevel: 'error',
    cacheDir: 'node_modules/.vite/bench',
    server: { port: 0, strictPort: false, hmr: false, watch: null },
  });
  try {
    await server.listen();
    const url = `${server.resolvedUrls?.local[0]}bench/kernels/page.html`;
    return await inHeadlessPage({}, async (page) => {
      page.on('console', (message) => process.stderr.write(`${message.text()}\n`));
      await openPage(page, url);
      return unwrap(await work(page));
    });
  } finally {
    await server.close();
  }
}

/** Starts a server and a headless browser for the kernel benchmark, and runs one thing in its page. */

import { chromium, type Page } from 'playwright';
import { createServer } from 'vite';
import { chromiumFlags, requireChromium } from '../../scripts/chromium.ts';
import { type Outcome, unwrap } from '../../src/base/outcome.ts';
import type { BenchReport, BenchRequest, ScaleReport } from '../../src/bench/contract.ts';

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
  const server = await createServer({
    configFile: 'vite.config.ts',
    logLevel: 'error',
    cacheDir: 'node_modules/.vite/bench',
    server: { port: 0, strictPort: false, hmr: false, watch: null },
  });
  const browser = await chromium.launch({
    executablePath: requireChromium(),
    args: chromiumFlags(),
  });
  try {
    await server.listen();
    const page = await browser.newPage();
    page.on('console', (message) => process.stderr.write(`${message.text()}\n`));
    await page.goto(`${server.resolvedUrls?.local[0]}bench/kernels/page.html`);
    return unwrap(await work(page));
  } finally {
    await browser.close();
    await server.close();
  }
}

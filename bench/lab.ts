/** How fast the Lab is from a cold page, as one JSON object: `npm run -s bench:lab`. Build first. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { chromium, type Page } from 'playwright';
import { preview } from 'vite';
import { chromiumFlags, requireChromium } from '../scripts/chromium.ts';

const DIST = path.resolve('dist');
const STEPS = 40;

/** Bytes of the scripts that the page itself names, gzipped; the worker and its runtime come later. */
function initialJsGzipBytes(): number {
  const html = readFileSync(path.join(DIST, 'index.html'), 'utf8');
  const scripts = [...html.matchAll(/(?:src|href)="\.\/([^"]+\.js)"/g)].map(([, file]) => file);
  return scripts.reduce(
    (sum, file) => sum + gzipSync(readFileSync(path.join(DIST, file))).length,
    0,
  );
}

/** Milliseconds since the navigation began when a condition first held, looked at every frame. */
const firstTime = (page: Page, condition: string): Promise<number> =>
  page
    .waitForFunction(`(${condition}) && performance.now()`, undefined, { timeout: 120_000 })
    .then((handle) => handle.jsonValue())
    .then(Number);

const RUN = `[...document.querySelectorAll('button')].find((b) => b.textContent === 'Run')`;
const READY = `${RUN}?.getAttribute('aria-disabled') === 'false'`;
const SETTLED = `${READY} && document.querySelector('[data-stage][aria-busy="false"]') && !document.querySelector('[data-recorded]')`;

/** From a click to the first frame in which a condition holds. */
async function clicked(page: Page, button: string, condition: string): Promise<number> {
  const start = await page.evaluate(
    `(() => { const at = performance.now(); (${button}).click(); return at; })()`,
  );
  return (await firstTime(page, condition)) - Number(start);
}

/** Median over steps of one key in the strip: handling, drawing and layout, without the wait for a frame. */
async function stepMs(page: Page): Promise<number> {
  return page.evaluate(async (steps) => {
    const times: number[] = [];
    const strip = document.querySelector('[role="listbox"]');
    strip?.querySelector<HTMLElement>('[role="option"]')?.click();
    for (let i = 0; i < steps; i++) {
      await new Promise(requestAnimationFrame);
      const start = performance.now();
      strip?.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowRight', bubbles: true }));
      await Promise.resolve();
      strip?.getBoundingClientRect();
      times.push(performance.now() - start);
    }
    return times.sort((a, b) => a - b)[steps >> 1];
  }, STEPS);
}

async function measure(page: Page, url: string) {
  await page.goto(url, { waitUntil: 'commit' });
  const recordedMs = await firstTime(
    page,
    `document.querySelector('[data-recorded]') && document.querySelector('[role="option"]')`,
  );
  const modelReadyMs = await firstTime(page, READY);
  await firstTime(page, SETTLED);
  // The run after the first one: a person’s, with the model warm.
  await page.evaluate(`document.querySelector('[data-stage]').dataset.old = ''`);
  const rolloutMs = await clicked(page, RUN, `${SETTLED} && !document.querySelector('[data-old]')`);
  const wrong = `document.querySelectorAll('[aria-label="Answers to try"] button')[2]`;
  const rescoreMs = await clicked(
    page,
    wrong,
    `${SETTLED} && document.querySelector('[data-testid="moved"]')`,
  );
  const backend = await page.getByRole('button', { name: /^Backend/ }).textContent();
  return { recordedMs, modelReadyMs, rolloutMs, rescoreMs, stepMs: await stepMs(page), backend };
}

if (!existsSync(path.join(DIST, 'index.html'))) {
  process.stderr.write('There is no build to measure. Run `npm run build` first.\n');
  process.exit(2);
}
const server = await preview({ preview: { port: 0 }, logLevel: 'silent' });
const executablePath = requireChromium();
const browser = await chromium.launch({ executablePath, args: chromiumFlags(), headless: true });
try {
  // Conditions are evaluated as text, which the page's own policy forbids.
  const page = await browser.newPage({ bypassCSP: true });
  const url = server.resolvedUrls?.local[0] ?? '';
  const { backend, ...times } = await measure(page, url);
  const rounded = Object.fromEntries(
    Object.entries(times).map(([name, ms]) => [name, Number(ms.toFixed(1))]),
  );
  const result = {
    ...rounded,
    initialJsGzipBytes: initialJsGzipBytes(),
    backend: backend?.includes('WebGPU') ? 'webgpu' : 'wasm',
  };
  process.stdout.write(`${JSON.stringify(result)}\n`);
} finally {
  await browser.close();
  await server.close();
}

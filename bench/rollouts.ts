/** How the built Rollouts page bears a file of many rollouts, as one JSON object: `npm run -s bench:rollouts`. Build first. */
import { createWriteStream, existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { CDPSession, Page } from 'playwright';
import { inHeadlessPage } from '../scripts/headless/browser.ts';
import { generatedLines } from '../src/rollouts/fixtures/generated.ts';
import { FLAGS, readFlags, runCommand } from './command.ts';

const DIST = path.resolve('dist');
const USAGE = `Usage: npm run -s bench:rollouts -- [options]
  --rows N  rollouts of about 100 tokens, 1200 bytes each as JSON Lines (50000)
  --seed N  of what they say (1)
`;

/** The list says how many it has, and its first rows are drawn. */
const LISTED = `[...document.querySelectorAll('[role="status"]')].some((e) => /all of them/.test(e.textContent ?? '')) && document.querySelector('[aria-label="List of rollouts"] button')`;
/** Found in how long, as the page says it. */
const FOUND = `[...document.querySelectorAll('[role="status"]')].find((e) => /found in|all of them/.test(e.textContent ?? ''))?.textContent ?? ''`;
const FRAMES = 180;

const now = (page: Page, condition: string, timeout: number): Promise<number> =>
  page
    .waitForFunction(`(${condition}) && performance.now()`, null, { timeout, polling: 'raf' })
    .then((handle) => handle.jsonValue())
    .then(Number);

/** The largest JavaScript heaps that page and workers had together, MB, looked at all the while. */
class Heap {
  most = 0;
  #on = true;
  #ids = 0;
  readonly #session: CDPSession;
  /** Of each worker of the page, what it last said, bytes. */
  readonly #workers = new Map<string, number>();
  readonly #done: Promise<void>;

  private constructor(session: CDPSession) {
    this.#session = session;
    session.on('Target.attachedToTarget', ({ sessionId }) => this.#workers.set(sessionId, 0));
    session.on('Target.receivedMessageFromTarget', ({ sessionId, message }) => {
      const { result } = JSON.parse(message) as { result?: { usedSize?: number } };
      if (result?.usedSize !== undefined) this.#workers.set(sessionId, result.usedSize);
    });
    this.#done = this.#watch();
  }

  static async of(page: Page): Promise<Heap> {
    const session = await page.context().newCDPSession(page);
    const heap = new Heap(session);
    await session.send('Target.setAutoAttach', {
      autoAttach: true,
      waitForDebuggerOnStart: false,
      flatten: false,
    });
    return heap;
  }

  async #watch(): Promise<void> {
    while (this.#on) {
      const { usedSize } = await this.#session.send('Runtime.getHeapUsage');
      for (const sessionId of this.#workers.keys()) {
        const message = JSON.stringify({ id: ++this.#ids, method: 'Runtime.getHeapUsage' });
        await this.#session
          .send('Target.sendMessageToTarget', { sessionId, message })
          .catch(() => this.#workers.delete(sessionId));
      }
      const bytes = [usedSize, ...this.#workers.values()].reduce((sum, some) => sum + some, 0);
      this.most = Math.max(this.most, bytes / 1e6);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  async end(): Promise<number> {
    this.#on = false;
    await this.#done;
    return this.most;
  }
}

/** From a change of a control to the answer of the worker that the page shows, ms, and what the worker took of it. */
async function asked(page: Page, change: () => Promise<unknown>, timeout: number) {
  const before = await page.evaluate(FOUND);
  const start = Number(await page.evaluate('performance.now()'));
  await change();
  const end = await now(page, `(${FOUND}) !== ${JSON.stringify(before)}`, timeout);
  return Math.round(end - start);
}

/** Scrolls through the list, a screen's third a frame; frames later than one and a half of the screen's are missed. */
async function scrolled(page: Page) {
  return page.evaluate(async (frames) => {
    const list = document.querySelector('[aria-label="List of rollouts"]')?.parentElement;
    if (!list) throw new Error('there is no list');
    const times: number[] = [];
    for (let i = 0; i <= frames; i++) {
      times.push(await new Promise<number>((resolve) => requestAnimationFrame(resolve)));
      list.scrollTop += 200;
    }
    const gaps = times.slice(1).map((time, i) => time - times[i]);
    return {
      frames,
      missedFrames: gaps.filter((gap) => gap > 25).length,
      longestFrameMs: Math.round(Math.max(...gaps)),
    };
  }, FRAMES);
}

async function measure(page: Page, url: string, file: string) {
  const patience = 3_600_000;
  const address = `${url}?page=rollouts`;
  await page.goto(address);
  await page.getByRole('button', { name: 'Open files of rollouts' }).waitFor();
  const heap = await Heap.of(page);
  const start = Number(await page.evaluate('performance.now()'));
  await page.locator('input[type=file]').first().setInputFiles(file);
  const listed = await now(page, LISTED, patience);
  const heapMB = await heap.end();
  await page.goto(address, { waitUntil: 'commit' });
  const listAfterReloadMs = Math.round(await now(page, LISTED, patience));
  const choose = (label: string, value: string) =>
    page.getByRole('combobox', { name: label, exact: true }).selectOption(value);
  const filterMs = await asked(
    page,
    () => page.getByRole('radio', { name: 'Invalid' }).click(),
    patience,
  );
  const sortMs = await asked(
    page,
    () =>
      choose('Sort by', 'tokens').then(() =>
        page.getByRole('radio', { name: 'Valid', exact: true }).click(),
      ),
    patience,
  );
  const search = page.getByRole('searchbox', { name: 'Search the completions' });
  await page.getByRole('radio', { name: 'All', exact: true }).click();
  const searchMs = await asked(page, () => search.fill('pink boat'), patience);
  const workerSearchMs = await page.evaluate(FOUND);
  await asked(page, () => search.fill(''), patience);
  const scroll = await scrolled(page);
  return {
    importMs: Math.round(listed - start),
    peakHeapMB: Math.round(heapMB),
    listAfterReloadMs,
    filterMs,
    sortMs,
    /** With the 120 ms that the page waits for the next letter. */
    searchMs,
    lastSearchSaid: String(workerSearchMs),
    ...scroll,
  };
}

async function run(): Promise<string> {
  const flags = readFlags(process.argv.slice(2), {
    rows: { type: 'string', default: '50000' },
    seed: { type: 'string', default: '1' },
  });
  const [rows, seed] = [Number(flags.rows), Number(flags.seed)];
  if (!Number.isInteger(rows) || rows < 1 || !Number.isInteger(seed))
    throw FLAGS.bad('rows', '--rows and --seed take whole numbers.', 'Give such ones.');
  if (!existsSync(path.join(DIST, 'index.html')))
    throw FLAGS.bad('dist', 'There is no build to measure.', 'Run `npm run build` first.');
  const folder = mkdtempSync(path.join(os.tmpdir(), 'rollouts-'));
  const file = path.join(folder, 'rollouts.jsonl');
  try {
    await pipeline(Readable.from(generatedLines(seed, rows)), createWriteStream(file));
    const { preview } = await import('vite');
    const server = await preview({ preview: { port: 0 }, logLevel: 'silent' });
    try {
      const url = server.resolvedUrls?.local[0] ?? '';
      const [loadBefore] = os.loadavg();
      const figures = await inHeadlessPage({ bypassCSP: true }, (page) => measure(page, url, file));
      const [loadAfter] = os.loadavg();
      return JSON.stringify({
        rows,
        fileMB: Number((statSync(file).size / 1e6).toFixed(1)),
        ...figures,
        cores: os.cpus().length,
        load: [loadBefore, loadAfter].map((load) => Number(load.toFixed(1))),
      });
    } finally {
      await server.close();
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

await runCommand(USAGE, run);

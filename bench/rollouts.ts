/** How the built Rollouts page bears a file of many rollouts, as one JSON object: `npm run -s bench:rollouts`. Build first. */
import { createWriteStream, existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { CDPSession, Page } from 'playwright';
import { inHeadlessPage } from '../scripts/headless/browser.ts';
import { PlaygroundError } from '../src/base/errors.ts';
import { generatedLines } from '../src/rollouts/fixtures/generated.ts';
import { FLAGS, readFlags, runCommand } from './command.ts';

const DIST = path.resolve('dist');
const USAGE = `npm run -s bench:rollouts -- [options]

Imports a file of made rollouts into the built Rollouts page in a headless browser, opens it again after a
reload, filters, sorts, searches and scrolls, and prints one JSON object: times in ms, the processor's time
of the import, the largest JavaScript heap of page and workers, and the frames that scrolling missed.

  --rows N  rollouts of about 100 tokens, 1100 bytes each as JSON Lines (50000)
  --seed N  of what they say (1)
  --help    this text
`;
const MOST_ROWS = 5_000_000;

/** The list says how many it has, and its first rows are drawn. */
const LISTED = `[...document.querySelectorAll('[role="status"]')].some((e) => /all of them/.test(e.textContent ?? '')) && document.querySelector('[aria-label="List of rollouts"] button')`;
/** Found in how long, as the page says it. */
const FOUND = `[...document.querySelectorAll('[role="status"]')].find((e) => /found in|all of them/.test(e.textContent ?? ''))?.textContent ?? ''`;
/** The first row, once it is there. */
const FIRST = `document.querySelector('[aria-label="List of rollouts"] [aria-posinset="1"] button')?.textContent ?? ''`;
const FRAMES = 180;
/** As long must the list be the same before the next thing is asked of it, ms. */
const SETTLED_MS = 300;

/** How long the page may show the same before it is given up, ms. */
const STILL_MS = 60_000;
const LOOK_MS = 5_000;
/** What the page says of its work, and of what went wrong. */
const SAID = `[...document.querySelectorAll('main [role="status"], main [role="progressbar"] + p')].map((e) => e.textContent).filter(Boolean).join(' | ')`;
const REFUSED = `document.querySelector('main [role="alert"] p')?.textContent`;

/**
 * The page's clock when a condition came to be so, ms. Throws {@link PlaygroundError} `bench.refused` where the page
 * shows an error instead, `bench.stalled` where it shows the same for a minute.
 */
async function now(
  page: Page,
  what: string,
  condition: string,
  polling: 'raf' | number = 'raf',
): Promise<number> {
  const asked = `(${REFUSED}) ?? ((${condition}) && performance.now())`;
  let [said, since] = ['', Date.now()];
  for (;;) {
    const found = await page
      .waitForFunction(asked, null, { timeout: LOOK_MS, polling })
      .then((handle) => handle.jsonValue())
      .catch((error: unknown) => {
        if (error instanceof Error && error.name === 'TimeoutError') return null;
        throw error;
      });
    if (typeof found === 'number') return found;
    if (typeof found === 'string')
      throw failed('refused', `The page refused ${what}: ${found}`, 'Mend that first.');
    const says = String(await page.evaluate(SAID));
    if (says !== said) [said, since] = [says, Date.now()];
    else if (Date.now() - since > STILL_MS)
      throw failed(
        'stalled',
        `Waited for ${what}, but the page has shown the same for ${STILL_MS / 1000} s: “${said}”.`,
        'Build anew; if it stays so, the page has changed and this command has to follow.',
      );
  }
}

function failed(code: string, message: string, fix: string): PlaygroundError {
  return new PlaygroundError({ code: `bench.${code}`, message, fix, where: 'page' });
}

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

/** Waits until the answer and its first row have come and stay: what is on its way would be taken for the next answer. */
async function settled(page: Page): Promise<void> {
  const shown = `JSON.stringify([${FOUND}, ${FIRST}])`;
  let [last, since] = ['', Date.now()];
  while (Date.now() - since < SETTLED_MS) {
    const text = String(await page.evaluate(shown));
    if (text !== last) [last, since] = [text, Date.now()];
    await page.waitForTimeout(20);
  }
}

/** From a change of a control to another text of what the page shows of it, ms; the page is at rest before. */
async function asked(
  page: Page,
  what: string,
  change: () => Promise<unknown>,
  shown = FOUND,
): Promise<number> {
  await settled(page);
  const before = await page.evaluate(shown);
  const start = Number(await page.evaluate('performance.now()'));
  await change();
  const another = `(${shown}) !== '' && (${shown}) !== ${JSON.stringify(before)}`;
  return Math.round((await now(page, what, another)) - start);
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

/** Seconds of the processor that the page's process, its workers among it, has taken. */
async function processorSeconds(session: CDPSession): Promise<number> {
  const { metrics } = await session.send('Performance.getMetrics');
  return metrics.find(({ name }) => name === 'ProcessTime')?.value ?? Number.NaN;
}

async function measure(page: Page, url: string, file: string) {
  page.setDefaultTimeout(STILL_MS);
  const address = `${url}?page=rollouts`;
  await page.goto(address);
  await page.getByRole('button', { name: 'Open files of rollouts' }).waitFor();
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable');
  const heap = await Heap.of(page);
  const processorBefore = await processorSeconds(session);
  const start = Number(await page.evaluate('performance.now()'));
  await page.locator('input[type=file]').first().setInputFiles(file);
  // Not by frames: each would be drawn, and the import have that much less of the processor.
  const listed = await now(page, 'the import', LISTED, 100);
  const processor = (await processorSeconds(session)) - processorBefore;
  const heapMB = await heap.end();
  await page.goto(address, { waitUntil: 'commit' });
  const listAfterReloadMs = Math.round(await now(page, 'the list after a reload', LISTED));
  const validity = (name: string) =>
    page.getByRole('radiogroup', { name: 'Validity' }).getByRole('radio', { name, exact: true });
  const filterMs = await asked(page, 'the invalid rows', () => validity('Invalid').click());
  const sort = page.getByRole('combobox', { name: 'Sort by', exact: true });
  const sortMs = await asked(page, 'the rows by tokens', () => sort.selectOption('tokens'), FIRST);
  const search = page.getByRole('searchbox', { name: 'Search the completions' });
  await asked(page, 'all rows', () => validity('All').click());
  const searchMs = await asked(page, 'the rows of a search', () => search.fill('pink boat'));
  const workerSearchMs = await page.evaluate(FOUND);
  await asked(page, 'all rows', () => search.fill(''));
  await settled(page);
  const scroll = await scrolled(page);
  return {
    importMs: Math.round(listed - start),
    importProcessorMs: Math.round(1000 * processor),
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
    help: { type: 'boolean', default: false },
  });
  if (flags.help) return USAGE.trimEnd();
  const rows = FLAGS.wholeNumber('--rows', flags.rows, 1, MOST_ROWS);
  const seed = FLAGS.wholeNumber('--seed', flags.seed, 0, Number.MAX_SAFE_INTEGER);
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
      const figures = await inHeadlessPage({ bypassCSP: true, profile: true }, (page) =>
        measure(page, url, file),
      );
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

/** The one way in which commands open their page in a headless browser, wait for it, and say what they wait for. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { LaunchOptions, Page } from 'playwright';
import { PlaygroundError } from '../../src/base/errors.ts';

/** How long a browser may take to start and a page to load, in ms: a busy machine needs minutes. */
const PATIENCE_MS = 600_000;
/** After how long the person who waits is told so, and how often again. */
const WORD_EVERY_MS = 15_000;

export interface HeadlessOptions {
  /** Flags of Chromium beside the usual ones. */
  readonly flags?: readonly string[];
  /** Scripts as text are evaluated in a page whose own policy forbids it. */
  readonly bypassCSP?: boolean;
  /** A profile on the disk for as long as the work lasts: without one, what a page stores lies in memory and has little room. */
  readonly profile?: boolean;
}

/** What is asked of a browser, with a profile or without. */
interface Opened {
  newPage(): Promise<Page>;
  close(): Promise<void>;
}

export interface Waiting {
  readonly patience?: number;
  readonly wordEvery?: number;
  readonly say?: (text: string) => void;
}

/**
 * Runs `work` in a new page of a headless Chromium. Errors of the page go to standard error.
 *
 * @throws PlaygroundError `chromium.missing`, `headless.no-start`, `headless.timeout` where anything was waited
 * for in vain, `headless.ended` where the browser or its page died, and whatever `work` throws.
 */
export async function inHeadlessPage<T>(
  options: HeadlessOptions,
  work: (page: Page) => Promise<T>,
): Promise<T> {
  const browser = await start(options);
  try {
    const page = await browser.newPage();
    page.setDefaultTimeout(PATIENCE_MS);
    page.on('pageerror', (error) => process.stderr.write(`${error.message}\n`));
    return await work(page);
  } catch (error) {
    throw explained(error);
  } finally {
    await browser.close();
  }
}

/** Opens a command's page and waits until its script has set the named function, if any. Throws `headless.timeout`. */
export async function openPage(
  page: Page,
  url: string,
  ready?: string,
  { patience = PATIENCE_MS, ...words }: Waiting = {},
): Promise<void> {
  const options = { timeout: patience };
  const what = 'the page to load';
  try {
    await awaited(what, words, async () => {
      await page.goto(url, options);
      if (ready !== undefined)
        await page.waitForFunction((name) => name in globalThis, ready, options);
    });
  } catch (error) {
    throw explained(error, what);
  }
}

async function start({
  flags = [],
  bypassCSP = false,
  profile = false,
}: HeadlessOptions): Promise<Opened> {
  // Only where a browser is wanted: a command that explains itself or refuses its arguments answers at once.
  const { chromium } = await import('playwright');
  const { chromiumFlags, requireChromium } = await import('../chromium.ts');
  const executablePath = requireChromium();
  const args = [...chromiumFlags(), ...flags];
  try {
    const options: LaunchOptions = { executablePath, args, headless: true, timeout: PATIENCE_MS };
    return await awaited('the browser to start', {}, async (): Promise<Opened> => {
      if (profile) return withProfile({ ...options, bypassCSP });
      const browser = await chromium.launch(options);
      return { newPage: () => browser.newPage({ bypassCSP }), close: () => browser.close() };
    });
  } catch (error) {
    if (isTimeout(error)) throw explained(error, 'the browser to start');
    throw new PlaygroundError(
      {
        code: 'headless.no-start',
        message: `The browser ${executablePath} does not start.`,
        fix: 'Start it by hand to see why, install what it lacks, or set CHROMIUM_PATH to another.',
        where: 'CHROMIUM_PATH',
        detail: { original: firstLine(error) },
      },
      { cause: error },
    );
  }
}

async function withProfile(options: LaunchOptions & { bypassCSP: boolean }): Promise<Opened> {
  const { chromium } = await import('playwright');
  const folder = mkdtempSync(path.join(tmpdir(), 'vigos-profile-'));
  const remove = () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  try {
    const context = await chromium.launchPersistentContext(folder, options);
    const close = async () => {
      await context.close();
      remove();
    };
    return { newPage: () => context.newPage(), close };
  } catch (error) {
    remove();
    throw error;
  }
}

/** Waits, and says on standard error for what and how long it has been. */
async function awaited<T>(
  what: string,
  { wordEvery = WORD_EVERY_MS, say = sayAloud }: Omit<Waiting, 'patience'>,
  work: () => Promise<T>,
): Promise<T> {
  const start = performance.now();
  const seconds = () => Math.round((performance.now() - start) / 1000);
  const timer = setInterval(() => say(`waiting for ${what}: ${seconds()} s`), wordEvery);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}

function sayAloud(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** What Playwright says of a time-out or of a browser that ended, as an error with its own fix; others as they are. */
function explained(error: unknown, what = 'the page to answer'): unknown {
  if (error instanceof PlaygroundError) return error;
  const detail = { original: firstLine(error) };
  if (isTimeout(error))
    return new PlaygroundError(
      {
        code: 'headless.timeout',
        message: `Waited for ${what}, in vain: ${detail.original}`,
        fix: 'Run the command again when the machine is less busy; its result does not depend on it.',
        where: 'browser',
        detail,
      },
      { cause: error },
    );
  if (/has been closed|Target crashed|Page crashed|browser has disconnected/i.test(detail.original))
    return new PlaygroundError(
      {
        code: 'headless.ended',
        message: 'The browser ended before its work was done.',
        fix: 'Run the command again with more free memory.',
        where: 'browser',
        detail,
      },
      { cause: error },
    );
  return error;
}

/** Whether it is Playwright's error of that name. */
const isTimeout = (error: unknown) => error instanceof Error && error.name === 'TimeoutError';

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0];
}

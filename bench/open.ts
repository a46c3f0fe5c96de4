/** How a browser opens a model of full size, as one JSON object: `npm run -s bench:open -- --model DIR`. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright';
import { preview } from 'vite';
import { inHeadlessPage, openPage } from '../scripts/headless/browser.ts';
import { startServer } from '../scripts/headless/server.ts';
import type { Trace } from '../src/contract/trace/trace.ts';
import { runCommand } from './command.ts';
import { SETTLED, stepThrough } from './lab-page.ts';
import { type OpenBenchOptions, readArguments, USAGE } from './open/arguments.ts';
import { watchMemory } from './open/memory.ts';
import type { OpenRequest, OpenResult } from './open/page.ts';
import { startSlowHost } from './open/slow-host.ts';

/** A garbage collection for every measurement of the heap, instead of waiting for the next one. */
const EAGER_MEMORY = '--enable-blink-features=ForceEagerMeasureMemory';
const MEGABYTE = 1e6;

async function run(options: OpenBenchOptions): Promise<string> {
  const { model: folder, served, ...given } = options;
  const server = await startServer({ script: 'bench/open/page.ts' });
  const host =
    served &&
    (await startSlowHost({
      folder,
      rate: served.rate * MEGABYTE,
      cutAfter: served.cut * MEGABYTE,
    }));
  const request: OpenRequest = { ...given, address: host?.url ?? null };
  const memory = watchMemory(process.pid);
  try {
    // What comes from an address is kept in the browser's storage.
    const browser = { flags: [EAGER_MEMORY], profile: host !== null };
    const result = await inHeadlessPage(browser, async (page) => {
      page.setDefaultTimeout(0);
      await page.exposeFunction('say', say);
      await openPage(page, server.url, 'openPicked');
      // As a person picks it: files of the disk, of which the browser copies nothing.
      if (host === null) await page.locator('input').setInputFiles(folder);
      return page.evaluate((asked) => globalThis.openPicked(asked), request);
    });
    const peakRssBytes = memory.peak();
    const stepMs = await stepsOf(result.trace);
    const from = host === null ? 'disk' : { ...served, ...host.figures };
    return JSON.stringify({ ...toldOf(options, result), from, peakRssBytes, stepMs });
  } finally {
    memory.stop();
    await host?.close();
    await server.close();
  }
}

function toldOf({ model: folder, backend }: OpenBenchOptions, result: OpenResult) {
  const { model, openMs, transferMs, rollout, scored, held } = result;
  const { weightBytes } = model.abilities.needs;
  const errors = (model.kept?.errors ?? []).map(({ relative }) => relative);
  // On WebAssembly the weights are among what its memories hold; the rest of these is the runtime's own.
  const beside = (wasm: number | null) =>
    wasm === null || backend !== 'wasm' ? null : wasm - weightBytes;
  return {
    model: path.basename(folder),
    backend,
    precision: model.kept?.precision ?? 'as exported',
    parameters: model.parameters,
    fileBytes: model.bytes,
    weightBytes,
    transferMs,
    openMs: Math.round(openMs),
    heldBytes: held,
    wasmBesideWeightsBytes: { open: beside(held.open.wasm), end: beside(held.end.wasm) },
    firstTokenMs: Math.round(rollout.firstMs),
    tokensPerSecond: Number((1000 / rollout.perTokenMs).toPrecision(3)),
    rolloutTokens: rollout.tokens,
    scored,
    weightError:
      errors.length === 0 ? null : { matrices: errors.length, most: Math.max(...errors) },
  };
}

/** A step from token to token in the built Lab, ms; null where there is no build. */
async function stepsOf(trace: Trace): Promise<number | null> {
  if (!existsSync(path.resolve('dist', 'index.html'))) {
    say('no build to step in: npm run build, and run this again');
    return null;
  }
  const site = await preview({ preview: { port: 0 }, logLevel: 'silent' });
  try {
    const open = async (page: Page) => {
      await page.goto(`${site.resolvedUrls?.local[0] ?? ''}?view=all`);
      await page.waitForFunction(SETTLED);
      return stepThrough(page, trace);
    };
    return Number((await inHeadlessPage({ bypassCSP: true }, open)).toPrecision(3));
  } finally {
    await site.close();
  }
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

await runCommand(USAGE, async () => {
  const options = readArguments(process.argv.slice(2), existsSync);
  return options === 'help' ? USAGE.trimEnd() : run(options);
});

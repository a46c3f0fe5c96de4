/** How a browser opens a model of full size, as one JSON object: `npm run -s bench:open -- --model DIR`. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { inHeadlessPage, openPage } from '../scripts/headless/browser.ts';
import { startServer } from '../scripts/headless/server.ts';
import { runCommand } from './command.ts';
import { readArguments, USAGE } from './open/arguments.ts';
import { watchMemory } from './open/memory.ts';
import type { OpenRequest } from './open/page.ts';

/** A garbage collection for every measurement of the heap, instead of waiting for the next one. */
const EAGER_MEMORY = '--enable-blink-features=ForceEagerMeasureMemory';

async function run(options: Exclude<ReturnType<typeof readArguments>, 'help'>): Promise<string> {
  const { model: folder, ...given } = options;
  const request: OpenRequest = given;
  const server = await startServer({ script: 'bench/open/page.ts' });
  const memory = watchMemory(process.pid);
  try {
    const result = await inHeadlessPage({ flags: [EAGER_MEMORY] }, async (page) => {
      page.setDefaultTimeout(0);
      await page.exposeFunction('say', (text: string) => void process.stderr.write(`${text}\n`));
      await openPage(page, server.url, 'openPicked');
      // As a person picks it: files of the disk, of which the browser copies nothing.
      await page.locator('input').setInputFiles(folder);
      return page.evaluate((asked) => globalThis.openPicked(asked), request);
    });
    const { model, openMs, rollout, scored, heldBytes } = result;
    const { weightBytes } = model.abilities.needs;
    const errors = (model.kept?.errors ?? []).map(({ relative }) => relative);
    return JSON.stringify({
      model: path.basename(folder),
      backend: request.backend,
      precision: model.kept?.precision ?? 'as exported',
      parameters: model.parameters,
      fileBytes: model.bytes,
      weightBytes,
      openMs: Math.round(openMs),
      heldBytes,
      // On WebAssembly the weights are among what is held; the rest is JavaScript's and the runtime's own.
      besideWeightsBytes:
        heldBytes === null || request.backend !== 'wasm' ? null : heldBytes - weightBytes,
      peakRssBytes: memory.peak(),
      firstTokenMs: Math.round(rollout.firstMs),
      tokensPerSecond: Number((1000 / rollout.perTokenMs).toPrecision(3)),
      rolloutTokens: rollout.tokens,
      scored: { ...scored, ms: Math.round(scored.ms) },
      weightError:
        errors.length === 0 ? null : { matrices: errors.length, most: Math.max(...errors) },
    });
  } finally {
    memory.stop();
    await server.close();
  }
}

await runCommand(USAGE, async () => {
  const options = readArguments(process.argv.slice(2), existsSync);
  return options === 'help' ? USAGE.trimEnd() : run(options);
});

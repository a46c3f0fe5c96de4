/** Keeps the questions that a model cannot see, or measures how hard questions are, headless; `npm run -s filter -- --help`. */
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { unwrap } from '../src/base/outcome.ts';
import type { EngineEvent } from '../src/contract/engine.ts';
import type { FilteredItems } from '../src/contract/train/filter.ts';
import { modelAt } from './fetched-model.ts';
import { type FilterOptions, FLAGS, readArguments, USAGE } from './filter/arguments.ts';
import type { FilterPageRequest } from './filter/page.ts';
import { inHeadlessPage, openPage } from './headless/browser.ts';
import { engineLine } from './headless/engine-line.ts';
import { servedModel } from './headless/served-model.ts';
import { startServer } from './headless/server.ts';

async function filter(options: FilterOptions): Promise<FilteredItems> {
  const { out, name, settings, backend } = options;
  const adapter = { given: options.adapter, fix: takesNone };
  const model = options.model === undefined ? null : await modelAt(options.model, { adapter });
  // Whatever is wrong with the place is said before anything is asked.
  mkdirSync(path.dirname(path.resolve(out)), { recursive: true });
  const server = await startServer({
    script: 'scripts/filter/page.ts',
    ...(model === null ? {} : { model: model.folder }),
    files: {},
  });
  try {
    const set = await inHeadlessPage({}, async (page) => {
      await page.exposeFunction('tell', say);
      await openPage(page, server.url, 'filterItems');
      const request: FilterPageRequest = { model: servedModel(model), backend, name, settings };
      return unwrap(await page.evaluate((asked) => globalThis.filterItems(asked), request));
    });
    writeFileSync(`${out}.part`, `${JSON.stringify(set)}\n`);
    renameSync(`${out}.part`, out);
    return set;
  } finally {
    await server.close();
  }
}

const takesNone = () =>
  'Give --adapter none to ask the model alone, or a model into whose weights it is merged.';

function say(event: EngineEvent): void {
  const line = engineLine(event);
  if (line !== null) process.stderr.write(`${line}\n`);
  if (event.type !== 'filter.progress') return;
  const { done, total, kept, leftMs } = event.progress;
  const left = leftMs === null ? '' : `, about ${Math.ceil(leftMs / 1000)} s left`;
  process.stderr.write(`${done} of ${total} questions, ${kept} kept${left}\n`);
}

/** What came of it, for a person. */
function summary({ name, items, lookedAt }: FilteredItems, out: string): string {
  const mean = (values: readonly number[]) =>
    values.length === 0
      ? '–'
      : `${((100 * values.reduce((sum, own) => sum + own, 0)) / values.length).toFixed(1)} %`;
  const captions = lookedAt.flatMap(({ captionRate }) => captionRate ?? []);
  const told = captions.length === 0 ? '' : `, ${mean(captions)} from the caption`;
  const all = mean(lookedAt.map(({ passRate }) => passRate));
  return `${name}: ${items.length} of ${lookedAt.length} questions kept; of all, ${all} of answers are right as asked${told}. ${out}\n`;
}

try {
  const options = readArguments(process.argv.slice(2));
  if (options === 'help') process.stdout.write(USAGE);
  else {
    const set = await filter(options);
    process.stderr.write(summary(set, options.out));
    if (options.json) process.stdout.write(`${JSON.stringify(set)}\n`);
  }
} catch (error) {
  FLAGS.end(error, USAGE, /argument|setting|unreadable|no-pictures/);
}

/** The page's main job, headless: rolls out, scores and prints the trace; `npm run -s inspect -- --help`. */
import path from 'node:path';
import { PlaygroundError } from '../src/base/errors.ts';
import { unwrap } from '../src/base/outcome.ts';
import { sealed } from '../src/base/seal.ts';
import type { Trace } from '../src/contract/trace/trace.ts';
import { renderScene, WORLD_EDGE } from '../src/world/render.ts';
import { sceneElsewhere, worldItem } from '../src/world/split.ts';
import { modelAt } from './fetched-model.ts';
import { adapterPath, adapterZip } from './given-adapter.ts';
import { readFileOf } from './given-files.ts';
import { inHeadlessPage, openPage } from './headless/browser.ts';
import { servedModel } from './headless/served-model.ts';
import { startServer } from './headless/server.ts';
import { type InspectOptions, readArguments, USAGE } from './inspect/arguments.ts';
import { emptyLogitsFolder, postedLogits, writeLogits } from './inspect/logits-folder.ts';
import { FLAGS } from './inspect/method-flags.ts';
import type { PageRequest, PageResult } from './inspect/page.ts';
import { traceTable } from './inspect/table.ts';

/** The question, the reference answer and the picture. */
function subjectOf({ subject }: InspectOptions) {
  if (subject.kind === 'picture') {
    const { question, answer, file, megapixels } = subject;
    const name = path.basename(file);
    const image = { kind: 'file', url: 'image', name, maxPixels: megapixels * 1e6 } as const;
    return { question, answer, image, bytes: readFileOf('--image', file) };
  }
  const { scene, fact, question, answer } = worldItem(subject.split, subject.index);
  const { width, height, data } = renderScene(scene, WORLD_EDGE);
  const image = { kind: 'rgba', url: 'image', width, height } as const;
  const asked = fact === undefined ? question : `${fact} ${question}`;
  return { question: asked, answer, image, bytes: new Uint8Array(data) };
}

/** A scene of the world can be drawn again by whoever opens the trace. */
function withPicture(trace: Trace, { subject }: InspectOptions): Trace {
  if (subject.kind !== 'item') return trace;
  const { split, index } = subject;
  return { ...trace, picture: { kind: 'scene', split, index } };
}

const itemOf = (subject: InspectOptions['subject']) =>
  subject.kind === 'item' ? worldItem(subject.split, subject.index) : null;

/** What teachers are shown in the picture's place, and the file of the picture where it is a scene's. */
function insteadOf({ subject, looks, teachersSee, wrongAnswers }: InspectOptions) {
  if (!looks && teachersSee === 'same') return null;
  const asked = { looks, wrongAnswers: wrongAnswers ?? itemOf(subject)?.wrongAnswers ?? [] };
  if (subject.kind === 'picture' || teachersSee === 'blank')
    return { asked: { ...asked, kind: 'blank', image: null } as const, files: [] };
  const { scene } = sceneElsewhere(subject.split, subject.index);
  const { width, height, data } = renderScene(scene, WORLD_EDGE);
  const image = { kind: 'rgba', url: 'instead', width, height } as const;
  return {
    asked: { ...asked, kind: 'swapped', image } as const,
    files: [['instead', new Uint8Array(data)]] as const,
  };
}

/** What PALR asks of the page, and the file of the mismatched picture where it is a scene's. */
function leakageOf({ leakage, subject, ...options }: InspectOptions) {
  if (leakage === undefined) return null;
  const item = itemOf(subject);
  const wrongAnswers = options.wrongAnswers ?? item?.wrongAnswers ?? [];
  if (item === null || leakage.picture === 'blank')
    return { asked: { ...leakage, wrongAnswers, mismatched: null }, files: [] };
  const next = worldItem(item.split, item.index + 1);
  const { width, height, data } = renderScene(next.scene, WORLD_EDGE);
  const mismatched = { kind: 'rgba', url: 'mismatched', width, height } as const;
  return {
    asked: { ...leakage, wrongAnswers, mismatched },
    files: [['mismatched', new Uint8Array(data)]] as const,
  };
}

function inPage(url: string, request: PageRequest): Promise<PageResult> {
  return inHeadlessPage({}, async (page) => {
    await page.exposeFunction('say', (text: string) => void process.stderr.write(`${text}\n`));
    await openPage(page, url, 'inspect');
    return page.evaluate((asked) => globalThis.inspect(asked), request);
  });
}

async function inspect(options: InspectOptions): Promise<string> {
  const { question, answer, image, bytes } = subjectOf(options);
  const { measure, rolloutText, dumpLogits, precision, hub } = options;
  const asked = { precision, hub, adapter: { given: options.adapter } };
  const given = options.model === undefined ? null : await modelAt(options.model, asked);
  const adapter = given === null ? adapterPath(options.adapter) : given.adapter;
  const leakage = leakageOf(options);
  const instead = insteadOf(options);
  const request: PageRequest = {
    model: servedModel(given),
    backend: options.backend,
    ...(precision === undefined ? {} : { precision }),
    adapterUrl: adapter === null ? null : 'adapter',
    image,
    question,
    answer,
    measure,
    rolloutText: rolloutText === undefined ? null : readText('--rollout-text', rolloutText),
    sampling: options.sampling,
    method: options.method,
    leakage: leakage?.asked ?? null,
    instead: instead?.asked ?? null,
    logitsUrl: dumpLogits === undefined ? null : 'logits',
  };
  if (dumpLogits !== undefined) emptyLogitsFolder(dumpLogits);
  const server = await startServer({
    script: 'scripts/inspect/page.ts',
    ...(given === null ? {} : { model: given.folder }),
    files: {
      image: bytes,
      ...(adapter === null ? {} : { adapter: await adapterZip('--adapter', adapter) }),
      ...Object.fromEntries([...(leakage?.files ?? []), ...(instead?.files ?? [])]),
    },
    onPost: (_, query, body) => writeLogits(dumpLogits ?? '.', postedLogits(query, body)),
  });
  try {
    const result = await inPage(server.url, request);
    const { trace } = unwrap(result.ok ? { ok: true, value: result } : result);
    for (const line of trace.asRead ?? []) process.stderr.write(`rollout text: ${line}\n`);
    return options.json
      ? `${JSON.stringify(await sealed(withPicture(trace, options)))}\n`
      : traceTable(trace);
  } finally {
    await server.close();
  }
}

/** A text file without the line break that editors put at its end, which is said. Throws `inspect.not-text`. */
function readText(flag: string, file: string): string {
  let text: string;
  try {
    const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
    text = decoder.decode(readFileOf(flag, file));
  } catch (cause) {
    if (cause instanceof PlaygroundError) throw cause;
    throw new PlaygroundError({
      code: 'inspect.not-text',
      message: `${file} is not UTF-8 text.`,
      fix: 'Save it as UTF-8; PowerShell writes UTF-16 unless told otherwise.',
      where: flag,
    });
  }
  const bare = text.replace(/\r?\n$/, '');
  if (bare !== text)
    process.stderr.write('rollout text: the line break at the end of the file was left out.\n');
  return bare;
}

try {
  const options = readArguments(process.argv.slice(2));
  process.stdout.write(options === 'help' ? USAGE : await inspect(options));
} catch (error) {
  FLAGS.end(error, USAGE, /^inspect\./);
}

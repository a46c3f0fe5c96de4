/** The Evaluate page's main job, headless: asks the model and prints its figures; `npm run -s evaluate -- --help`. */
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { PlaygroundError } from '../src/base/errors.ts';
import { newId } from '../src/base/new-id.ts';
import { unwrap } from '../src/base/outcome.ts';
import { sealed } from '../src/base/seal.ts';
import type { EngineEvent } from '../src/contract/engine.ts';
import type { OpenedEvaluation } from '../src/contract/evaluation/evaluation.ts';
import {
  readEvaluationLine,
  readEvaluationRecord,
} from '../src/contract/evaluation/evaluation-log.ts';
import type { EvaluationRecord } from '../src/contract/evaluation/evaluation-records.ts';
import { DEFAULT_MODEL } from '../src/contract/models/built-in-models.ts';
import { readCheckedLines, writeCheckedLines } from '../src/storage/checked-lines.ts';
import { readCheckpoint, requireModel } from '../src/training/runs/checkpoint-file.ts';
import { type EvaluateOptions, FLAGS, readArguments, USAGE } from './evaluate/arguments.ts';
import type { EvaluatePageRequest } from './evaluate/page.ts';
import { progressLine, resultText } from './evaluate/report.ts';
import { modelAt } from './fetched-model.ts';
import { adapterPath, adapterZip } from './given-adapter.ts';
import { type GivenModel, givenModel, readFileOf } from './given-files.ts';
import { inHeadlessPage, openPage } from './headless/browser.ts';
import { servedModel } from './headless/served-model.ts';
import { startServer } from './headless/server.ts';
import { identityOf } from './model-identity.ts';
import { CHECKPOINT } from './train/files.ts';

const RECORD = 'evaluation.json';
const LINES = 'lines.jsonl';
const STUDENT = 'student';
const SET = 'set';
const EARLIER = 'earlier.json';

async function evaluate(options: EvaluateOptions): Promise<EvaluationRecord> {
  const { out, settings, backend, hub, precision } = options;
  // A run brings its own student.
  const question = options.run === undefined ? { given: options.adapter } : { fix: null };
  const model =
    options.model === undefined
      ? null
      : await modelAt(options.model, { hub, precision, adapter: question });
  const adapter = model === null ? adapterPath(options.adapter) : model.adapter;
  const student = await studentOf({ adapter, run: options.run }, model);
  const earlier = out === undefined ? null : earlierIn(out);
  if (out !== undefined) mkdirSync(out, { recursive: true });
  const server = await startServer({
    script: 'scripts/evaluate/page.ts',
    ...(model === null ? {} : { model: model.folder }),
    files: {
      ...(student === null ? {} : { [STUDENT]: student.bytes }),
      ...(options.file === undefined ? {} : { [SET]: readFileOf('--file', options.file) }),
      ...(earlier === null ? {} : { [EARLIER]: new TextEncoder().encode(JSON.stringify(earlier)) }),
    },
  });
  const request: EvaluatePageRequest = {
    model: servedModel(model),
    backend,
    ...(precision === undefined ? {} : { precision }),
    evaluationId: earlier?.record.id ?? newId(),
    name: options.run ?? adapter ?? model?.name ?? DEFAULT_MODEL.name,
    settings,
    student: student === null ? null : { kind: student.kind, url: STUDENT },
    setUrl: options.file === undefined ? null : SET,
    earlierUrl: earlier === null ? null : EARLIER,
  };
  const onEvent = (event: EngineEvent) => {
    const said = progressLine(event);
    if (said !== null) process.stderr.write(`${said}\n`);
    if (out === undefined) return;
    if (event.type === 'evaluation.lines')
      appendFileSync(path.join(out, LINES), writeCheckedLines(event.lines));
    if (event.type === 'evaluation.record') writeRecord(out, event.record);
  };
  try {
    const record = await inHeadlessPage({}, async (page) => {
      await page.exposeFunction('tell', onEvent);
      await openPage(page, server.url, 'evaluate');
      return unwrap(await page.evaluate((asked) => globalThis.evaluate(asked), request));
    });
    if (out !== undefined) writeRecord(out, record);
    return record;
  } finally {
    await server.close();
  }
}

function writeRecord(out: string, record: EvaluationRecord): void {
  writeFileSync(path.join(out, RECORD), `${JSON.stringify(record, null, 2)}\n`);
}

/** What an earlier call left in the folder; null for a new one. */
function earlierIn(out: string): OpenedEvaluation | null {
  const file = path.join(out, RECORD);
  if (!existsSync(file)) return null;
  const record = readEvaluationRecord(json(readFileSync(file, 'utf8'), file), file);
  const log = path.join(out, LINES);
  const text = existsSync(log) ? readFileSync(log, 'utf8') : '';
  const { lines, damaged } = readCheckedLines(text, (line) => readEvaluationLine(line, log));
  if (damaged > 0)
    process.stderr.write(`${damaged} damaged lines of ${log} are left out and found again\n`);
  // What broke off in the middle of a line is ended, so that the next one begins anew.
  if (text !== '' && !text.endsWith('\n')) appendFileSync(log, '\n');
  return { record, lines };
}

function json(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new PlaygroundError({
      code: 'evaluation.invalid',
      message: `${file} is no JSON.`,
      fix: 'Give another --out, or delete the folder to begin again.',
      where: '--out',
    });
  }
}

interface GivenStudent {
  readonly kind: 'zip' | 'checkpoint';
  readonly bytes: Uint8Array;
}

/** The student that a flag names. Throws `inspect.unreadable`, and `run.other-model` for a run of other weights. */
async function studentOf(
  { adapter, run }: { adapter: string | null; run: string | undefined },
  model: GivenModel | null,
): Promise<GivenStudent | null> {
  if (adapter !== null) return { kind: 'zip', bytes: await adapterZip('--adapter', adapter) };
  if (run === undefined) return null;
  if (!isFolder(run)) return { kind: 'zip', bytes: readFileOf('--run', run) };
  const bytes = readFileOf('--run', path.join(run, CHECKPOINT));
  const state = await readCheckpoint(bytes, CHECKPOINT);
  requireModel(state.model, await identityOf(model ?? givenModel(DEFAULT_MODEL.name)));
  return { kind: 'checkpoint', bytes };
}

const isFolder = (file: string) =>
  statSync(file, { throwIfNoEntry: false })?.isDirectory() ?? false;

try {
  const options = readArguments(process.argv.slice(2));
  if (options === 'help') process.stdout.write(USAGE);
  else {
    const record = await evaluate(options);
    process.stdout.write(
      options.json ? `${JSON.stringify(await sealed(record), null, 2)}\n` : resultText(record),
    );
  }
} catch (error) {
  FLAGS.end(error, USAGE, /argument|setting|unreadable|other-model/);
}

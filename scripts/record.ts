/** Records what the page shows before its model has loaded, and what its chapters speak of: `npm run record` (`-- --run` records the run of the Train page alone). */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { sealed } from '../src/base/seal.ts';
import { BUILT_IN_MODELS } from '../src/contract/models/built-in-models.ts';
import { nearestMethod } from '../src/contract/settings/nearest-method.ts';
import type { Trace } from '../src/contract/trace/trace.ts';
import { recipeOf } from '../src/contract/train/recipes.ts';
import { trainSettings } from '../src/contract/train/train-settings.ts';
import { readLog, sortLog } from '../src/training/runs/run-log.ts';
import { RECORDINGS } from '../src/ui/lab/state/recordings.ts';
import type { RecordedRun } from '../src/ui/train/state/recorded-run.ts';
import { METRICS } from './train/files.ts';

const FOLDER = path.resolve('public/recorded');
/** What `inspect` calls settings that have another name there. */
const FLAGS: Record<string, string> = {
  maxTokens: 'max-new-tokens',
  teacherImage: 'teachers-see',
};
/** Digits that a page can show, and a few more. */
const DIGITS = 7;

const sevenDigits = (_key: string, value: unknown): unknown =>
  typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(DIGITS)) : value;

/** The trace that `inspect` prints. */
function inspected(args: readonly string[]): Trace {
  const { status, stdout } = spawnSync(
    process.execPath,
    ['--import', 'tsx', 'scripts/inspect.ts', ...args, '--backend', 'wasm', '--json'],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'], maxBuffer: 1 << 28 },
  );
  if (status !== 0) process.exit(status ?? 1);
  return JSON.parse(JSON.stringify(JSON.parse(stdout), sevenDigits));
}

function write(id: string, value: object): void {
  const text = `${JSON.stringify(value)}\n`;
  writeFileSync(path.join(FOLDER, `${id}.json`), text);
  process.stdout.write(`${id}: ${text.length} bytes\n`);
}

/** A row of a `.npy` file of float32 as Base64: its header is as long as its bytes 8 and 9 say. */
function rowOf(file: string, row: number, vocab: number): string {
  const bytes = readFileSync(file);
  const start = 10 + bytes.readUInt16LE(8) + row * vocab * 4;
  return bytes.subarray(start, start + vocab * 4).toString('base64');
}

/** Whole distributions of single tokens of the first recording, for the chapters in which a person turns divergences. */
const PAIRS = [
  {
    id: 'yellow',
    label: 'The reasoning teacher, who knows the answer',
    token: 33,
    teacher: 'reasoning',
    shown: 'as it is',
    file: 'teacher-reasoning',
  },
  {
    id: 'right',
    label: 'The perception teacher, shown another picture',
    token: 14,
    teacher: 'perception',
    shown: 'another picture',
    file: 'teacher-perception-picture',
  },
] as const;

/** More than any list shows; a temperature changes no order. */
const LISTED = 16;

function mostProbable(row: string): number[] {
  const bytes = Buffer.from(row, 'base64');
  const logits = Array.from({ length: bytes.length / 4 }, (_, i) => bytes.readFloatLE(4 * i));
  return [...logits.keys()].sort((a, b) => logits[b] - logits[a]).slice(0, LISTED);
}

/** Texts of the built-in model's tokens by id; in its file a space and a line's end are letters of their own. */
function tokenTexts(): Record<number, string> {
  const file = path.resolve('public/models/tiny-qwen2.5-vl/tokenizer.json');
  const { model } = JSON.parse(readFileSync(file, 'utf8')) as {
    model: { vocab: Record<string, number> };
  };
  return Object.fromEntries(
    Object.entries(model.vocab).map(([text, id]) => [
      id,
      text.replaceAll('\u0120', ' ').replaceAll('\u010a', '\n'),
    ]),
  );
}

function recordPairs(): void {
  const folder = mkdtempSync(path.join(tmpdir(), 'vigos-record-'));
  const place = ['--split', 'prior-test', '--index', '10', '--seed', '1', '--method', 'vigos'];
  const trace = inspected([...place, '--leakage', '--dump-logits', folder]);
  const { vocabSize: vocab } = trace.model;
  const named = tokenTexts();
  const rows = (file: string) => {
    const bytes = readFileSync(path.join(folder, `${file}.rows.npy`));
    const start = 10 + bytes.readUInt16LE(8);
    return Array.from({ length: (bytes.length - start) / 4 }, (_, i) =>
      bytes.readInt32LE(start + 4 * i),
    );
  };
  write('pink-sun-pairs', {
    model: trace.model,
    backend: trace.backend,
    pairs: PAIRS.map(({ file, ...pair }) => {
      const student = rowOf(path.join(folder, 'student.npy'), pair.token, vocab);
      const at = rows(file).indexOf(pair.token);
      const teacherLogits = rowOf(path.join(folder, `${file}.npy`), at, vocab);
      const texts = Object.fromEntries(
        [student, teacherLogits].flatMap(mostProbable).map((id) => [id, named[id] ?? `#${id}`]),
      );
      return { ...pair, student, teacherLogits, texts };
    }),
  });
  rmSync(folder, { recursive: true });
}

/** A run as the Train page starts it on the model that it comes with, for whoever has none yet. */
function recordRun(): void {
  const settings = trainSettings('vigos', 'tiny');
  const [{ name: model }] = BUILT_IN_MODELS;
  const flags = ['--recipe', 'vigos', '--preset', 'tiny', '--seed', String(settings.seed)];
  const out = mkdtempSync(path.join(tmpdir(), 'vigos-record-'));
  const run = ['--import', 'tsx', 'scripts/train.ts', ...flags, '--backend', 'wasm', '--out', out];
  const { status } = spawnSync(process.execPath, run, { stdio: ['ignore', 'ignore', 'inherit'] });
  if (status !== 0) process.exit(status ?? 1);
  const lines = readLog(onlyLog(readFileSync(path.join(out, METRICS), 'utf8')));
  const { metrics, evaluations } = sortLog(lines);
  const recorded: RecordedRun = {
    name: recipeOf(settings.recipe).label,
    model,
    step: metrics.length,
    command: `npm run -s train -- ${flags.join(' ')}`,
    settings,
    curves: { metrics, evaluations, followed: null },
  };
  write('train-run', JSON.parse(JSON.stringify(recorded, sevenDigits)));
  rmSync(out, { recursive: true });
}

/** The command's file has lines for compilations too, which a run's log has not. */
const onlyLog = (text: string): string =>
  text
    .split('\n')
    .filter((line) => /^\{"type":"(step|evaluation|followed|followed-step)"/.test(line))
    .join('\n');

mkdirSync(FOLDER, { recursive: true });
if (process.argv.includes('--run')) {
  recordRun();
  process.exit(0);
}
for (const { id, place, looks } of RECORDINGS) {
  const { method, ...rest } = place;
  const asked = { ...rest, method: nearestMethod(method).named.id };
  const args = Object.entries(asked).flatMap(([name, value]) => [
    `--${FLAGS[name] ?? name}`,
    String(value),
  ]);
  write(id, await sealed(inspected([...args, ...(looks ? ['--looks'] : [])])));
}
write(
  'leaky-leakage',
  await sealed(
    inspected([
      ...['--model', 'tiny-qwen2.5-vl-leaky', '--split', 'prior-test', '--index', '1'],
      ...['--seed', '1', '--method', 'vigos', '--leakage'],
    ]),
  ),
);
recordPairs();
recordRun();

/**
 * Logs of trainers elsewhere as figures by step: the `trainer_state.json` of transformers' Trainer, metrics as JSON
 * Lines, and tables as CSV (Weights & Biases, TensorBoard). Figures keep the names and units that the log has.
 */

import Papa from 'papaparse';
import { PlaygroundError } from '../../base/errors.ts';
import { isRecord, parsedJson } from '../../base/parsed-json.ts';
import type { OutsideSeries } from '../../contract/train/outside-runs.ts';

/** One run of a log. */
export interface OutsideLog {
  /** Null where the log does not say; then its file does. */
  readonly name: string | null;
  /** Completes “It is …”. */
  readonly what: string;
  /** The key that counts the steps. */
  readonly axis: string;
  readonly series: readonly OutsideSeries[];
  /** Lines without a step, or without a figure. */
  readonly skipped: number;
}

/** Longest log that is read, bytes. */
export const MOST_LOG_BYTES = 64 * 2 ** 20;
/** Most figures, and values of all of them. */
const MOST_KEYS = 500;
const MOST_VALUES = 2_000_000;
/** Most runs out of one table. */
const MOST_RUNS = 20;
const KEY_LENGTH = 200;

/** What counts the steps of a trainer; the first that the log has. A logger's own count of its calls comes last. */
const AXES = [
  'global_step',
  'train/global_step',
  'trainer/global_step',
  'training/global_step',
  'step',
  'Step',
  'train/step',
  'iteration',
  '_step',
] as const;

/** Other counts and times, which are no figures. */
const NO_FIGURE =
  /^(?:_timestamp|_runtime|timestamp|time|wall[ _]time|relative time(?: \(.*\))?|(?:train\/)?epoch)$/i;

type Line = Readonly<Record<string, unknown>>;

/**
 * Throws {@link PlaygroundError} `outside.no-log` for a text that is none, `outside.no-steps` and `outside.no-figures`
 * for one without, and `outside.too-large`.
 */
export function readLog(text: string, file: string): readonly OutsideLog[] {
  const whole = parsedJson(text);
  if (isRecord(whole) && Array.isArray(whole.log_history))
    return [ofLines(whole.log_history, trainerStateWords(whole.log_history), file)];
  if (Array.isArray(whole)) return [ofLines(whole, 'metrics in a JSON list', file)];
  if (/^\s*\{/.test(text)) {
    const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '');
    return [ofLines(lines.map(parsedJson), 'metrics as JSON Lines', file)];
  }
  return ofTable(text, file);
}

/** What only the released ViGOS trainer logs. */
const VIGOS_KEY = 'loss_perception';

const trainerStateWords = (history: readonly unknown[]): string =>
  history.some((line) => isRecord(line) && VIGOS_KEY in line)
    ? 'the log of the released ViGOS trainer (trainer_state.json)'
    : 'the log of a Trainer of transformers, which TRL’s are too (trainer_state.json)';

/** What a logger wraps its figures in. */
const WRAPPERS: ReadonlySet<string> = new Set(['data', 'metrics', 'logs']);

/** Nested figures under their path; a wrapper's own name says nothing. */
function flat(line: Line, before = '', into: Record<string, unknown> = {}): Line {
  for (const [key, value] of Object.entries(line)) {
    const path = WRAPPERS.has(key) && isRecord(value) ? before : `${before}${key}`;
    if (!isRecord(value)) into[path] = value;
    else if (path.length <= KEY_LENGTH) flat(value, path === before ? before : `${path}/`, into);
  }
  return into;
}

function ofLines(lines: readonly unknown[], what: string, file: string): OutsideLog {
  const records = lines.filter(isRecord).map((line) => flat(line));
  if (records.length === 0) throw noLog(file);
  const axis = axisOf(new Set(records.flatMap((line) => Object.keys(line))), file);
  const { series, skipped } = seriesOf(records, axis, file);
  return { name: null, what, axis, series, skipped: skipped + lines.length - records.length };
}

/** Of one chart of several runs Weights & Biases names the columns “run - figure”, with their bounds. */
const RUN_COLUMN = /^(.+) - ((?:(?! - ).)+)$/;
const BOUND = /__(?:MIN|MAX)$/;
const TENSORBOARD = /tag-(.+)\.csv$/i;

function ofTable(text: string, file: string): readonly OutsideLog[] {
  const { data, meta } = Papa.parse<Line>(text, {
    header: true,
    skipEmptyLines: true,
    transform: (value) => (value.trim() === '' ? null : value),
  });
  const columns = (meta.fields ?? []).filter((name) => name.trim() !== '');
  if (columns.length < 2 || data.length === 0) throw noLog(file);
  const axis = axisOf(new Set(columns), file);
  const figures = columns.filter((name) => name !== axis && !BOUND.test(name));
  const runs = figures.map((name) => RUN_COLUMN.exec(name));
  if (runs.every((found) => found !== null)) {
    const names = [...new Set(runs.map((found) => found[1]))];
    if (names.length > MOST_RUNS)
      throw tooLarge(file, `${names.length} runs, more than ${MOST_RUNS}`);
    return names.map((name) => {
      const own = runs.filter(([, run]) => run === name);
      const lines = data.map((line) =>
        Object.fromEntries([
          [axis, line[axis]],
          ...own.map(([column, , key]) => [key, line[column]] as const),
        ]),
      );
      const what = 'a chart of Weights & Biases (CSV)';
      // A step of one run is an empty line of the others.
      return { name, what, axis, series: seriesOf(lines, axis, file).series, skipped: 0 };
    });
  }
  const [, tag] = TENSORBOARD.exec(file) ?? [];
  const single = tag !== undefined && columns.includes('Value');
  const lines = single ? data.map(({ Value, ...line }) => ({ ...line, [tag]: Value })) : data;
  const what = single ? 'a figure of TensorBoard (CSV)' : 'a table of metrics (CSV)';
  return [{ name: null, what, axis, ...seriesOf(lines, axis, file) }];
}

function axisOf(keys: ReadonlySet<string>, file: string): string {
  const axis = AXES.find((name) => keys.has(name));
  if (axis !== undefined) return axis;
  throw new PlaygroundError({
    code: 'outside.no-steps',
    message: `${file} does not say which step its figures are of: it has ${listed([...keys])}.`,
    fix: 'Write it with the step as a key or a column of its own (step, global_step, _step); a time is no step.',
    where: file,
  });
}

function seriesOf(
  lines: readonly Line[],
  axis: string,
  file: string,
): Pick<OutsideLog, 'series' | 'skipped'> {
  // Of a step that was done twice, after a break, the later figure counts.
  const found = new Map<string, Map<number, number>>();
  let skipped = 0;
  let values = 0;
  for (const line of lines) {
    const step = numberOf(line[axis]);
    let some = false;
    for (const [key, given] of Object.entries(line)) {
      const value = isFigure(key) ? numberOf(given) : null;
      if (value === null || step === null || step < 0) continue;
      some = true;
      const own = found.get(key) ?? new Map<number, number>();
      own.set(step, value);
      found.set(key, own);
      if (++values > MOST_VALUES) throw tooLarge(file, `more than ${MOST_VALUES} values`);
    }
    if (!some) skipped++;
    if (found.size > MOST_KEYS) throw tooLarge(file, `more than ${MOST_KEYS} figures`);
  }
  if (found.size === 0) throw noFigures(file);
  const series = [...found].map(([key, own]): OutsideSeries => {
    const sorted = [...own].sort(([a], [b]) => a - b);
    return { key, steps: sorted.map(([step]) => step), values: sorted.map(([, value]) => value) };
  });
  return { series, skipped };
}

const isFigure = (key: string): boolean =>
  key.length <= KEY_LENGTH && !NO_FIGURE.test(key) && !(AXES as readonly string[]).includes(key);

/** Null for what is no finite number: a logged NaN is a gap. */
function numberOf(value: unknown): number | null {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : null;
}

const listed = (keys: readonly string[]): string =>
  keys.length === 0
    ? 'no keys'
    : `${keys
        .slice(0, 6)
        .map((key) => `“${key.slice(0, 40)}”`)
        .join(', ')}${keys.length > 6 ? ` and ${keys.length - 6} more` : ''}`;

function noLog(file: string): PlaygroundError {
  return new PlaygroundError({
    code: 'outside.no-log',
    message: `${file} is no log of a trainer that is read here.`,
    fix: 'Those are trainer_state.json (transformers, TRL, the released ViGOS trainer), metrics as JSON Lines, and CSV of Weights & Biases or TensorBoard.',
    where: file,
  });
}

function noFigures(file: string): PlaygroundError {
  return new PlaygroundError({
    code: 'outside.no-figures',
    message: `No line of ${file} has a step and a figure.`,
    fix: 'Take the log of a run that has made a step.',
    where: file,
  });
}

export function tooLarge(file: string, what: string): PlaygroundError {
  return new PlaygroundError({
    code: 'outside.too-large',
    message: `${file} has ${what}, which is not read at once.`,
    fix: 'Take only the figures that you want to see, or every tenth step.',
    where: file,
  });
}

/** The figures of an evaluation from the lines of its log: how each counts is in `evaluation-rows.ts`, the formulas in `method`. */

import {
  bootstrapInterval,
  type Contribution,
  type Interval,
  shareInterval,
} from '../../method/estimates.ts';
import { type Counts, inPass, ratio } from '../../method/evaluation.ts';
import { inPalr, palrRate } from '../../method/palr.ts';
import type { EvaluationFigure, EvaluationLine, ResponseLine } from './evaluation-records.ts';
import { figureRows, responsesOf } from './evaluation-rows.ts';
import type { EvaluationSettings } from './evaluation-settings.ts';
import type { FigureRow } from './figure-row.ts';

/** A line that counts in a figure, and how. */
export interface Counted {
  readonly line: EvaluationLine;
  readonly value: number;
}

/** The lines behind a figure. */
export function linesBehind(row: FigureRow, lines: readonly EvaluationLine[]): Counted[] {
  const counted: Counted[] = [];
  for (const line of lines) {
    const value = countOf(row, line);
    if (value !== null) counted.push({ line, value });
  }
  return counted;
}

/** The figure of a line alone; null where it does not count. */
function countOf(row: FigureRow, line: EvaluationLine): number | null {
  if (row.kind === 'leakage')
    return line.type === 'leakage' && line.method === row.method
      ? palrRate(inPalr(line[row.group]), row.epsilon)
      : null;
  if (row.kind === 'pass')
    return line.type === 'answer' && row.among(line) ? Number(line.correct) : null;
  const [counts] = countsOf(row, line);
  return counts === undefined ? null : ratio([counts]);
}

/** What each picture adds to a figure. */
export function contributionsOf(row: FigureRow, lines: readonly EvaluationLine[]): Contribution[] {
  if (row.kind === 'pass') return passContributions(row, responsesOf(lines));
  return grouped(
    lines.flatMap((line) => countsOf(row, line).map((counts) => ({ item: line.id, ...counts }))),
  );
}

function countsOf(
  row: Exclude<FigureRow, { kind: 'pass' }>,
  line: EvaluationLine,
): readonly Counts[] {
  if (row.kind === 'leakage')
    return line.type === 'leakage' && line.method === row.method ? inPalr(line[row.group]) : [];
  const counts = ((): Counts | null => {
    if (row.kind === 'teachers') return line.type === 'teacher' ? row.of(line) : null;
    return line.type === 'answer' ? row.of(line) : null;
  })();
  return counts === null ? [] : [counts];
}

/** Pass@k of each picture and seed; those with fewer than k responses wait for the rest. */
function passContributions(
  { k, among }: Extract<FigureRow, { kind: 'pass' }>,
  answers: readonly ResponseLine[],
): Contribution[] {
  const prompts = new Map<string, { item: string; correct: boolean[] }>();
  for (const line of answers) {
    if (!among(line)) continue;
    const key = `${line.seed} ${line.id}`;
    const prompt = prompts.get(key) ?? { item: line.id, correct: [] };
    prompt.correct.push(line.correct === true);
    prompts.set(key, prompt);
  }
  const whole = [...prompts.values()].filter(({ correct }) => correct.length >= k);
  return grouped(whole.map(({ item, correct }) => ({ item, ...inPass(correct, k) })));
}

/** One contribution a picture, in an order that does not depend on that of the lines: the bootstrap draws by place. */
function grouped(parts: readonly Contribution[]): Contribution[] {
  const byItem = new Map<string, { item: string; num: number; den: number; stratum: number }>();
  for (const { item, num, den, stratum = 0 } of parts) {
    const before = byItem.get(item);
    if (before === undefined) {
      byItem.set(item, { item, num, den, stratum });
      continue;
    }
    before.num += num;
    before.den += den;
    before.stratum = stratum;
  }
  return [...byItem.values()].sort((a, b) => (a.item < b.item ? -1 : 1));
}

/** All figures of an evaluation. */
export function figuresOfLines(
  settings: EvaluationSettings,
  lines: readonly EvaluationLine[],
): EvaluationFigure[] {
  return figureRows(settings, lines).map((row) => figureOf(row, lines));
}

export function figureOf(row: FigureRow, lines: readonly EvaluationLine[]): EvaluationFigure {
  const contributions = contributionsOf(row, lines);
  const { id, label, unit, measure, sentence } = row;
  const options = optionsOf(row);
  const value =
    row.kind === 'leakage' ? palrRate(contributions, row.epsilon) : ratio(contributions);
  const method = isShare(row) ? 'wilson' : 'bootstrap';
  const interval = ((): Interval | null => {
    if (value === null) return null;
    return method === 'wilson'
      ? shareInterval(contributions)
      : bootstrapInterval(contributions, options);
  })();
  const why = ((): string | null => {
    if (value === null) return row.why(lines);
    return interval === null ? 'One picture alone has no spread, so there is no interval.' : null;
  })();
  return {
    id,
    label,
    unit,
    measure,
    sentence,
    value,
    interval,
    method,
    pictures: contributions.length,
    responses: linesBehind(row, lines).length,
    why,
  };
}

/** A share of responses or questions; everything else has no known distribution. */
const isShare = (row: FigureRow): boolean => row.kind !== 'leakage' && row.unit === 'share';

/** ε of a rate. */
export const optionsOf = (row: FigureRow) =>
  row.kind === 'leakage' ? { epsilon: row.epsilon } : {};

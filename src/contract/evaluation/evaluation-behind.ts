/** The responses behind a figure, a page of them at a time: a set of thousands is never handed over whole. */

import { linesBehind } from './evaluation-figures.ts';
import type { EvaluationLine, ResponseKey, ResponseLine } from './evaluation-records.ts';
import { figureRows } from './evaluation-rows.ts';
import type { EvaluationSettings } from './evaluation-settings.ts';

/** Of a share: all of them, those that count in its numerator, or those that do not. */
export type CountedAs = 'all' | 'yes' | 'no';

export interface BehindRequest {
  readonly evaluationId: string;
  readonly figureId: string;
  readonly which: CountedAs;
  /** Responses `[from, from + count)` of those. */
  readonly from: number;
  readonly count: number;
}

export interface ResponseBehind {
  /** What counts in the figure, and as how much. */
  readonly line: EvaluationLine;
  readonly value: number;
  /** The response that it is about; null where that is not there. */
  readonly answer: ResponseLine | null;
}

export interface ResponsesBehind {
  readonly counts: Readonly<Record<CountedAs, number>>;
  readonly responses: readonly ResponseBehind[];
}

/** None where the evaluation has no such figure. */
export function responsesBehind(
  settings: EvaluationSettings,
  lines: readonly EvaluationLine[],
  { figureId, which, from, count }: BehindRequest,
): ResponsesBehind {
  const row = figureRows(settings, lines).find(({ id }) => id === figureId);
  const all = row === undefined ? [] : linesBehind(row, lines);
  const parts = {
    all,
    yes: all.filter(({ value }) => value > 0.5),
    no: all.filter(({ value }) => value <= 0.5),
  };
  const wanted = parts[which].slice(from, from + count);
  const keys = new Set(wanted.map(({ line }) => responseKey(line)));
  const answers = new Map<string, ResponseLine>();
  for (const line of lines) {
    if (line.type !== 'answer') continue;
    const key = responseKey(line);
    if (keys.has(key)) answers.set(key, line);
  }
  return {
    counts: { all: all.length, yes: parts.yes.length, no: parts.no.length },
    responses: wanted.map((one) => ({
      ...one,
      answer: answers.get(responseKey(one.line)) ?? null,
    })),
  };
}

/** Equal for lines about the same response. */
export const responseKey = ({ item, fact, seed, response }: ResponseKey): string =>
  `${fact} ${seed} ${item} ${response}`;

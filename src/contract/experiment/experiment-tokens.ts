/** Runs of an experiment by the tokens that they learnt from: totals, and differences at equal tokens. Pure. */

import { type Replicated, replicatedMean } from '../../method/replicates.ts';
import type { ClaimSide } from './experiment-claims.ts';
import type { ExperimentRun } from './experiment-records.ts';

/** A run under its seed. */
export interface SeededRun {
  readonly seed: number;
  readonly found: Pick<ExperimentRun, 'steps' | 'validations'>;
}

/** A difference of validation figures where both runs have learnt from as many tokens. */
export interface EqualTokens {
  /** Mean over seeds of the tokens at which both are compared: those of the shorter one. */
  readonly tokens: number;
  readonly difference: Replicated;
}

/** Completion tokens of all steps; null for a run that trains nothing. */
export const tokensOf = ({ steps }: Pick<ExperimentRun, 'steps'>): number | null =>
  steps === null ? null : steps.tokens.reduce((sum, own) => sum + own, 0);

/** The id of a claim’s figure among those of validation, which asks each kind of picture in one setting alone. */
const heldOutId = (figure: string, of: Readonly<Record<string, number>>): string =>
  of[figure] === undefined ? figure.replace(/\.[FP]$/, '') : figure;

/** A validation figure after so many tokens: linear between the two validations around them; null outside of all. */
export function figureAt(
  { steps, validations }: SeededRun['found'],
  figure: string,
  tokens: number,
): number | null {
  if (steps === null) return null;
  const points = validations.flatMap(({ step, figures }) => {
    const value = figures[heldOutId(figure, figures)];
    const at = steps.tokens.slice(0, step).reduce((sum, own) => sum + own, 0);
    return value === undefined ? [] : [{ at, value }];
  });
  const after = points.findIndex(({ at }) => at >= tokens);
  if (after < 0) return null;
  const [low, high] = [points[after - 1], points[after]];
  if (high.at === tokens) return high.value;
  if (low === undefined) return null;
  const share = (tokens - low.at) / (high.at - low.at);
  return low.value + share * (high.value - low.value);
}

/** Second minus first under each seed that both have, at the tokens of the shorter one; null where they share none. */
export function differenceAtEqualTokens(
  first: readonly SeededRun[],
  from: ClaimSide,
  second: readonly SeededRun[],
  to: ClaimSide,
): EqualTokens | null {
  const pairs = first.flatMap(({ seed, found }) => {
    const other = second.find((one) => one.seed === seed)?.found;
    const [a, b] = [tokensOf(found), other === undefined ? null : tokensOf(other)];
    if (other === undefined || a === null || b === null) return [];
    const tokens = Math.min(a, b);
    const before = figureAt(found, from.figure, tokens);
    const after = figureAt(other, to.figure, tokens);
    return before === null || after === null ? [] : [{ seed, tokens, value: after - before }];
  });
  const difference = replicatedMean(pairs);
  if (difference === null) return null;
  return { tokens: pairs.reduce((sum, own) => sum + own.tokens, 0) / pairs.length, difference };
}

/** Figures of a run's steps whose end a report shows, of recipes that learn from rewards. */
export const LATE_FIGURES = ['meanReward', 'klToBase'] as const;
export type LateFigure = (typeof LATE_FIGURES)[number];

/** The mean of a step's figure over the last tenth of the steps that have it, at least one; null without any. */
function lateOf({ steps }: Pick<ExperimentRun, 'steps'>, id: LateFigure): number | null {
  const known = steps?.figures[id]?.filter((value) => value !== null) ?? [];
  if (known.length === 0) return null;
  const last = known.slice(-Math.max(1, Math.floor(known.length / 10)));
  return last.reduce((sum, own) => sum + own, 0) / last.length;
}

/** The same over seeds. */
export const lateFigure = (runs: readonly SeededRun[], id: LateFigure): Replicated | null =>
  replicatedMean(
    runs.flatMap(({ seed, found }) => {
      const value = lateOf(found, id);
      return value === null ? [] : [{ seed, value }];
    }),
  );

/** Which of a recipe's tries is taken: by validation, and by nothing else. */

import type { Experiment } from './experiment.ts';
import type { Chosen } from './experiment-plan.ts';
import type { ValidationFound } from './experiment-records.ts';

/** A try and what became of it. */
export interface TryFound {
  readonly recipe: string;
  readonly tried: number;
  /** Null of one that failed: it is never chosen. */
  readonly validations: readonly ValidationFound[] | null;
}

/** The mean of the deciding figures after the last step; null where they are not there. */
export function tuningValue(
  figures: readonly string[],
  validations: readonly ValidationFound[] | null,
): number | null {
  const last = validations?.at(-1);
  const values = figures.map((id) => last?.figures[id]);
  if (last === undefined || values.some((value) => value === undefined)) return null;
  return values.reduce<number>((sum, value) => sum + (value ?? 0), 0) / values.length;
}

/** The best try of each recipe all of whose tries have ended; of equal ones the first. */
export function chosenOf({ tuning }: Experiment, found: readonly TryFound[]): Chosen {
  if (tuning === undefined) return {};
  const chosen: Record<string, number> = {};
  for (const recipe of tuning.recipes) {
    const own = found.filter((one) => one.recipe === recipe);
    if (own.length < tuning.tries.length) continue;
    let best = Number.NEGATIVE_INFINITY;
    for (const { tried, validations } of own.toSorted((a, b) => a.tried - b.tried)) {
      const value = tuningValue(tuning.figures, validations);
      if (value === null || value <= best) continue;
      best = value;
      chosen[recipe] = tried;
    }
  }
  return chosen;
}

/** Curves of a run over the completion tokens that it has learnt from: runs of unlike lengths at equal tokens. Pure. */

import type { RunCurves } from '../../../contract/train/runs.ts';

/** A run’s tokens by its steps. */
export interface TokensOver {
  /** Completion tokens up to the end of a step. */
  readonly at: (step: number) => number;
}

/** Tokens up to the end of each step, from the log; before its first step none. */
export function tokensBySteps({ metrics }: Pick<RunCurves, 'metrics'>): TokensOver {
  const sums: { readonly step: number; readonly tokens: number }[] = [];
  let tokens = 0;
  for (const own of metrics) {
    tokens += own.tokens;
    sums.push({ step: own.step, tokens });
  }
  return {
    at(step) {
      let low = 0;
      let high = sums.length;
      while (low < high) {
        const middle = (low + high) >> 1;
        if (sums[middle].step <= step) low = middle + 1;
        else high = middle;
      }
      return sums[low - 1]?.tokens ?? 0;
    },
  };
}

/** The same curves, each figure at its tokens. */
export function curvesOverTokens(
  { metrics, evaluations, followed }: RunCurves,
  { at } = tokensBySteps({ metrics }),
): RunCurves {
  const moved = <T extends { readonly step: number }>(list: readonly T[]): T[] =>
    list.map((own) => ({ ...own, step: at(own.step) }));
  return { metrics: moved(metrics), evaluations: moved(evaluations), followed };
}

/** A run whose curves are over tokens, and that says so. */
export function overTokens<R extends { readonly curves: RunCurves }>(
  run: R,
): R & { readonly over: TokensOver } {
  const over = tokensBySteps(run.curves);
  return { ...run, over, curves: curvesOverTokens(run.curves, over) };
}

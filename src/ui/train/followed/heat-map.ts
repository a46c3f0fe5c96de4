/** The followed rollout over the run as a grid: a token a row, a measured step a column. Pure. */

import type { FollowedRollout, FollowedStep } from '../../../contract/train/training.ts';

export interface HeatMap {
  readonly steps: readonly number[];
  /** [tokens][steps], nats; null where nobody supervises. */
  readonly rows: readonly (readonly (number | null)[])[];
}

export function heatMapOf(rollout: FollowedRollout, measured: readonly FollowedStep[]): HeatMap {
  const rows = rollout.ids.map((_, token) =>
    measured.map(({ divergence }) => divergence[token] ?? null),
  );
  return { steps: measured.map(({ step }) => step), rows };
}

/** The cell that an arrow key leads to; null for another key. */
export function moved(
  key: string,
  { token, at }: { token: number; at: number },
  { rows, steps }: HeatMap,
): { token: number; at: number } | null {
  const last = { token: rows.length - 1, at: steps.length - 1 };
  switch (key) {
    case 'ArrowUp':
      return { token: Math.max(0, token - 1), at };
    case 'ArrowDown':
      return { token: Math.min(last.token, token + 1), at };
    case 'ArrowLeft':
      return { token, at: Math.max(0, at - 1) };
    case 'ArrowRight':
      return { token, at: Math.min(last.at, at + 1) };
    case 'Home':
      return { token, at: 0 };
    case 'End':
      return { token, at: last.at };
    default:
      return null;
  }
}

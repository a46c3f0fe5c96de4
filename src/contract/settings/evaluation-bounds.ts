/** What an evaluation may be asked for, by itself and as a part of a run. */

import type { NumberBounds } from './sampling-bounds.ts';

export const EVALUATION_BOUNDS = {
  /** Of groups or pictures. */
  count: { min: 1, max: 20_000, integer: true },
  responses: { min: 1, max: 16, integer: true },
  seeds: { min: 1, max: 16, integer: true },
  rollouts: { min: 1, max: 20_000, integer: true },
  wrongAnswers: { min: 1, max: 4, integer: true },
  epsilon: { min: 0, max: 1, integer: false },
  teacherGroups: { min: 1, max: 20_000, integer: true },
} as const satisfies Record<string, NumberBounds>;

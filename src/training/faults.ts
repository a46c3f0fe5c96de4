/** What ends a run at its last good state, in words. */

import { PlaygroundError } from '../base/errors.ts';
import type { PlannedCompletion } from './example.ts';
import { globalNorm } from './optimizer.ts';

/** Throws `train.all-invalid` or `train.nothing-supervised` where no token of the batch has a weight. */
export function assertSupervised(
  planned: readonly PlannedCompletion[],
  scales: readonly Float64Array[],
): void {
  if (scales.some((row) => row.some((scale) => scale > 0))) return;
  const invalid = planned.filter(({ parsed }) => !parsed.valid);
  if (invalid.length === planned.length)
    throw new PlaygroundError({
      code: 'train.all-invalid',
      message: `All ${planned.length} rollouts of this step are invalid, and no teacher supervises invalid ones.`,
      fix: 'Switch the reference teacher on, allow longer rollouts or lower the sampling temperature, and go on.',
      where: invalid[0]?.parsed.reason?.code ?? 'rollouts',
      detail: { reasons: invalid.map(({ parsed }) => parsed.reason?.message ?? '') },
    });
  throw new PlaygroundError({
    code: 'train.nothing-supervised',
    message:
      'No token of this step has a teacher with a weight above 0, so there is nothing to learn from.',
    fix: 'Switch a teacher on or give one a weight above 0, and go on.',
    where: 'teachers',
  });
}

/** Throws `train.not-finite` naming the first tensor whose gradient is no number. */
export function assertFinite(gradients: ReadonlyMap<string, Float32Array>): void {
  if (Number.isFinite(globalNorm(gradients))) return;
  const [name] = [...gradients].find(([, values]) => values.some((x) => !Number.isFinite(x))) ?? [
    'all of them together',
  ];
  throw notFinite(`The gradient of ${name} is no number.`, name);
}

export function notFinite(message: string, where: string): PlaygroundError {
  return new PlaygroundError({
    code: 'train.not-finite',
    message,
    fix: 'The run stopped at its last good state. Lower the learning rate or shorten the gradient more, and go on from there.',
    where,
  });
}

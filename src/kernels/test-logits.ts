/** Seeded logits for the kernel tests: the kinds that break divergence code. */

import { Random } from '../base/random.ts';
import type { CpuMatrix } from './types.ts';

export type LogitFamily = 'random' | 'close' | 'extreme' | 'tied' | 'masked';

/** Standard normal (Box-Muller). */
function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(random.next())) * Math.cos(2 * Math.PI * random.next());
}

/**
 * Student and teacher `[rows, vocab]`. `close`: a teacher that nearly agrees; `extreme`: logits up to
 * ±1e4; `tied`: integers, so most values repeat; `masked`: −inf on the same half of the entries of both
 * sides, and on a few more of one side where `oneSided`.
 */
export function makeLogits(
  family: LogitFamily,
  rows: number,
  vocab: number,
  seed: number,
  oneSided = false,
): { student: CpuMatrix; teacher: CpuMatrix } {
  const random = new Random(seed, vocab, rows);
  const student = new Float32Array(rows * vocab);
  const teacher = new Float32Array(rows * vocab);
  for (let i = 0; i < student.length; i++) {
    if (family === 'extreme') {
      student[i] = (random.next() * 2 - 1) * 1e4;
      teacher[i] = random.chance(0.5) ? student[i] + normal(random) : (random.next() * 2 - 1) * 1e4;
    } else if (family === 'tied') {
      student[i] = random.int(4);
      teacher[i] = random.int(4);
    } else {
      student[i] = 3 * normal(random);
      teacher[i] = student[i] + (family === 'close' ? 0.02 : 1.5) * normal(random);
      if (family === 'masked') {
        if (random.chance(0.5)) student[i] = teacher[i] = Number.NEGATIVE_INFINITY;
        else if (oneSided && random.chance(0.05)) teacher[i] = Number.NEGATIVE_INFINITY;
      }
    }
  }
  const shape = { rows, cols: vocab };
  return { student: { data: student, ...shape }, teacher: { data: teacher, ...shape } };
}

/** The larger of absolute error over 1e-6 and relative error over 1e-5 is what must not pass 1: their smaller. */
export function errorInTolerances(actual: number, expected: number): number {
  if (Object.is(actual, expected) || actual === expected) return 0;
  const error = Math.abs(actual - expected);
  if (!Number.isFinite(error)) return Number.POSITIVE_INFINITY;
  return Math.min(error / 1e-6, error / (1e-5 * Math.abs(expected)));
}

/** The seeded logits that all contenders are given. */

import { Random } from '../base/random.ts';
import type { CpuMatrix } from '../kernels/types.ts';

export interface LogitPair {
  readonly student: CpuMatrix;
  readonly teacher: CpuMatrix;
}

/** Student logits of standard deviation 3, and a teacher that differs from them by 1.5, `[rows, cols]` each. */
export function makeLogitPair(rows: number, cols: number, seed: number): LogitPair {
  const random = new Random(seed, cols, rows);
  const student = new Float32Array(rows * cols);
  const teacher = new Float32Array(rows * cols);
  for (let i = 0; i < student.length; i++) {
    student[i] = 3 * random.normal();
    teacher[i] = student[i] + 1.5 * random.normal();
  }
  return { student: { data: student, rows, cols }, teacher: { data: teacher, rows, cols } };
}

/** Divergences as a plain float64 loop over logits `[rows, vocab]`: what one writes without kernels. */

import type { CpuMatrix } from '../kernels/types.ts';
import type { Op } from './contract.ts';

/**
 * Forward KL, or JSD at β = 0.5, of every row at temperature 1, nats. With `gradient`, also writes the
 * gradient of the rows' summed forward KL by the student's logits.
 */
export function measureByLoop(
  op: Op,
  student: CpuMatrix,
  teacher: CpuMatrix,
  gradient?: Float32Array,
): number[] {
  const { rows, cols } = student;
  return Array.from({ length: rows }, (_, row) => {
    const s = student.data.subarray(row * cols, (row + 1) * cols);
    const t = teacher.data.subarray(row * cols, (row + 1) * cols);
    const lseS = logSumExp(s);
    const lseT = logSumExp(t);
    let sum = 0;
    for (let v = 0; v < cols; v++) {
      const logS = s[v] - lseS;
      const logT = t[v] - lseT;
      const pT = Math.exp(logT);
      if (op === 'jsd') {
        const pS = Math.exp(logS);
        const logM = Math.log((pS + pT) / 2);
        sum += 0.5 * pT * (logT - logM) + 0.5 * pS * (logS - logM);
      } else {
        sum += pT * (logT - logS);
        if (gradient !== undefined) gradient[row * cols + v] = Math.exp(logS) - pT;
      }
    }
    return sum;
  });
}

function logSumExp(logits: Float32Array): number {
  let max = Number.NEGATIVE_INFINITY;
  for (const z of logits) if (z > max) max = z;
  let sum = 0;
  for (const z of logits) sum += Math.exp(z - max);
  return max + Math.log(sum);
}

/** CPU twin of `log-softmax.wgsl`. */

import { checkCpuMatrix, checkTemperature, rowStart } from './check.ts';
import { isBad, isMasked } from './divergence-rows.ts';
import type { CpuMatrix } from './types.ts';

/**
 * log-softmax(z/τ) of logits `[rows, cols]` as a packed `[rows, cols]`, nats. −inf stays −inf; a row
 * with a NaN or +inf, or with nothing but −inf, becomes NaN.
 *
 * @throws PlaygroundError `kernels.shape`, `kernels.buffer-too-small`, `kernels.temperature`.
 */
export function logSoftmaxOnCpu(logits: CpuMatrix, temperature = 1): Float32Array {
  checkCpuMatrix('logits', logits);
  checkTemperature(temperature, false);
  const { data, rows, cols } = logits;
  const out = new Float32Array(rows * cols);
  for (let row = 0; row < rows; row++) {
    const z = data.subarray(rowStart(logits, row), rowStart(logits, row) + cols);
    const target = out.subarray(row * cols, (row + 1) * cols);
    const max = z.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
    if (isMasked(max) || z.some(isBad)) {
      target.fill(Number.NaN);
      continue;
    }
    let sum = 0;
    for (const logit of z) if (!isMasked(logit)) sum += Math.exp((logit - max) / temperature);
    const logZ = Math.log(sum);
    for (let v = 0; v < cols; v++) {
      target[v] = isMasked(z[v]) ? Number.NEGATIVE_INFINITY : (z[v] - max) / temperature - logZ;
    }
  }
  return out;
}

/** Rows of logits as float32, for the CPU twins. */

import { rowStart } from './check.ts';
import type { CpuLogits } from './types.ts';

/** The first `count` entries of a row; of float32 logits a view, of half floats a copy. */
export function rowValues(matrix: CpuLogits, row: number, count: number): Float32Array {
  const start = rowStart(matrix, row);
  if (matrix.format !== 'f16') return matrix.data.subarray(start, start + count);
  return Float32Array.from(matrix.data.subarray(start, start + count), widenHalf);
}

const bits = new Uint32Array(1);
const value = new Float32Array(bits.buffer);

/** The number that 16 bits are as a half float; exact. */
function widenHalf(half: number): number {
  const exponent = (half >>> 10) & 31;
  const fraction = half & 1023;
  const sign = half & 0x8000 ? -1 : 1;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  const biased = exponent === 31 ? 255 : exponent + 112;
  bits[0] = ((half & 0x8000) << 16) | (biased << 23) | (fraction << 13);
  return value[0];
}

/** Rows of logits as float32, for the CPU twins. */

import { widenHalves } from '../base/half-floats.ts';
import { rowStart } from './check.ts';
import type { CpuLogits } from './types.ts';

/** The first `count` entries of a row; of float32 logits a view, of half floats a copy. */
export function rowValues(matrix: CpuLogits, row: number, count: number): Float32Array {
  const start = rowStart(matrix, row);
  if (matrix.format !== 'f16') return matrix.data.subarray(start, start + count);
  return widenHalves(matrix.data.subarray(start, start + count));
}

/** A divergence request on logits in memory, pair by pair, whatever does the arithmetic. */

import { checkCpuMatrix, checkDivergence, rowStart } from './check.ts';
import { finishRow, type PairSums, type PairTerms } from './divergence-rows.ts';
import type {
  CpuLogits,
  CpuMatrix,
  DivergencePair,
  DivergenceRequest,
  DivergenceRow,
} from './types.ts';

/** One pair to measure. */
export interface PairTask {
  readonly student: CpuLogits;
  /** The matrix of the pair's teacher. */
  readonly teacher: CpuLogits;
  readonly pair: DivergencePair;
  readonly request: DivergenceRequest;
  /** The gradient's row, all of its columns; null where none is wanted. May be the student's own. */
  readonly gradient: Float32Array | null;
}

/** Sums both rows of a pair and writes its gradient; `terms` is null where they are not needed or there are no figures. */
export type MeasurePair = (task: PairTask) => {
  readonly sums: PairSums;
  readonly terms: PairTerms | null;
};

/** Checks the request, measures its pairs in order and finishes their rows. Throws PlaygroundError `kernels.*`. */
export function measurePairs(
  measure: MeasurePair,
  student: CpuLogits,
  teachers: CpuLogits | readonly CpuLogits[],
  request: DivergenceRequest,
  gradient?: CpuMatrix,
): DivergenceRow[] {
  const list = 'data' in teachers ? [teachers] : teachers;
  checkCpuMatrix('student logits', student);
  for (const teacher of list) checkCpuMatrix('teacher logits', teacher);
  if (gradient !== undefined) checkCpuMatrix('gradient', gradient);
  checkDivergence(student, list, request, gradient);
  return request.rows.map((pair) => {
    const teacher = list[pair.teacherIndex ?? 0];
    const out = gradient === undefined ? null : gradientRow(gradient, pair.student);
    const { sums, terms } = measure({ student, teacher, pair, request, gradient: out });
    return finishRow(pair, request, sums, terms);
  });
}

function gradientRow(gradient: CpuMatrix, row: number): Float32Array {
  const start = rowStart(gradient, row);
  return gradient.data.subarray(start, start + gradient.cols);
}

/** Our kernels and their CPU twin. */

import { measureOnGpu } from '../../kernels/divergence.ts';
import { measureOnCpu } from '../../kernels/divergence-cpu.ts';
import type { CpuMatrix, DivergenceRequest, DivergenceRow } from '../../kernels/types.ts';
import type { Contestant, Problem } from '../contestant.ts';
import type { Op } from '../contract.ts';
import { emptyMatrix, readMatrix } from '../gpu-matrix.ts';

export async function openOurs({ op, logits, gpu }: Problem): Promise<Contestant> {
  const { context, student, teacher } = gpu();
  const { device } = context;
  const request = requestFor(op, student.rows, student.cols);
  const gradient =
    op === 'lossAndGradient' ? emptyMatrix(device, logits.student.rows, student.cols) : undefined;
  return {
    async run() {
      const rows = await measureOnGpu(device, student, teacher, request, gradient);
      await device.queue.onSubmittedWorkDone();
      return valuesOf(op, rows);
    },
    gradient: async () => (gradient === undefined ? [] : readMatrix(device, gradient)),
    close: async () => gradient?.buffer.destroy(),
  };
}

export async function openOursCpu({ op, logits }: Problem): Promise<Contestant> {
  const { student, teacher } = logits;
  const { rows, cols } = student;
  const request = requestFor(op, rows, cols);
  const gradient: CpuMatrix | undefined =
    op === 'lossAndGradient' ? { data: new Float32Array(rows * cols), rows, cols } : undefined;
  return {
    run: async () => valuesOf(op, measureOnCpu(student, teacher, request, gradient)),
    gradient: async () => gradient?.data ?? [],
    close: async () => undefined,
  };
}

/** Row i of the student against row `i` of the teacher; with fewer stored rows, round and round. */
export function requestFor(op: Op, tokens: number, vocab: number, stored = tokens) {
  const request: DivergenceRequest = {
    vocab,
    rows: Array.from({ length: tokens }, (_, i) => {
      return { student: i % stored, teacher: i % stored, sampledId: 0 };
    }),
    temperature: 1,
    clip: { kind: 'none' },
    topK: 0,
    ...(op === 'jsd' ? { jsdBeta: 0.5 } : {}),
  };
  return request;
}

export function valuesOf(op: Op, rows: readonly DivergenceRow[]): number[] {
  return rows.map((row) => (op === 'jsd' ? (row.jsd ?? Number.NaN) : row.forwardKl));
}

/** Our kernels on the GPU, on the processor, and their float64 twin. */

import { measureOnGpu } from '../../kernels/divergence.ts';
import { measureOnCpu } from '../../kernels/divergence-cpu.ts';
import { measureInMemory } from '../../kernels/divergence-simd.ts';
import type { CpuMatrix, DivergenceRequest, DivergenceRow } from '../../kernels/types.ts';
import type { Contestant, OpenContestant, Problem } from '../contestant.ts';
import type { Op } from '../contract.ts';
import { emptyMatrix, readMatrix } from '../gpu-matrix.ts';
import type { LogitPair } from '../logits.ts';

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

export const openOursCpu = inMemory(measureInMemory);
export const openTwin = inMemory(measureOnCpu);

function inMemory(measure: typeof measureOnCpu): OpenContestant {
  return async ({ op, logits }) => openInMemory(measure, op, logits);
}

function openInMemory(
  measure: typeof measureOnCpu,
  op: Op,
  { student, teacher }: LogitPair,
): Contestant {
  const { rows, cols } = student;
  const request = requestFor(op, rows, cols);
  const gradient: CpuMatrix | undefined =
    op === 'lossAndGradient' ? { data: new Float32Array(rows * cols), rows, cols } : undefined;
  return {
    run: async () => valuesOf(op, measure(student, teacher, request, gradient)),
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

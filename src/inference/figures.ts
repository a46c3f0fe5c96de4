/** Runs the kernels on logits wherever they are: sampling, divergences, and reading rows back. */

import { PlaygroundError } from '../base/errors.ts';
import { measureOnGpu, prepareDivergence } from '../kernels/divergence.ts';
import { measureOnCpu } from '../kernels/divergence-cpu.ts';
import { prepareSampling, sampleOnGpu } from '../kernels/sampling.ts';
import { sampleOnCpu } from '../kernels/sampling-cpu.ts';
import type {
  CpuMatrix,
  DivergencePair,
  DivergenceRequest,
  DivergenceRow,
  GpuMatrix,
  SampledToken,
  SampleRequest,
} from '../kernels/types.ts';
import { type Logits, readBuffer } from '../model/runtime/tensors.ts';

/** One row of some logits. */
export interface LogitsRow {
  readonly logits: Logits;
  readonly row: number;
}

/** A student's distribution against a teacher's; the rows may lie in different logits. */
export interface FigurePair extends Omit<DivergencePair, 'student' | 'teacher'> {
  readonly student: LogitsRow;
  readonly teacher: LogitsRow;
}

/** Compiles the kernels ahead of their first use; nothing to do without a GPU. */
export async function prepareFigures(device: GPUDevice | null): Promise<void> {
  if (device !== null) await Promise.all([prepareSampling(device), prepareDivergence(device)]);
}

/** Draws one token for each row. Throws what the kernels throw. */
export async function drawTokens(
  device: GPUDevice | null,
  logits: Logits,
  request: SampleRequest,
): Promise<SampledToken[]> {
  return logits.kind === 'memory'
    ? sampleOnCpu(cpuMatrix(logits), request)
    : sampleOnGpu(need(device), gpuMatrix(logits), request);
}

/** Figures of every pair, in order; all pairs of one student's logits are measured in one go, whatever their teachers. */
export async function measurePairs(
  device: GPUDevice | null,
  pairs: readonly FigurePair[],
  request: Omit<DivergenceRequest, 'rows' | 'vocab'>,
): Promise<DivergenceRow[]> {
  const byStudent = new Map<Logits, number[]>();
  for (const [i, { student }] of pairs.entries()) {
    const group = byStudent.get(student.logits);
    if (group === undefined) byStudent.set(student.logits, [i]);
    else group.push(i);
  }
  const results: DivergenceRow[] = new Array(pairs.length);
  const work = [...byStudent].map(async ([student, members]) => {
    const teachers = [...new Set(members.map((i) => pairs[i].teacher.logits))];
    const rows = members.map((i): DivergencePair => {
      const { student, teacher, ...rest } = pairs[i];
      const at = { student: student.row, teacher: teacher.row };
      return { ...rest, ...at, teacherIndex: teachers.indexOf(teacher.logits) };
    });
    const vocab = Math.min(student.vocab, ...teachers.map((teacher) => teacher.vocab));
    const measured = await measure(device, student, teachers, { ...request, vocab, rows });
    for (const [j, i] of members.entries()) results[i] = measured[j];
  });
  await Promise.all(work);
  return results;
}

async function measure(
  device: GPUDevice | null,
  student: Logits,
  teachers: readonly Logits[],
  request: DivergenceRequest,
): Promise<DivergenceRow[]> {
  const inMemory = teachers.flatMap((logits) =>
    logits.kind === 'memory' ? [cpuMatrix(logits)] : [],
  );
  if (student.kind === 'memory' && inMemory.length === teachers.length)
    return measureOnCpu(cpuMatrix(student), inMemory, request);
  const onGpu = teachers.flatMap((logits) => (logits.kind === 'gpu' ? [gpuMatrix(logits)] : []));
  if (student.kind === 'gpu' && onGpu.length === teachers.length)
    return measureOnGpu(need(device), gpuMatrix(student), onGpu, request);
  throw new PlaygroundError({
    code: 'engine.mixed-backends',
    message: 'The logits of student and teacher lie on different backends.',
    fix: 'Score the rollout again; both sides are then computed on the same backend.',
    where: 'score',
  });
}

/** Rows `[first, first + count)` as float32 values, [count, vocab]. */
export async function readRows(
  device: GPUDevice | null,
  logits: Logits,
  first: number,
  count: number,
): Promise<Float32Array> {
  const { vocab } = logits;
  if (logits.kind === 'memory') return logits.data.slice(first * vocab, (first + count) * vocab);
  return readBuffer(need(device), logits.buffer, count * vocab, first * vocab);
}

function cpuMatrix({ batch, rows, vocab, data }: Logits & { kind: 'memory' }): CpuMatrix {
  return { data, rows: batch * rows, cols: vocab };
}

function gpuMatrix({ batch, rows, vocab, buffer }: Logits & { kind: 'gpu' }): GpuMatrix {
  return { buffer, rows: batch * rows, cols: vocab };
}

function need(device: GPUDevice | null): GPUDevice {
  if (device !== null) return device;
  throw new PlaygroundError({
    code: 'engine.mixed-backends',
    message: 'These logits lie on a GPU that is no longer there.',
    fix: 'Score the rollout again.',
    where: 'score',
  });
}

/** A divergence request as jobs for the GPU, and the memory that they need. */

import { pooledSize } from './buffers.ts';
import { rowStart } from './check.ts';
import {
  type ChunkLimits,
  chunkRows,
  type RowAccess,
  type RowChunk,
  startInWindow,
} from './chunks.ts';
import type { DeviceShape } from './device-shape.ts';
import type { KernelBinding, KernelJob } from './dispatch.ts';
import {
  gradientKernel,
  mergeKernel,
  sumsKernel,
  termsKernel,
  topListsKernel,
} from './divergence-kernels.ts';
import { capOf, lossOf, needsTerms, reportedBeta } from './divergence-rows.ts';
import { SUMS_WORDS, TERM_WORDS, TOP_WORDS } from './divergence-sums.ts';
import type { LogitsAccess } from './logits-access.ts';
import type { DivergenceRequest, GpuMatrix } from './types.ts';

const KIND_CODES = { 'forward-kl': 0, 'reverse-kl': 1, jsd: 2, 'cross-entropy': 3 } as const;
const PAIR_WORDS = 9;
/** A float32 above every loss: no cap. */
const UNCAPPED = 3e38;
const PARAM_WORDS = 12;

/** What a plan must know of a device. */
export interface PlanTarget {
  readonly limits: ChunkLimits;
  readonly shape: DeviceShape;
  readonly subgroups: boolean;
}

export interface DivergenceInputs {
  readonly student: GpuMatrix;
  readonly teachers: readonly GpuMatrix[];
  readonly gradient: GpuMatrix | undefined;
  readonly request: DivergenceRequest;
}

export interface DivergencePlan {
  readonly jobs: readonly KernelJob[];
  readonly splits: number;
  /** Parts of a row that were searched for the top lists. */
  readonly listSplits: number;
  readonly secondPass: boolean;
  /** Place of each of the request's rows in the results. */
  readonly order: readonly number[];
}

/** Quads of entries that a lane adds up one after the other; more would cost its sums their last digits. */
const LONGEST_CHAIN = 1024;

/**
 * Parts of a row that run as workgroups of their own, so that few rows fill the device too and no sum is
 * too long; none is shorter than what one workgroup reads at a time.
 */
export function splitsFor(rows: number, vocab: number, shape: DeviceShape): number {
  const quads = Math.floor(vocab / (4 * shape.lanes));
  const wanted = Math.max(Math.ceil(shape.workgroups / rows), Math.ceil(quads / LONGEST_CHAIN));
  const splits = Math.max(1, Math.min(quads, wanted));
  return Math.ceil(vocab / splitSizeOf(vocab, splits));
}

/** A multiple of 4, so that every split starts where the row does. */
function splitSizeOf(vocab: number, splits: number): number {
  return Math.ceil(vocab / splits / 4) * 4;
}

/** The same for the top lists, which are worth finding in long parts only. */
function listSplitsFor(rows: number, vocab: number, { lanes, workgroups }: DeviceShape): number {
  return splitsFor(rows, vocab, { lanes: 16 * Math.max(lanes, 16), workgroups });
}

export function planDivergence(target: PlanTarget, inputs: DivergenceInputs): DivergencePlan {
  const { request, gradient, teachers } = inputs;
  const { rows, vocab } = request;
  const topK = request.topK ?? 10;
  const splits = splitsFor(rows.length, vocab, target.shape);
  const secondPass =
    needsTerms(request) ||
    (gradient !== undefined && rows.some((pair) => lossOf(pair, request).kind === 'reverse-kl'));
  const sorted = [...rows.keys()].sort(
    (a, b) => (rows[a].teacherIndex ?? 0) - (rows[b].teacherIndex ?? 0) || a - b,
  );
  const order: number[] = [];
  for (const [place, index] of sorted.entries()) order[index] = place;

  const words = new Uint32Array(rows.length * PAIR_WORDS);
  const merged = splits > 1 && (secondPass || gradient !== undefined);
  const scratch = (name: string, size: number): KernelBinding => {
    return { kind: 'scratch', name, size: rows.length * size * 4 };
  };
  const pairs: KernelBinding = { kind: 'upload', usage: 'storage', data: words };
  const sums = scratch('sums', splits * SUMS_WORDS);
  const states = merged ? scratch('states', SUMS_WORDS) : sums;
  const terms = scratch('terms', splits * TERM_WORDS);
  const listSplits = listSplitsFor(rows.length, vocab, target.shape);
  const lists = scratch('lists', listSplits * TOP_WORDS * topK);

  const jobs: KernelJob[] = [];
  for (const [teacherIndex, teacher] of teachers.entries()) {
    const first = sorted.findIndex((i) => (rows[i].teacherIndex ?? 0) === teacherIndex);
    if (first < 0) continue;
    const count = rows.filter((row) => (row.teacherIndex ?? 0) === teacherIndex).length;
    const accesses = accessesOf(inputs, teacher, (i) => rows[sorted[first + i]]);
    for (const chunk of chunkRows(target.limits, accesses, count)) {
      packPairs(words, sorted, first, accesses, chunk, request);
      const access = accessOf(inputs, teacher, accesses, chunk);
      const [studentWindow, teacherWindow, gradientWindow] = accesses.map(
        ({ name, matrix }, a): KernelBinding => ({
          kind: 'buffer',
          name,
          buffer: matrix.buffer,
          ...chunk.windows[a],
        }),
      );
      const params = (parts: number): KernelBinding => {
        const data = packParams(request, first + chunk.first, parts, gradient?.cols ?? 0);
        return { kind: 'upload', usage: 'uniform', data };
      };
      const ofSplits = params(splits);
      const head = (quads: boolean, inPlace: boolean) => ({
        0: inPlace ? null : studentWindow,
        1: teacherWindow,
        2: pairs,
        3: ofSplits,
        7: quads && !inPlace ? studentWindow : null,
        8: quads ? teacherWindow : null,
      });
      const grid = [chunk.count, splits, 1] as const;
      const { quads, inPlace } = access;
      jobs.push({
        ...sumsKernel(access, target.subgroups),
        bindings: bindings({ ...head(quads, false), 4: sums }),
        grid,
      });
      if (topK > 0) {
        jobs.push({
          ...topListsKernel(access, topK),
          bindings: bindings({ ...head(quads, false), 3: params(listSplits), 4: lists }),
          grid: [chunk.count, listSplits, 1],
        });
      }
      if (merged) {
        jobs.push({
          ...mergeKernel(target.subgroups),
          bindings: bindings({ 3: ofSplits, 4: sums, 5: states }),
          grid: [chunk.count, 1, 1],
        });
      }
      if (secondPass) {
        jobs.push({
          ...termsKernel(access),
          bindings: bindings({ ...head(quads, false), 4: states, 5: terms }),
          grid,
        });
      }
      if (gradient !== undefined) {
        jobs.push({
          ...gradientKernel(access),
          bindings: bindings({ ...head(quads, inPlace), 4: states, 5: terms, 6: gradientWindow }),
          grid,
        });
      }
    }
  }
  return { jobs, splits, listSplits, secondPass, order };
}

function bindings(byNumber: Record<number, KernelBinding | null>): (KernelBinding | null)[] {
  return Array.from({ length: 9 }, (_, number) => byNumber[number] ?? null);
}

function accessesOf(
  { student, gradient }: DivergenceInputs,
  teacher: GpuMatrix,
  pairOf: (index: number) => DivergenceRequest['rows'][number],
): RowAccess[] {
  const accesses: RowAccess[] = [
    { name: 'student logits', matrix: student, rowOf: (i) => pairOf(i).student },
    { name: 'teacher logits', matrix: teacher, rowOf: (i) => pairOf(i).teacher },
  ];
  if (gradient !== undefined) {
    accesses.push({ name: 'gradient', matrix: gradient, rowOf: (i) => pairOf(i).student });
  }
  return accesses;
}

/** How a chunk's rows are read: by fours where all of them lie at multiples of 4. */
function accessOf(
  { student, gradient, request }: DivergenceInputs,
  teacher: GpuMatrix,
  accesses: readonly RowAccess[],
  { first, count }: RowChunk,
): LogitsAccess {
  let quads = request.vocab % 4 === 0;
  for (let i = first; quads && i < first + count; i++) {
    quads = accesses.every(({ matrix, rowOf }) => rowStart(matrix, rowOf(i)) % 4 === 0);
  }
  return {
    student: student.format ?? 'f32',
    teacher: teacher.format ?? 'f32',
    quads,
    inPlace: gradient !== undefined && request.inPlace === true,
  };
}

function packPairs(
  words: Uint32Array,
  sorted: readonly number[],
  base: number,
  accesses: readonly RowAccess[],
  { first, count, windows }: RowChunk,
  request: DivergenceRequest,
): void {
  const floats = new Float32Array(words.buffer);
  for (let i = first; i < first + count; i++) {
    const pair = request.rows[sorted[base + i]];
    const at = (base + i) * PAIR_WORDS;
    const [student, teacher, gradient] = accesses.map((access, a) =>
      startInWindow(access, windows[a], i),
    );
    words[at] = student;
    words[at + 1] = teacher;
    words[at + 2] = pair.sampledId;
    words[at + 3] = KIND_CODES[lossOf(pair, request).kind];
    const beta = reportedBeta(pair, request) ?? 0;
    floats[at + 4] = beta;
    floats[at + 5] = pair.weight ?? 1;
    words[at + 6] = gradient ?? 0;
    floats[at + 7] = 1 - beta;
    floats[at + 8] = Math.min(capOf(pair, request), UNCAPPED);
  }
}

function packParams(
  { vocab, clip, ...request }: DivergenceRequest,
  firstPair: number,
  splits: number,
  gradientCols: number,
): Uint32Array {
  const words = new Uint32Array(PARAM_WORDS);
  const floats = new Float32Array(words.buffer);
  words[0] = vocab;
  words[1] = firstPair;
  words[2] = splits;
  words[3] = splitSizeOf(vocab, splits);
  words[4] = request.topK ?? 10;
  floats[5] = 1 / request.temperature;
  floats[6] = clip.kind === 'entry' ? clip.value : 0;
  words[7] = clip.kind === 'entry' ? 1 : 0;
  words[8] = request.jsdBeta === undefined ? 0 : 1;
  words[9] = gradientCols;
  return words;
}

/** Bytes of device memory that a plan takes beside the logits and the gradient: tables, sums and their way back. */
export function scratchBytesOf({ jobs }: Pick<DivergencePlan, 'jobs'>): number {
  const sizes = new Map<string | Uint32Array, number>();
  for (const binding of jobs.flatMap((job) => job.bindings)) {
    if (binding?.kind === 'upload') sizes.set(binding.data, binding.data.byteLength);
    // Twice: what is read back has a staging buffer of the same size.
    if (binding?.kind === 'scratch') sizes.set(binding.name, 2 * binding.size);
  }
  return [...sizes.values()].reduce((sum, size) => sum + pooledSize(size), 0);
}

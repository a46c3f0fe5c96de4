/** Per-token divergences on the GPU: packs the pairs, describes the passes as jobs, finishes the rows. */

import { checkDivergence, checkGpuMatrix, refuse } from './check.ts';
import { chunkRows, type RowAccess, type RowChunk, startInWindow } from './chunks.ts';
import common from './common.wgsl?raw';
import { deviceShape } from './device-shape.ts';
import { type KernelBinding, type KernelJob, prepareKernels, runKernels } from './dispatch.ts';
import divergence from './divergence.wgsl?raw';
import { finishRow, lossOf, needsTerms, reportedBeta } from './divergence-rows.ts';
import { readSums, readTerms, SUMS_HEAD_WORDS, TERM_WORDS } from './divergence-sums.ts';
import gradientPass from './gradient.wgsl?raw';
import pairTable from './pair.wgsl?raw';
import pairSums from './pair-sums.wgsl?raw';
import termsPass from './terms.wgsl?raw';
import topK from './top-k.wgsl?raw';
import type { DivergenceRequest, DivergenceRow, GpuMatrix } from './types.ts';

/** The shaders of this kernel, as run; the page can show them. */
export const divergenceKernels = {
  sums: { label: 'divergence sums', code: [common, pairTable, divergence, topK].join('\n') },
  terms: { label: 'divergence terms', code: [common, pairTable, pairSums, termsPass].join('\n') },
  gradient: {
    label: 'divergence gradient',
    code: [common, pairTable, pairSums, gradientPass].join('\n'),
  },
} as const;

const KIND_CODES = { 'forward-kl': 0, 'reverse-kl': 1, jsd: 2 } as const;
const CLIP_CODES = { none: 0, token: 1, entry: 2 } as const;
const PAIR_WORDS = 8;
const PARAM_WORDS = 12;
/** Few rows are split so that a large GPU is filled; a split is never shorter than this. */
const MIN_SPLIT_ENTRIES = 8192;
const MAX_SPLITS = 32;

/** Compiles the divergence kernels ahead of their first use. */
export function prepareDivergence(device: GPUDevice): Promise<void> {
  return prepareKernels(device, Object.values(divergenceKernels));
}

/**
 * Measures each listed pair of rows: student logits `[rows, cols]` against teacher logits
 * `[rows, cols]`, results in the order of `request.rows`, in nats. Reads each logit once, twice when a
 * JSD or an entry clip is asked for (or the gradient of a reverse KL above 4 nats), once more for the
 * gradient. With `gradient` (f32, the student's
 * rows, another buffer), also writes the gradient of every pair's weighted loss by the student's logits.
 *
 * All work is submitted before the promise is returned, so the logits may be disposed right after.
 *
 * @throws PlaygroundError `kernels.*` naming the wrong shape, buffer, row, id or setting before anything
 * is dispatched; `gpu.*` when the device refuses or is lost.
 */
export async function measureOnGpu(
  device: GPUDevice,
  student: GpuMatrix,
  teacher: GpuMatrix,
  request: DivergenceRequest,
  gradient?: GpuMatrix,
): Promise<DivergenceRow[]> {
  checkGpuMatrix('student logits', student);
  checkGpuMatrix('teacher logits', teacher);
  if (gradient !== undefined) {
    checkGpuMatrix('gradient', gradient);
    if (gradient.buffer === student.buffer || gradient.buffer === teacher.buffer) {
      refuse(
        'gradient-buffer',
        'gradient',
        'The gradient would overwrite logits that are still being read.',
        'Give the gradient a buffer of its own.',
      );
    }
  }
  checkDivergence(student, teacher, request, gradient);
  const { rows } = request;
  if (rows.length === 0) return [];

  const plan = planJobs(device, student, teacher, request, gradient);
  const results = await runKernels(
    device,
    plan.jobs,
    plan.secondPass ? ['sums', 'terms'] : ['sums'],
  );
  const sums = results.get('sums') ?? new Uint32Array();
  const terms = results.get('terms');
  const layout = {
    splits: plan.splits,
    topK: request.topK ?? 10,
    inverseTemperature: 1 / request.temperature,
  };
  return rows.map((pair, index) =>
    finishRow(
      pair,
      request,
      readSums(sums, index, layout),
      terms === undefined ? null : readTerms(terms, index, plan.splits),
    ),
  );
}

/** Parts of a row that run as workgroups of their own. */
export function splitsFor(rows: number, vocab: number, workgroups: number): number {
  const useful = Math.ceil(vocab / MIN_SPLIT_ENTRIES);
  return Math.max(1, Math.min(useful, Math.ceil(workgroups / rows), MAX_SPLITS));
}

function planJobs(
  device: GPUDevice,
  student: GpuMatrix,
  teacher: GpuMatrix,
  request: DivergenceRequest,
  gradient: GpuMatrix | undefined,
) {
  const { rows, vocab } = request;
  const accesses: RowAccess[] = [
    { name: 'student logits', matrix: student, rowOf: (i) => rows[i].student },
    { name: 'teacher logits', matrix: teacher, rowOf: (i) => rows[i].teacher },
  ];
  if (gradient !== undefined) {
    accesses.push({ name: 'gradient', matrix: gradient, rowOf: (i) => rows[i].student });
  }
  const chunks = chunkRows(device.limits, accesses, rows.length);
  const splits = splitsFor(rows.length, vocab, deviceShape(device).workgroups);
  const stride = SUMS_HEAD_WORDS + 6 * (request.topK ?? 10);
  const secondPass =
    needsTerms(request) ||
    (gradient !== undefined && rows.some((pair) => lossOf(pair, request).kind === 'reverse-kl'));
  const pairs = packPairs(accesses, chunks, request);
  const shared: Record<'pairs' | 'sums' | 'terms', KernelBinding> = {
    pairs: { kind: 'upload', usage: 'storage', data: pairs },
    sums: { kind: 'scratch', name: 'sums', size: rows.length * splits * stride * 4 },
    terms: { kind: 'scratch', name: 'terms', size: rows.length * splits * TERM_WORDS * 4 },
  };

  const jobs: KernelJob[] = [];
  for (const chunk of chunks) {
    const windows = accesses.map(({ matrix }, a): KernelBinding => {
      return { kind: 'buffer', buffer: matrix.buffer, ...chunk.windows[a] };
    });
    const params = packParams(request, chunk.first, splits, stride, gradient?.cols ?? 0);
    const inputs: KernelBinding[] = [
      windows[0],
      windows[1],
      shared.pairs,
      { kind: 'upload', usage: 'uniform', data: params },
      shared.sums,
    ];
    const grid = [chunk.count, splits, 1] as const;
    jobs.push({ ...divergenceKernels.sums, bindings: inputs, grid });
    if (secondPass) {
      jobs.push({ ...divergenceKernels.terms, bindings: [...inputs, shared.terms], grid });
    }
    if (gradient !== undefined) {
      const bindings = [...inputs, shared.terms, windows[2]];
      jobs.push({ ...divergenceKernels.gradient, bindings, grid });
    }
  }
  return { jobs, splits, secondPass };
}

function packPairs(
  accesses: readonly RowAccess[],
  chunks: readonly RowChunk[],
  request: DivergenceRequest,
): Uint32Array {
  const words = new Uint32Array(request.rows.length * PAIR_WORDS);
  const floats = new Float32Array(words.buffer);
  for (const { first, count, windows } of chunks) {
    for (let i = first; i < first + count; i++) {
      const pair = request.rows[i];
      const at = i * PAIR_WORDS;
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
    }
  }
  return words;
}

function packParams(
  request: DivergenceRequest,
  firstPair: number,
  splits: number,
  stride: number,
  gradientCols: number,
): Uint32Array {
  const { vocab, clip, jsdBeta } = request;
  const words = new Uint32Array(PARAM_WORDS);
  const floats = new Float32Array(words.buffer);
  words[0] = vocab;
  words[1] = firstPair;
  words[2] = splits;
  words[3] = Math.ceil(vocab / splits);
  words[4] = request.topK ?? 10;
  words[5] = stride;
  floats[6] = 1 / request.temperature;
  floats[7] = clip.kind === 'none' ? 0 : clip.value;
  words[8] = CLIP_CODES[clip.kind];
  words[9] = jsdBeta === undefined ? 0 : 1;
  words[10] = gradientCols;
  return words;
}

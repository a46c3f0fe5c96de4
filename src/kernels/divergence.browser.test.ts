import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Clip, Divergence } from '../method/types.ts';
import { freeKernelBuffers } from './buffers.ts';
import { measureOnGpu, prepareDivergence } from './divergence.ts';
import { measureOnCpu } from './divergence-cpu.ts';
import { testDevice, uploadMatrix } from './test-device.ts';
import { errorInTolerances, type LogitFamily, makeLogits } from './test-logits.ts';
import type { CpuMatrix, DivergenceRequest, DivergenceRow } from './types.ts';

let device: GPUDevice;
beforeAll(async () => {
  device = await testDevice();
  await prepareDivergence(device);
});
afterAll(() => {
  freeKernelBuffers(device);
  device.destroy();
});

const FIGURES = [
  'forwardKl',
  'reverseKl',
  'jsd',
  'loss',
  'studentLogProb',
  'teacherLogProb',
  'studentEntropy',
  'teacherEntropy',
  'studentTail',
  'teacherTail',
] as const;

/** Largest error of each figure, in tolerances (1 = 1e-6 absolute or 1e-5 relative). */
function compareRows(actual: DivergenceRow[], expected: DivergenceRow[]): Record<string, number> {
  const worst: Record<string, number> = {};
  const note = (name: string, a: number | null, e: number | null) => {
    const error = errorInTolerances(a ?? 0, e ?? 0);
    worst[name] = Math.max(worst[name] ?? 0, error);
  };
  expect(actual).toHaveLength(expected.length);
  actual.forEach((row, r) => {
    const twin = expected[r];
    for (const figure of FIGURES) note(figure, row[figure], twin[figure]);
    expect(row.nonFinite).toEqual(twin.nonFinite);
    expect(row.clipped).toBe(twin.clipped);
    for (const side of ['studentTop', 'teacherTop'] as const) {
      expect(row[side].map((entry) => entry.id)).toEqual(twin[side].map((entry) => entry.id));
      row[side].forEach((entry, i) => {
        note(`${side}.p`, entry.p, twin[side][i].p);
        note(`${side}.otherP`, entry.otherP, twin[side][i].otherP);
        note(`${side}.term`, entry.term, twin[side][i].term);
      });
    }
  });
  return worst;
}

/** Measures on both, gradients included, and returns the largest errors in tolerances. */
async function holdTogether(
  logits: { student: CpuMatrix; teacher: CpuMatrix },
  request: DivergenceRequest,
): Promise<Record<string, number>> {
  const cols = logits.student.cols;
  const rows = logits.student.rows;
  const cpuGradient = { data: new Float32Array(rows * cols), rows, cols };
  const expected = measureOnCpu(logits.student, logits.teacher, request, cpuGradient);
  const student = uploadMatrix(device, logits.student);
  const teacher = uploadMatrix(device, logits.teacher);
  const gradient = uploadMatrix(device, cpuGradient);
  const actual = await measureOnGpu(device, student, teacher, request, gradient);
  const worst = compareRows(actual, expected);
  const gpuGradient = await gradient.read();
  worst.gradient = 0;
  for (const { student: row } of request.rows) {
    for (let v = row * cols; v < (row + 1) * cols; v++) {
      const error = errorInTolerances(gpuGradient[v], cpuGradient.data[v]);
      worst.gradient = Math.max(worst.gradient, error);
    }
  }
  for (const matrix of [student, teacher, gradient]) matrix.buffer.destroy();
  return worst;
}

function requestFor(rows: number, vocab: number, options: Partial<DivergenceRequest> = {}) {
  const request: DivergenceRequest = {
    vocab,
    rows: Array.from({ length: rows }, (_, row) => ({
      student: row,
      teacher: rows - 1 - row,
      sampledId: (row * 7) % vocab,
      weight: 1 / (row + 1),
    })),
    temperature: 1,
    clip: { kind: 'none' },
    ...options,
  };
  return request;
}

const LOSSES: Divergence[] = [
  { kind: 'forward-kl' },
  { kind: 'reverse-kl' },
  { kind: 'jsd', beta: 0.5 },
  { kind: 'jsd', beta: 0.1 },
];
const CLIPS: Clip[] = [
  { kind: 'none' },
  { kind: 'token', value: 0.05 },
  { kind: 'entry', value: 0.01 },
];

function expectWithin(worst: Record<string, number>, where: string) {
  const above = Object.entries(worst).filter(([, error]) => !(error <= 1));
  expect(above, where).toEqual([]);
}

describe('the GPU kernel equals its CPU twin within 1e-6 absolute or 1e-5 relative', () => {
  const families: LogitFamily[] = ['random', 'close', 'extreme', 'tied', 'masked'];
  it.each(families)('on %s logits, for every loss, clip and gradient', async (family) => {
    for (const divergence of LOSSES) {
      for (const clip of CLIPS) {
        const request = requestFor(3, 1537, { divergence, clip, jsdBeta: 0.5, temperature: 1.1 });
        const worst = await holdTogether(makeLogits(family, 3, 1537, 5), request);
        if (import.meta.env.VITE_KERNEL_ERRORS) console.log(family, divergence, clip, worst);
        expectWithin(worst, `${family} ${divergence.kind} ${clip.kind}`);
      }
    }
  });

  it('where one side masks what the other allows', async () => {
    for (const divergence of LOSSES) {
      for (const clip of CLIPS) {
        const request = requestFor(2, 301, { divergence, clip });
        const worst = await holdTogether(makeLogits('masked', 2, 301, 6, true), request);
        expectWithin(worst, `${divergence.kind} ${clip.kind}`);
      }
    }
  });

  it.each([1, 2, 255, 257, 1023])('with a vocabulary of %i', async (vocab) => {
    const request = requestFor(2, vocab, { topK: 64, jsdBeta: 0.5 });
    expectWithin(await holdTogether(makeLogits('tied', 2, vocab, 7), request), `${vocab}`);
  });

  it('with a real vocabulary of 151,936, split over workgroups', async () => {
    for (const family of ['random', 'close', 'extreme'] as const) {
      const request = requestFor(2, 151_936, {
        divergence: { kind: 'jsd', beta: 0.5 },
        topK: 20,
      });
      const worst = await holdTogether(makeLogits(family, 2, 151_936, 8), request);
      if (import.meta.env.VITE_KERNEL_ERRORS) console.log(family, worst);
      expectWithin(worst, family);
    }
  });
});

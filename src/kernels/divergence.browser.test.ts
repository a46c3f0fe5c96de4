import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toErrorRecord } from '../base/errors.ts';
import type { Clip, Divergence } from '../method/types.ts';
import { freeKernelBuffers } from './buffers.ts';
import { CPU_SHAPE, GPU_SHAPE, setDeviceShape } from './device-shape.ts';
import { measureOnGpu, prepareDivergence } from './divergence.ts';
import { measureOnCpu } from './divergence-cpu.ts';
import { testDevice, uploadMatrix } from './fixtures/device.ts';
import { type LogitFamily, makeLogits } from './fixtures/logits.ts';
import { canClip, compareRows, expectWithin, holdTogether, requestFor } from './fixtures/parity.ts';
import type { CpuMatrix, GpuMatrix, RowLoss } from './types.ts';

let device: GPUDevice;
beforeAll(async () => {
  device = await testDevice();
  await prepareDivergence(device);
});
afterAll(() => {
  freeKernelBuffers(device);
  device.destroy();
});

const LOSSES: RowLoss[] = [
  { kind: 'forward-kl' },
  { kind: 'reverse-kl' },
  { kind: 'jsd', beta: 0.5 },
  { kind: 'jsd', beta: 0.1 },
  { kind: 'cross-entropy' },
];
const CLIPS: Clip[] = [
  { kind: 'none' },
  { kind: 'token', value: 0.05 },
  { kind: 'entry', value: 0.01 },
];

describe.each([
  ['of a GPU', GPU_SHAPE],
  ['of WebGPU on the CPU', CPU_SHAPE],
])(
  'cut into the workgroups %s, the kernel equals its CPU twin within 1e-6 absolute or 1e-5 relative',
  (_, shape) => {
    beforeAll(() => {
      setDeviceShape(device, shape);
    });

    const families: LogitFamily[] = ['random', 'close', 'extreme', 'tied', 'masked'];
    it.each(families)('on %s logits, for every loss, clip and gradient', async (family) => {
      for (const divergence of LOSSES) {
        for (const clip of CLIPS.filter((clip) => canClip(divergence, clip))) {
          const request = requestFor(3, 1537, { divergence, clip, jsdBeta: 0.5, temperature: 1.1 });
          const worst = await holdTogether(device, makeLogits(family, 3, 1537, 5), request);
          expectWithin(worst, `${family} ${divergence.kind} ${clip.kind}`);
        }
      }
    });

    it('where one side masks what the other allows', async () => {
      for (const divergence of LOSSES) {
        for (const clip of CLIPS.filter((clip) => canClip(divergence, clip))) {
          const request = requestFor(2, 301, { divergence, clip });
          const worst = await holdTogether(device, makeLogits('masked', 2, 301, 6, true), request);
          expectWithin(worst, `${divergence.kind} ${clip.kind}`);
        }
      }
    });

    it.each([1, 2, 255, 257, 1023])('with a vocabulary of %i', async (vocab) => {
      const request = requestFor(2, vocab, { topK: 64, jsdBeta: 0.5 });
      expectWithin(
        await holdTogether(device, makeLogits('tied', 2, vocab, 7), request),
        `${vocab}`,
      );
    });

    it('with a real vocabulary of 151,936, split over workgroups', async () => {
      for (const family of ['close', 'extreme'] as const) {
        const request = requestFor(1, 151_936, {
          divergence: { kind: 'jsd', beta: 0.5 },
          topK: 20,
        });
        const worst = await holdTogether(device, makeLogits(family, 1, 151_936, 8), request);
        expectWithin(worst, family);
      }
    });
  },
);

describe('whatever is asked', () => {
  it('the kernel equals its CPU twin', async () => {
    const divergence: fc.Arbitrary<Divergence> = fc.oneof(
      fc.constantFrom<Divergence>({ kind: 'forward-kl' }, { kind: 'reverse-kl' }),
      fc
        .oneof(fc.constantFrom(0, 1), fc.double({ min: 1e-6, max: 1 - 1e-6, noNaN: true }))
        .map((beta) => ({ kind: 'jsd' as const, beta })),
    );
    const clip: fc.Arbitrary<Clip> = fc.oneof(
      fc.constant<Clip>({ kind: 'none' }),
      fc.record({
        kind: fc.constantFrom('token' as const, 'entry' as const),
        value: fc.double({ min: 1e-3, max: 2, noNaN: true }),
      }),
    );
    const cases = fc.record({
      family: fc.constantFrom<LogitFamily>('random', 'close', 'extreme', 'tied', 'masked'),
      vocab: fc.oneof(
        fc.integer({ min: 1, max: 700 }),
        fc.integer({ min: 1, max: 1300 }).map((n) => 4 * n),
      ),
      seed: fc.nat(),
      oneSided: fc.boolean(),
      temperature: fc.double({ min: 0.3, max: 3, noNaN: true }),
      topK: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 64 })),
      divergence,
      clip,
      shape: fc.constantFrom(GPU_SHAPE, CPU_SHAPE),
    });
    await fc.assert(
      fc.asyncProperty(cases, async ({ family, vocab, seed, oneSided, shape, ...options }) => {
        setDeviceShape(device, shape);
        const logits = makeLogits(family, 2, vocab, seed, oneSided);
        const request = { ...requestFor(2, vocab), ...options };
        expectWithin(await holdTogether(device, logits, request), `${family} ${vocab}`);
      }),
      { numRuns: 40, seed: 1 },
    );
  });
});

describe('logits that the fast loops must leave to the careful ones', () => {
  it('are those with a surprise anywhere', async () => {
    const surprises = [
      Number.NEGATIVE_INFINITY,
      -1e30,
      -3.4e38,
      -9e29,
      9e29,
      500,
      60,
      30,
      -200,
      Number.NaN,
      Number.POSITIVE_INFINITY,
    ];
    const cases = fc.record({
      at: fc.nat(2047),
      surprise: fc.constantFrom(...surprises),
      sides: fc.constantFrom('student', 'teacher', 'both'),
      shape: fc.constantFrom(GPU_SHAPE, CPU_SHAPE),
      divergence: fc.constantFrom(...LOSSES),
    });
    await fc.assert(
      fc.asyncProperty(cases, async ({ at, surprise, sides, shape, divergence }) => {
        setDeviceShape(device, shape);
        const logits = makeLogits('close', 1, 2048, 81);
        if (sides !== 'teacher') logits.student.data[at] = surprise;
        if (sides !== 'student') logits.teacher.data[at] = surprise;
        const request = requestFor(1, 2048, { divergence, topK: 0, jsdBeta: 0.5 });
        expectWithin(await holdTogether(device, logits, request), `${surprise} ${divergence.kind}`);
      }),
      { numRuns: 60, seed: 2 },
    );
  });
});

describe('rows in their buffers', () => {
  const { student, teacher } = makeLogits('random', 5, 77, 9);
  const request = requestFor(3, 70, { jsdBeta: 0.5, topK: 4 });

  /** The same logits with a gap before, between and after the rows. */
  function spread(matrix: CpuMatrix): CpuMatrix {
    const rowStride = 101;
    const offset = 13;
    const data = new Float32Array(offset + matrix.rows * rowStride).fill(Number.NaN);
    for (let row = 0; row < matrix.rows; row++) {
      const source = matrix.data.subarray(row * matrix.cols, (row + 1) * matrix.cols);
      data.set(source, offset + row * rowStride);
    }
    return { ...matrix, data, rowStride, offset };
  }

  it('are found by offset and stride, in buffers larger than the data', async () => {
    const expected = measureOnCpu(student, teacher, request);
    const actual = await measureOnGpu(
      device,
      uploadMatrix(device, spread(student), 1024),
      uploadMatrix(device, spread(teacher), 256),
      request,
    );
    expectWithin(compareRows(actual, expected), 'spread');
    expect(measureOnCpu(spread(student), spread(teacher), request)).toEqual(expected);
  });

  it('may be listed in any order, and a teacher row more than once', async () => {
    const rows = [4, 0, 2, 2, 1].map((row, i) => ({
      student: i,
      teacher: row,
      sampledId: i,
      divergence: LOSSES[i % LOSSES.length],
    }));
    const mixed = { ...request, rows, clip: { kind: 'token', value: 0.5 } as const };
    const worst = await holdTogether(device, { student, teacher }, mixed);
    expectWithin(worst, 'mixed');
  });

  it('are compared on the common part of two padded vocabularies; the gradient is zero beyond it', async () => {
    const wide = makeLogits('random', 3, 96, 10).teacher;
    const logits = { student: makeLogits('random', 3, 77, 10).student, teacher: wide };
    const worst = await holdTogether(device, logits, requestFor(3, 70));
    expectWithin(worst, 'padded');
  });

  it('that would take more memory than the budget are measured in several submissions', async () => {
    const rows = [4, 0, 2, 3, 1].map((row, i) => ({ student: i, teacher: row, sampledId: i }));
    const tight = { ...request, rows, memoryBudget: 2560 };
    expectWithin(await holdTogether(device, { student, teacher }, tight), 'budget');
  });

  it('of which one holds a NaN say so, and the others are measured', async () => {
    const broken = makeLogits('random', 3, 77, 12);
    broken.student.data[77 + 30] = Number.NaN;
    broken.teacher.data[2] = Number.POSITIVE_INFINITY;
    const rows = [0, 1, 2].map((row) => ({ student: row, teacher: row, sampledId: 0 }));
    const worst = await holdTogether(device, broken, { ...request, rows });
    expectWithin(worst, 'broken');
    const actual = await measureOnGpu(
      device,
      uploadMatrix(device, broken.student),
      uploadMatrix(device, broken.teacher),
      { ...request, rows },
    );
    expect(actual.map((row) => row.nonFinite)).toEqual([
      { side: 'teacher', index: 2, value: 'infinity' },
      { side: 'student', index: 30, value: 'nan' },
      null,
    ]);
  });

  it('further apart than the device binds at once are measured in chunks', async () => {
    const rowStride = device.limits.maxStorageBufferBindingSize / 4 + 64;
    const buffer = device.createBuffer({
      size: (rowStride + 77) * 4,
      usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST,
    });
    for (const row of [0, 1]) {
      const data = Float32Array.from(student.data.subarray(row * 77, (row + 1) * 77));
      device.queue.writeBuffer(buffer, row * rowStride * 4, data);
    }
    const apart = { buffer, rows: 2, cols: 77, rowStride };
    const rows = [0, 1, 0].map((row, i) => ({ student: row, teacher: i, sampledId: i }));
    const actual = await measureOnGpu(device, apart, uploadMatrix(device, teacher), {
      ...request,
      rows,
    });
    const expected = measureOnCpu(student, teacher, { ...request, rows });
    expectWithin(compareRows(actual, expected), 'chunks');
    buffer.destroy();
  });
});

describe('a job the GPU cannot do', () => {
  const logits = makeLogits('random', 2, 64, 14);
  const request = requestFor(2, 64);
  const codeOf = (run: Promise<unknown>) =>
    run.then(
      () => 'none',
      (error: unknown) => toErrorRecord(error).code,
    );

  it('is refused by name before anything is dispatched', async () => {
    const student = uploadMatrix(device, logits.student);
    const teacher = uploadMatrix(device, logits.teacher);
    const code = (a: GpuMatrix, b: GpuMatrix, g?: GpuMatrix) =>
      codeOf(measureOnGpu(device, a, b, request, g));
    expect(await code({ ...student, rows: 3 }, teacher)).toBe('kernels.buffer-too-small');
    expect(await code(student, { ...teacher, rowStride: 60 })).toBe('kernels.shape');
    expect(await code(student, { ...teacher, cols: 32, rowStride: 64 })).toBe('kernels.vocab');
    expect(await code(student, teacher, student)).toBe('kernels.gradient-buffer');
    for (const memoryBudget of [0, 256]) {
      const poor = measureOnGpu(device, student, teacher, { ...request, memoryBudget });
      expect(await codeOf(poor)).toBe('kernels.memory-budget');
    }
    const uniform = device.createBuffer({ size: 512, usage: GPUBufferUsage.UNIFORM });
    expect(await code({ ...student, buffer: uniform }, teacher)).toBe('kernels.buffer-usage');
  });

  it('with a buffer of another device or a destroyed one is an error, not a figure', async () => {
    const other = await testDevice();
    const foreign = uploadMatrix(other, logits.student);
    const teacher = uploadMatrix(device, logits.teacher);
    const run = measureOnGpu(device, foreign, teacher, request);
    const record = await run.then(() => null, toErrorRecord);
    expect([record?.code, record?.where]).toEqual(['gpu.wrong-device', 'student logits']);
    const gone = uploadMatrix(device, logits.student);
    gone.buffer.destroy();
    expect(await codeOf(measureOnGpu(device, gone, teacher, request))).toBe('gpu.invalid');
    other.destroy();
  });

  it('because the device was lost says so', async () => {
    const doomed = await testDevice();
    const student = uploadMatrix(doomed, logits.student);
    const teacher = uploadMatrix(doomed, logits.teacher);
    const short = { ...request, topK: 0 };
    const running = codeOf(measureOnGpu(doomed, student, teacher, short));
    doomed.destroy();
    expect(['none', 'gpu.device-lost']).toContain(await running);
    expect(await codeOf(measureOnGpu(doomed, student, teacher, short))).toBe('gpu.device-lost');
  });

  it('leaves the next one untouched', async () => {
    expectWithin(await holdTogether(device, logits, request), 'after errors');
  });
});

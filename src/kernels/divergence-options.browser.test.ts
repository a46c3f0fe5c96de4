import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toErrorRecord } from '../base/errors.ts';
import type { Clip, Divergence } from '../method/types.ts';
import { CPU_SHAPE, GPU_SHAPE, setDeviceShape } from './device-shape.ts';
import { measureOnGpu } from './divergence.ts';
import { testDevice, uploadMatrix } from './fixtures/device.ts';
import { toHalf } from './fixtures/half.ts';
import { makeLogits } from './fixtures/logits.ts';
import { canClip, expectWithin, holdTogether, requestFor } from './fixtures/parity.ts';
import type { DivergencePair, DivergenceRequest, RowLoss } from './types.ts';

const LOSSES: Divergence[] = [
  { kind: 'forward-kl' },
  { kind: 'reverse-kl' },
  { kind: 'jsd', beta: 0.5 },
  { kind: 'jsd', beta: 0.2 },
];
const CLIPS: Clip[] = [
  { kind: 'none' },
  { kind: 'token', value: 0.5 },
  { kind: 'entry', value: 0.01 },
];

const codeOf = (run: Promise<unknown>) =>
  run.then(
    () => 'none',
    (error: unknown) => toErrorRecord(error).code,
  );

let device: GPUDevice;
beforeAll(async () => {
  device = await testDevice();
});
afterAll(() => {
  device.destroy();
});

describe('a device with subgroups', () => {
  let grouped: GPUDevice;
  beforeAll(async () => {
    grouped = await testDevice(['subgroups']);
  });
  afterAll(() => {
    grouped.destroy();
  });

  // Only the first read and the merge are written with subgroups, and gradients show the merge: lists and the second
  // read are the same code as elsewhere, so one shape, which stands nowhere else, is enough for them.
  it.each([
    ['a GPU', GPU_SHAPE, { topK: 0 }],
    ['WebGPU on the CPU', CPU_SHAPE, { topK: 0 }],
    ['one of its subgroups', { lanes: 16, workgroups: 8 }, { jsdBeta: 0.5, topK: 5 }],
  ])('measures the same, cut for %s', async (_, shape, options) => {
    setDeviceShape(grouped, shape);
    for (const family of ['random', 'extreme', 'masked'] as const) {
      for (const vocab of [3, 1537, 8192]) {
        const request = requestFor(2, vocab, options);
        const worst = await holdTogether(grouped, makeLogits(family, 2, vocab, 41, true), request);
        expectWithin(worst, `${family} ${vocab}`);
      }
    }
  });
});

describe('rows of 262,144 entries', () => {
  it('lose no digits to long sums', async () => {
    setDeviceShape(device, { ...CPU_SHAPE, workgroups: 1 });
    for (const family of ['random', 'masked'] as const) {
      const divergence: Divergence = { kind: 'jsd', beta: 0.5 };
      const request = requestFor(2, 262_144, { divergence, topK: 0 });
      const logits = makeLogits(family, 2, 262_144, 45);
      expectWithin(await holdTogether(device, logits, request), family);
      const clipped = { ...request, clip: { kind: 'entry', value: 0.001 } as const };
      expectWithin(await holdTogether(device, logits, clipped), `${family}, clipped`);
    }
  });
});

describe('rows with caps of their own', () => {
  it.each(CLIPS)('have loss and gradient of the twin, clip $kind', async (clip) => {
    for (const divergence of LOSSES) {
      const { rows, ...request } = requestFor(6, 1537, { divergence, clip, topK: 0 });
      const capped = rows.map((row, i) =>
        i % 2 === 0 ? row : { ...row, cap: [0.02, 1e3][(i % 4) >> 1] },
      );
      const logits = makeLogits('masked', 6, 1537, 47, true);
      const name = `${divergence.kind} ${clip.kind}`;
      expectWithin(await holdTogether(device, logits, { ...request, rows: capped }), name);
    }
  });

  it('have no gradient above them', async () => {
    const { student, teacher } = makeLogits('random', 2, 300, 48);
    const { rows, ...request } = requestFor(2, 300);
    const capped = [{ ...rows[0], cap: 0.02 }, rows[1]];
    const gradient = uploadMatrix(device, {
      data: new Float32Array(600).fill(9),
      rows: 2,
      cols: 300,
    });
    const sides = [uploadMatrix(device, student), uploadMatrix(device, teacher)] as const;
    const measured = await measureOnGpu(device, ...sides, { ...request, rows: capped }, gradient);
    expect(measured.map(({ loss, clipped }) => [loss === 0.02, clipped])).toEqual([
      [true, true],
      [false, false],
    ]);
    const values = await gradient.read();
    expect(values.subarray(0, 300).every((value) => value === 0)).toBe(true);
    expect(values.subarray(300).some((value) => value !== 0)).toBe(true);
  });
});

describe('several teachers', () => {
  const student = makeLogits('random', 6, 308, 51).student;
  const teachers = [
    makeLogits('random', 2, 300, 52).teacher,
    makeLogits('random', 6, 308, 51).teacher,
    makeLogits('masked', 3, 311, 53).teacher,
  ];
  const rows: DivergencePair[] = [2, 0, 1, 0, 1, 1].map((teacherIndex, i) => ({
    student: (5 * i) % 6,
    teacher: i % teachers[teacherIndex].rows,
    teacherIndex,
    sampledId: i,
    divergence: LOSSES[i % LOSSES.length],
    weight: 0.1 * (i + 1),
  }));

  it.each(CLIPS)('each supervise their own rows in one request, clip $kind', async (clip) => {
    const request = { ...requestFor(6, 300), rows, clip };
    expectWithin(await holdTogether(device, { student, teacher: teachers }, request), clip.kind);
  });

  it('are refused by name where an index leads to none', async () => {
    const matrices = teachers.map((teacher) => uploadMatrix(device, teacher));
    const request = { ...requestFor(1, 300), rows: [{ ...rows[0], teacherIndex: 3 }] };
    const run = measureOnGpu(device, uploadMatrix(device, student), matrices, request);
    expect(await codeOf(run)).toBe('kernels.teacher-index');
  });
});

describe('half floats', () => {
  it.each([
    ['both sides', true, true],
    ['the student', true, false],
    ['the teacher', false, true],
  ])('on %s are measured as the numbers they are', async (_, halfStudent, halfTeacher) => {
    for (const vocab of [1, 77, 300, 1024]) {
      const { student, teacher } = makeLogits('masked', 3, vocab, 61, true);
      const logits = {
        student: halfStudent ? toHalf(student) : student,
        teacher: halfTeacher ? toHalf(teacher) : teacher,
      };
      for (const divergence of LOSSES) {
        const request = requestFor(3, vocab, { divergence, topK: 3 });
        expectWithin(await holdTogether(device, logits, request), `${vocab} ${divergence.kind}`);
      }
    }
  });

  it('may begin and end within a word', async () => {
    const { student, teacher } = makeLogits('random', 3, 77, 62);
    const shifted = (matrix: typeof student) => {
      const data = new Float32Array(3 * 81);
      for (let row = 0; row < 3; row++) {
        data.set(matrix.data.subarray(row * 77, (row + 1) * 77), 3 + row * 79);
      }
      return toHalf({
        ...matrix,
        data: data.subarray(0, 3 + 2 * 79 + 77),
        offset: 3,
        rowStride: 79,
      });
    };
    const straight = { student: toHalf(student), teacher: toHalf(teacher) };
    const request = requestFor(3, 77, { jsdBeta: 0.5 });
    const bent = { student: shifted(student), teacher: shifted(teacher) };
    const measure = (logits: typeof straight) =>
      measureOnGpu(
        device,
        uploadMatrix(device, logits.student),
        uploadMatrix(device, logits.teacher),
        request,
      );
    expect(await measure(bent)).toEqual(await measure(straight));
  });

  it('say where one is NaN or infinite', async () => {
    const { student, teacher } = makeLogits('random', 2, 64, 63);
    student.data[9] = Number.NaN;
    teacher.data[64 + 3] = Number.POSITIVE_INFINITY;
    const rows = [0, 1].map((row) => ({ student: row, teacher: row, sampledId: 0 }));
    const actual = await measureOnGpu(
      device,
      uploadMatrix(device, toHalf(student)),
      uploadMatrix(device, toHalf(teacher)),
      { ...requestFor(2, 64), rows },
    );
    expect(actual.map((row) => row.nonFinite)).toEqual([
      { side: 'student', index: 9, value: 'nan' },
      { side: 'teacher', index: 3, value: 'infinity' },
    ]);
  });
});

describe('a gradient in place of the logits', () => {
  const losses: RowLoss[] = [...LOSSES, { kind: 'cross-entropy' }];
  it.each(losses)('of $kind is the one that would be written elsewhere', async (divergence) => {
    for (const vocab of [76, 301]) {
      for (const clip of CLIPS.filter((clip) => canClip(divergence, clip))) {
        const logits = makeLogits('masked', 3, 308, 71, true);
        const request = requestFor(3, vocab, { divergence, clip, inPlace: true });
        expectWithin(await holdTogether(device, logits, request), `${vocab} ${clip.kind}`);
      }
    }
  });

  it('is refused where a row or a teacher would be read after it was written', async () => {
    const { student } = makeLogits('random', 2, 64, 72);
    const matrix = uploadMatrix(device, student);
    const half = uploadMatrix(device, toHalf(student));
    const request: DivergenceRequest = requestFor(2, 64, { inPlace: true });
    const twice = { ...request, rows: [request.rows[0], request.rows[0]] };
    const code = (...args: Parameters<typeof measureOnGpu>) => codeOf(measureOnGpu(...args));
    const other = uploadMatrix(device, student);
    expect(await code(device, matrix, matrix, request, matrix)).toBe('kernels.gradient-buffer');
    expect(await code(device, matrix, other, request, other)).toBe('kernels.gradient-buffer');
    expect(await code(device, matrix, other, twice, matrix)).toBe('kernels.row-twice');
    expect(await code(device, half, other, request, half)).toBe('kernels.gradient-format');
  });
});

/** Half-float logits on the GPU are drawn from, measured and read as their float32 twins in memory. */

import { expect, test } from 'vitest';
import { widenHalves } from '../base/half-floats.ts';
import { testDevice, uploadMatrix } from '../kernels/fixtures/device.ts';
import { toHalf } from '../kernels/fixtures/half.ts';
import { makeLogits } from '../kernels/fixtures/logits.ts';
import type { CpuMatrix } from '../kernels/types.ts';
import type { Logits } from '../model/runtime/tensors.ts';
import { type FigurePair, LogitOps } from './logit-ops.ts';

const ROWS = 3;
/** Odd, so that rows begin in the middle of a word. */
const VOCAB = 301;
const RELEASED = { batch: 1, rows: ROWS, vocab: VOCAB, release: () => undefined };

test('half floats on the GPU give what their float32 twins in memory give', async () => {
  const device = await testDevice();
  const drawn = makeLogits('random', ROWS, VOCAB, 5);
  const gpu = (matrix: CpuMatrix): Logits => {
    const { buffer } = uploadMatrix(device, toHalf(matrix));
    return { ...RELEASED, kind: 'gpu', buffer, format: 'f16' };
  };
  const memory = (matrix: CpuMatrix): Logits => {
    return { ...RELEASED, kind: 'memory', data: widenHalves(toHalf(matrix).data) };
  };
  const onGpu = new LogitOps(device);
  const inMemory = new LogitOps(null);
  const run = async (ops: LogitOps, student: Logits, teacher: Logits) => {
    const sampling = { temperature: 1, topK: 20, topP: 0.9, bannedIds: [3] };
    const rows = [2, 0, 1].map((row) => ({ row, seed: 7, step: row, stream: row }));
    const tokens = await ops.draw(student, { ...sampling, rows });
    const pairs = [0, 1, 2].map((row): FigurePair => {
      return {
        student: { logits: student, row },
        teacher: { logits: teacher, row },
        sampledId: row,
      };
    });
    const gradient = ops.gradientOf(student);
    const request = { temperature: 1, clip: { kind: 'none' }, topK: 0 } as const;
    const figures = await ops.measure(pairs, request, gradient);
    const slope = await ops.readRows(gradient);
    const read = await ops.readRows(student, 1, 1);
    return { tokens: tokens.map(({ id }) => id), figures, slope, read };
  };
  const found = await run(onGpu, gpu(drawn.student), gpu(drawn.teacher));
  const expected = await run(inMemory, memory(drawn.student), memory(drawn.teacher));
  expect(found.tokens).toEqual(expected.tokens);
  expect([...found.read]).toEqual([...expected.read]);
  for (const [i, { loss, studentEntropy }] of expected.figures.entries()) {
    expect(Math.abs(found.figures[i].loss - loss)).toBeLessThan(1e-5);
    expect(Math.abs(found.figures[i].studentEntropy - studentEntropy)).toBeLessThan(1e-5);
  }
  for (const [i, value] of expected.slope.entries())
    expect(Math.abs(found.slope[i] - value)).toBeLessThan(1e-6);
  await expect(inMemory.measure([], { temperature: 1, clip: { kind: 'none' } })).resolves.toEqual(
    [],
  );
  const [student, teacher] = [gpu(drawn.student), memory(drawn.teacher)];
  const mixed = {
    student: { logits: student, row: 0 },
    teacher: { logits: teacher, row: 0 },
    sampledId: 0,
  };
  await expect(
    onGpu.measure([mixed], { temperature: 1, clip: { kind: 'none' } }),
  ).rejects.toMatchObject({ record: { code: 'engine.mixed-backends' } });
  device.destroy();
});

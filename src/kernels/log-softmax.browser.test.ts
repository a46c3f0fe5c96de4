import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CPU_SHAPE, GPU_SHAPE, setDeviceShape } from './device-shape.ts';
import { testDevice, uploadMatrix } from './fixtures/device.ts';
import { errorInTolerances, type LogitFamily, makeLogits } from './fixtures/logits.ts';
import { logSoftmaxOnGpu } from './log-softmax.ts';
import { logSoftmaxOnCpu } from './log-softmax-cpu.ts';
import type { CpuMatrix } from './types.ts';

let device: GPUDevice;
beforeAll(async () => {
  device = await testDevice();
});
afterAll(() => {
  device.destroy();
});

async function bothWays(logits: CpuMatrix, temperature: number) {
  const expected = logSoftmaxOnCpu(logits, temperature);
  const { rows, cols } = logits;
  const input = uploadMatrix(device, logits, 48);
  const out = uploadMatrix(device, { data: new Float32Array(rows * cols), rows, cols });
  await logSoftmaxOnGpu(device, input, out, temperature);
  const actual = await out.read();
  for (const { buffer } of [input, out]) buffer.destroy();
  return { actual, expected };
}

describe.each([
  ['a GPU', GPU_SHAPE],
  ['WebGPU on the CPU', CPU_SHAPE],
])('log-softmax on the GPU, cut for %s:', (_, shape) => {
  beforeAll(() => {
    setDeviceShape(device, shape);
  });

  const families: LogitFamily[] = ['random', 'extreme', 'tied', 'masked'];
  it.each(families)('equals its CPU twin on %s logits', async (family) => {
    for (const temperature of [0.7, 1, 1.1]) {
      const { student } = makeLogits(family, 3, 1537, 21);
      const { actual, expected } = await bothWays(student, temperature);
      const worst = actual.reduce((w, x, i) => Math.max(w, errorInTolerances(x, expected[i])), 0);
      expect(worst).toBeLessThan(1);
    }
  });

  it('makes a row of NaN out of a row that holds one, and leaves the others alone', async () => {
    const { student } = makeLogits('random', 3, 9, 22);
    student.data[9 + 4] = Number.NaN;
    const { actual } = await bothWays(student, 1);
    expect(Array.from(actual, Number.isNaN).indexOf(true)).toBe(9);
    expect(actual.filter(Number.isNaN)).toHaveLength(9);
  });
});

it('log-softmax refuses half floats by name', async () => {
  const { student } = makeLogits('random', 2, 8, 23);
  const half = { ...uploadMatrix(device, student), format: 'f16' as const };
  const out = uploadMatrix(device, student);
  await expect(logSoftmaxOnGpu(device, half, out, 1)).rejects.toThrow(/logits are half floats/);
});

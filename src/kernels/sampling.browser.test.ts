import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CPU_SHAPE, GPU_SHAPE, setDeviceShape } from './device-shape.ts';
import { testDevice, uploadMatrix } from './fixtures/device.ts';
import { type LogitFamily, makeLogits } from './fixtures/logits.ts';
import { sampleOnGpu } from './sampling.ts';
import { sampleOnCpu } from './sampling-cpu.ts';
import type { CpuMatrix, SampleRequest } from './types.ts';

let device: GPUDevice;
beforeAll(async () => {
  device = await testDevice();
});
afterAll(() => {
  device.destroy();
});

async function bothWays(logits: CpuMatrix, request: SampleRequest) {
  const matrix = uploadMatrix(device, logits, 16);
  const actual = await sampleOnGpu(device, matrix, request);
  matrix.buffer.destroy();
  return { actual, expected: sampleOnCpu(logits, request) };
}

function draws(rows: number, steps: number): SampleRequest['rows'] {
  return Array.from({ length: rows * steps }, (_, i) => ({
    row: i % rows,
    seed: 77,
    step: Math.floor(i / rows),
    stream: i % 3,
  }));
}

describe.each([
  ['a GPU', GPU_SHAPE],
  ['WebGPU on the CPU', CPU_SHAPE],
])('sampling on the GPU gives the same tokens as its CPU twin, cut for %s:', (_, shape) => {
  beforeAll(() => {
    setDeviceShape(device, shape);
  });

  const settings = [
    { temperature: 1, topK: 0, topP: 1 },
    { temperature: 1.1, topK: 20, topP: 0.95 },
    { temperature: 1, topK: 20, topP: 0.9 },
    { temperature: 0.7, topK: 0, topP: 0.9 },
    { temperature: 1, topK: 1, topP: 1 },
    { temperature: 2, topK: 700, topP: 0.99 },
    { temperature: 0, topK: 0, topP: 1 },
  ];
  const families: LogitFamily[] = ['random', 'extreme', 'tied', 'masked'];
  it.each(families)('on %s logits, for every setting', async (family) => {
    for (const setting of settings) {
      const { student } = makeLogits(family, 3, 1537, 31);
      const request = { vocab: 1537, rows: draws(3, 12), bannedIds: [0, 40, 1536], ...setting };
      const { actual, expected } = await bothWays(student, request);
      expect(actual.map((token) => token.id)).toEqual(expected.map((token) => token.id));
      actual.forEach((token, i) => {
        expect(token.logProb).toBeCloseTo(expected[i].logProb, 5);
        expect(token.nonFinite).toBeNull();
      });
    }
  });

  it('with a real vocabulary', async () => {
    const { student } = makeLogits('random', 2, 151_936, 32);
    const request = { vocab: 151_936, rows: draws(2, 2), temperature: 1.1, topK: 20, topP: 0.95 };
    const { actual, expected } = await bothWays(student, request);
    expect(actual.map((token) => token.id)).toEqual(expected.map((token) => token.id));
  });

  it('and says which logit is no number', async () => {
    const { student } = makeLogits('random', 2, 300, 33);
    student.data[300 + 7] = Number.NaN;
    const request = { vocab: 300, rows: draws(2, 1), temperature: 1, topK: 0, topP: 1 };
    const { actual, expected } = await bothWays(student, request);
    expect(actual[1]).toEqual(expected[1]);
    expect(actual[1].nonFinite).toEqual({ index: 7, value: 'nan' });
    expect(actual[0].id).toBe(expected[0].id);
  });
});

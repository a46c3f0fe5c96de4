import { describe, expect, it } from 'vitest';
import { GPU_SHAPE } from './device-shape.ts';
import { planDivergence, scratchBytesOf } from './divergence-plan.ts';
import { planWithinBudget } from './memory-budget.ts';
import { trafficOf } from './traffic.ts';
import type { DivergenceRequest, GpuMatrix } from './types.ts';

function requestFor(rows: number, vocab: number, options: Partial<DivergenceRequest> = {}) {
  const request: DivergenceRequest = {
    vocab,
    rows: Array.from({ length: rows }, (_, i) => ({ student: i, teacher: i, sampledId: 0 })),
    temperature: 1,
    clip: { kind: 'none' },
    topK: 0,
    ...options,
  };
  return request;
}

describe('the bytes that a request moves', () => {
  it('are 8·T·V for the KLs, 20·T·V with their gradient', () => {
    const entries = 64 * 151_936;
    const request = requestFor(64, 151_936);
    expect(trafficOf(request)).toEqual({ read: 8 * entries, written: 0 });
    const { read, written } = trafficOf(request, {}, [{}], { cols: 151_936 });
    expect(read + written).toBe(20 * entries);
    expect(trafficOf(requestFor(64, 151_936, { jsdBeta: 0.5 })).read).toBe(16 * entries);
  });

  it('are half of that for half floats', () => {
    const half = { format: 'f16' } as const;
    expect(trafficOf(requestFor(2, 100), half, [half]).read).toBe(800);
    expect(trafficOf(requestFor(2, 100), half, [{}]).read).toBe(1200);
  });
});

describe('the memory beside the tensors', () => {
  const limits = {
    maxStorageBufferBindingSize: 2 ** 30,
    minStorageBufferOffsetAlignment: 256,
    maxComputeWorkgroupsPerDimension: 65_535,
  };
  const bytesFor = (rows: number, vocab: number, options: Partial<DivergenceRequest>) => {
    const size = rows * vocab * 4;
    const matrix = (): GpuMatrix => ({ buffer: { size } as GPUBuffer, rows, cols: vocab });
    const target = { limits, shape: GPU_SHAPE, subgroups: false };
    const request = requestFor(rows, vocab, options);
    const inputs = { student: matrix(), teachers: [matrix()], gradient: matrix(), request };
    return scratchBytesOf(planDivergence(target, inputs));
  };

  it.each([
    [1024, 151_936],
    [4096, 32_000],
    [64, 262_144],
    [1, 262_144],
    [256, 2048],
  ])('is at most 64 MB for [%i, %i], whatever is asked', (rows, vocab) => {
    const everything = { topK: 64, jsdBeta: 0.5 };
    expect(bytesFor(rows, vocab, everything)).toBeLessThan(64e6);
    expect(bytesFor(rows, vocab, {})).toBeLessThan(4e6);
  });

  it('is cut to the budget: the same rows in several submissions, each within it', () => {
    const [rows, vocab] = [1000, 151_936];
    const inputs = (memoryBudget: number) => {
      const matrix: GpuMatrix = { buffer: { size: 4e9 } as GPUBuffer, rows, cols: vocab };
      const request = requestFor(rows, vocab, { topK: 64, jsdBeta: 0.5, memoryBudget });
      return { student: matrix, teachers: [matrix], gradient: undefined, request };
    };
    const target = { limits, shape: GPU_SHAPE, subgroups: false };
    expect(planWithinBudget(target, inputs(64e6))).toHaveLength(1);
    const batches = planWithinBudget(target, inputs(2e6));
    expect(batches.length).toBeGreaterThan(1);
    expect(batches.flatMap(({ request }) => request.rows)).toEqual(inputs(2e6).request.rows);
    for (const { plan } of batches) expect(scratchBytesOf(plan)).toBeLessThanOrEqual(2e6);
    expect(() => planWithinBudget(target, inputs(100))).toThrow(/more than the budget/);
  });
});

import { describe, expect, it } from 'vitest';
import { chunkRows, type RowAccess, startInWindow } from './chunks.ts';
import { CPU_SHAPE, GPU_SHAPE } from './device-shape.ts';
import { splitsFor } from './divergence-plan.ts';
import type { GpuMatrix } from './types.ts';

const limits = {
  maxStorageBufferBindingSize: 4096,
  minStorageBufferOffsetAlignment: 256,
  maxComputeWorkgroupsPerDimension: 100,
};

/** Only the layout counts here. */
function access(rows: number[], layout: Omit<GpuMatrix, 'buffer'>): RowAccess {
  const buffer = {} as GPUBuffer;
  return { name: 'logits', matrix: { buffer, ...layout }, rowOf: (i) => rows[i] };
}

describe('chunks of rows', () => {
  it('cover every row once, in order, inside aligned windows under the binding limit', () => {
    const layout = { rows: 50, cols: 101, rowStride: 103, offset: 7 };
    const rows = Array.from({ length: 50 }, (_, i) => (i * 3) % 50);
    const accesses = [access(rows, layout), access([...rows].reverse(), layout)];
    let next = 0;
    for (const chunk of chunkRows(limits, accesses, rows.length)) {
      expect(chunk.first).toBe(next);
      next += chunk.count;
      chunk.windows.forEach((window, a) => {
        expect(window.offset % limits.minStorageBufferOffsetAlignment).toBe(0);
        expect(window.size).toBeLessThanOrEqual(limits.maxStorageBufferBindingSize);
        for (let i = chunk.first; i < next; i++) {
          const start = startInWindow(accesses[a], window, i);
          expect(start).toBeGreaterThanOrEqual(0);
          expect((start + layout.cols) * 4).toBeLessThanOrEqual(window.size);
          const row = accesses[a].rowOf(i);
          expect(window.offset / 4 + start).toBe(layout.offset + row * layout.rowStride);
        }
      });
    }
    expect(next).toBe(rows.length);
  });

  it('never pass the grid limit', () => {
    const rows = Array.from({ length: 250 }, () => 0);
    const chunks = chunkRows(limits, [access(rows, { rows: 1, cols: 4 })], 250);
    expect(chunks.map((chunk) => chunk.count)).toEqual([100, 100, 50]);
  });

  it('cannot be made of a row that is longer than the binding limit', () => {
    const wide = access([0], { rows: 1, cols: 2000 });
    expect(() => chunkRows(limits, [wide], 1)).toThrow(/more than this device binds/);
  });
});

describe('splits of a row', () => {
  it('fill the device when there are few rows, and are never needlessly short', () => {
    expect(splitsFor(1, 262_144, GPU_SHAPE)).toBe(256);
    expect(splitsFor(64, 151_936, GPU_SHAPE)).toBe(16);
    expect(splitsFor(4096, 151_936, GPU_SHAPE)).toBe(1);
    expect(splitsFor(1, 1000, GPU_SHAPE)).toBe(1);
    expect(splitsFor(1, 151_936, CPU_SHAPE)).toBe(10);
    expect(splitsFor(512, 32_000, CPU_SHAPE)).toBe(2);
    for (const vocab of [1, 8192, 8193, 151_936, 262_144]) {
      const splits = splitsFor(3, vocab, GPU_SHAPE);
      expect((splits - 1) * Math.ceil(vocab / splits)).toBeLessThan(vocab);
    }
  });
});

/** The vision graph finds each patch's place and window by itself. */

import { expect, test } from 'vitest';
import { nodeRuntime } from '../../fixtures/node-runtime.ts';
import { distance, GraphRun, output } from '../../fixtures/parity-run.ts';
import { randomFloats, randomStateDict, smallConfig } from '../../fixtures/random-model.ts';
import type { VisionOptions } from '../../onnx/options.ts';
import { buildVisionEncoder } from '../qwen2-5-vl/vision.ts';
import { visionLayout } from './vision-layout.ts';

const config = smallConfig();
const stateDict = randomStateDict(config, 5);
type Grids = readonly (readonly [number, number, number])[];

const GRIDS: Readonly<Record<string, Grids>> = {
  'one window': [[1, 4, 4]],
  'whole windows': [[1, 8, 8]],
  'cut windows, wide': [[1, 6, 18]],
  'cut windows, tall': [[1, 22, 4]],
  'two images': [
    [1, 8, 8],
    [1, 6, 10],
  ],
  'three images, one with two frames': [
    [1, 4, 6],
    [2, 6, 4],
    [1, 10, 10],
  ],
};

function patchesOf(grids: Grids): number {
  return grids.reduce((sum, [t, h, w]) => sum + t * h * w, 0);
}

async function features(grids: Grids, pixels: Float32Array, options: VisionOptions) {
  const built = buildVisionEncoder(config, stateDict, options);
  const graph = await GraphRun.open(nodeRuntime, built, stateDict);
  const outputs = await graph.run({
    pixel_values: { data: pixels, dims: [patchesOf(grids), 96] },
    image_grid_thw: { data: grids.flat(), dims: [grids.length, 3] },
  });
  await graph.release();
  return output(outputs, 'image_features');
}

test.each(Object.entries(GRIDS))(
  'positions and windows computed in the graph equal constants: %s',
  async (_, grids) => {
    const pixels = randomFloats([patchesOf(grids), 96], 6).data;
    const computed = await features(grids, pixels, { weights: 'initializers' });
    const fixed = await features(grids, pixels, { weights: 'inputs', shapes: { grids } });
    expect(computed.dims).toEqual([patchesOf(grids) / 4, 32]);
    expect(distance(computed.data, fixed.data).absolute).toBeLessThan(1e-5);
  },
);

test('images in one run do not see each other', async () => {
  const grids = GRIDS['two images'];
  const pixels = randomFloats([patchesOf(grids), 96], 7).data;
  const both = await features(grids, pixels, { weights: 'initializers' });
  const alone = await features([grids[1]], pixels.slice(64 * 96), { weights: 'initializers' });
  expect(distance(both.data.subarray(16 * 32), alone.data).absolute).toBeLessThan(1e-5);
});

test('a window holds 2×2 merged patches, fewer at the right and bottom edge', () => {
  const { windows, rows, columns } = visionLayout([[1, 6, 10]], 2, 2);
  const sizes = new Map<number, number>();
  for (const window of windows) sizes.set(window, (sizes.get(window) ?? 0) + 1);
  expect([...sizes.values()]).toEqual([16, 16, 8, 8, 8, 4]);
  for (let patch = 0; patch < windows.length; patch++) {
    const first = windows[patch];
    expect(Math.floor(rows[patch] / 4)).toBe(Math.floor(rows[first] / 4));
    expect(Math.floor(columns[patch] / 4)).toBe(Math.floor(columns[first] / 4));
  }
});

test('patches of a merged token lie side by side', () => {
  const { rows, columns } = visionLayout([[1, 4, 4]], 2, 2);
  expect([...rows.subarray(0, 8)]).toEqual([0, 0, 1, 1, 0, 0, 1, 1]);
  expect([...columns.subarray(0, 8)]).toEqual([0, 1, 0, 1, 2, 3, 2, 3]);
});

test('frames are named by their first patch', () => {
  const { frames } = visionLayout(
    [
      [1, 2, 2],
      [2, 2, 2],
    ],
    2,
    2,
  );
  expect([...frames]).toEqual([0, 0, 0, 0, 4, 4, 4, 4, 8, 8, 8, 8]);
});

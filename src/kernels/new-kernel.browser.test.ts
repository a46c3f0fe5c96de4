/**
 * A kernel that only this file knows: WGSL beside the shared functions, a job as plain data, and its twin. What it takes
 * beside a shader, a dispatch and a twin is its method in `inference/logit-ops.ts`.
 */

import { afterAll, beforeAll, expect, it } from 'vitest';
import common from './common.wgsl?raw';
import { runKernels } from './dispatch.ts';
import { testDevice, uploadMatrix } from './fixtures/device.ts';
import { makeLogits } from './fixtures/logits.ts';
import type { CpuMatrix } from './types.ts';

/** The largest logit of each row; masked ones are as in every kernel. */
const KERNEL = /* wgsl */ `
@group(0) @binding(0) var<storage, read> logits: array<u32>;
@group(0) @binding(1) var<uniform> cols: u32;
@group(0) @binding(2) var<storage, read_write> tops: array<f32>;

var<workgroup> best: array<f32, LANES>;

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  var mine = MASK;
  for (var v = lane; v < cols; v += LANES) { mine = max(mine, clean(logits[group.x * cols + v])); }
  best[lane] = mine;
  workgroupBarrier();
  if (lane == 0u) {
    for (var i = 1u; i < LANES; i++) { mine = max(mine, best[i]); }
    tops[group.x] = mine;
  }
}`;

async function topsOnGpu(device: GPUDevice, logits: CpuMatrix): Promise<number[]> {
  const { rows, cols } = logits;
  const matrix = uploadMatrix(device, logits);
  const job = {
    label: 'tops',
    code: [common, KERNEL].join('\n'),
    bindings: [
      { kind: 'buffer', name: 'logits', buffer: matrix.buffer, offset: 0, size: 4 * rows * cols },
      { kind: 'upload', usage: 'uniform', data: Uint32Array.of(cols) },
      { kind: 'scratch', name: 'tops', size: 4 * rows },
    ],
    grid: [rows, 1, 1],
  } as const;
  const words = (await runKernels(device, [job], ['tops'])).get('tops') ?? new Uint32Array();
  matrix.buffer.destroy();
  return [...new Float32Array(words.buffer, 0, rows)];
}

const topsOnCpu = ({ data, rows, cols }: CpuMatrix): number[] =>
  Array.from({ length: rows }, (_, row) =>
    Math.max(...data.subarray(row * cols, (row + 1) * cols)),
  );

let device: GPUDevice;
beforeAll(async () => {
  device = await testDevice();
});
afterAll(() => {
  device.destroy();
});

it('gives what its twin gives, bit for bit', async () => {
  for (const family of ['random', 'tied', 'masked'] as const) {
    const { student } = makeLogits(family, 5, 1537, 7);
    expect(await topsOnGpu(device, student)).toEqual(topsOnCpu(student));
  }
});

/** Sampling on the GPU: reads back one token a row instead of the vocabulary's logits. */

import { hashWords } from '../base/random.ts';
import { checkFloat32, checkSampling } from './check.ts';
import { chunkRows, type RowAccess, startInWindow } from './chunks.ts';
import common from './common.wgsl?raw';
import { type KernelBinding, type KernelJob, prepareKernels, runKernels } from './dispatch.ts';
import kernel from './sampling.wgsl?raw';
import { finishSample } from './sampling-cpu.ts';
import type { GpuMatrix, SampledToken, SampleRequest } from './types.ts';

const NONE = 0xffffffff;
const SAMPLE_WORDS = 8;

export const samplingKernel = { label: 'sampling', code: [common, kernel].join('\n') } as const;

/** Compiles the sampling kernel ahead of its first use. */
export function prepareSampling(device: GPUDevice): Promise<void> {
  return prepareKernels(device, [samplingKernel]);
}

/**
 * Samples one token from each listed row of logits `[rows, cols]`. Work is submitted before the promise
 * is returned, so the logits may be disposed right after.
 *
 * @throws PlaygroundError `kernels.*` naming the wrong shape, buffer, row or setting before anything is
 * dispatched; `gpu.*` when the device refuses or is lost.
 */
export async function sampleOnGpu(
  device: GPUDevice,
  logits: GpuMatrix,
  request: SampleRequest,
): Promise<SampledToken[]> {
  checkFloat32('logits', logits);
  checkSampling(logits, request);
  const { rows, vocab, temperature, topK, topP, bannedIds = [] } = request;
  if (rows.length === 0) return [];

  const access: RowAccess = { name: 'logits', matrix: logits, rowOf: (i) => rows[i].row };
  const chunks = chunkRows(device.limits, [access], rows.length);
  const table = new Uint32Array(rows.length * 2);
  for (const { first, count, windows } of chunks) {
    for (let i = first; i < first + count; i++) {
      table[2 * i] = startInWindow(access, windows[0], i);
      table[2 * i + 1] = hashWords(rows[i].seed, rows[i].step, rows[i].stream);
    }
  }
  const banned = new Uint32Array(Math.ceil(vocab / 32));
  for (const id of bannedIds) if (id < vocab) banned[id >>> 5] |= 1 << (id & 31);

  const shared: KernelBinding[] = [
    { kind: 'upload', usage: 'storage', data: table },
    { kind: 'upload', usage: 'storage', data: banned },
  ];
  const samples: KernelBinding = {
    kind: 'scratch',
    name: 'samples',
    size: rows.length * SAMPLE_WORDS * 4,
  };
  const jobs = chunks.map((chunk): KernelJob => {
    const params = new Uint32Array(6);
    const floats = new Float32Array(params.buffer);
    params[0] = vocab;
    params[1] = chunk.first;
    params[2] = topK >= vocab ? 0 : topK;
    params[3] = temperature === 0 ? 1 : 0;
    floats[4] = temperature === 0 ? 1 : 1 / temperature;
    floats[5] = topP;
    return {
      ...samplingKernel,
      bindings: [
        { kind: 'buffer', name: 'logits', buffer: logits.buffer, ...chunk.windows[0] },
        ...shared,
        { kind: 'upload', usage: 'uniform', data: params },
        samples,
      ],
      grid: [chunk.count, 1, 1],
    };
  });
  const words = (await runKernels(device, jobs, ['samples'])).get('samples') ?? new Uint32Array();
  const floats = new Float32Array(words.buffer);
  return rows.map((_, i) => {
    const at = i * SAMPLE_WORDS;
    const bad = words[at + 4] === NONE ? null : { index: words[at + 4], logit: floats[at + 5] };
    return finishSample(
      {
        id: words[at] === NONE ? -1 : words[at],
        logit: floats[at + 1],
        max: floats[at + 2],
        z: floats[at + 3],
        bad,
      },
      temperature,
    );
  });
}

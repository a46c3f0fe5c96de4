/** log-softmax with temperature over the rows of a matrix, on the GPU. */

import { checkFloat32, checkTemperature, refuse, strideOf } from './check.ts';
import { chunkRows, type RowAccess, startInWindow } from './chunks.ts';
import common from './common.wgsl?raw';
import { type KernelJob, runKernels } from './dispatch.ts';
import kernel from './log-softmax.wgsl?raw';
import type { GpuMatrix } from './types.ts';

export const logSoftmaxKernel = {
  label: 'log-softmax',
  code: [common, kernel].join('\n'),
} as const;

/**
 * Writes log-softmax(z/τ) of logits `[rows, cols]` into `out` `[rows, cols]`, float32, nats. −inf stays
 * −inf; a row with a NaN or +inf, or with nothing but −inf, becomes NaN.
 *
 * @throws PlaygroundError `kernels.shape`, `kernels.buffer-too-small`, `kernels.temperature` and others
 * before anything is dispatched; `gpu.*` when the device refuses or is lost.
 */
export async function logSoftmaxOnGpu(
  device: GPUDevice,
  logits: GpuMatrix,
  out: GpuMatrix,
  temperature = 1,
): Promise<void> {
  checkFloat32('logits', logits);
  checkFloat32('log-probabilities', out);
  checkTemperature(temperature, false);
  if (out.rows !== logits.rows || out.cols !== logits.cols) {
    refuse(
      'shape',
      'log-probabilities',
      `Logits [${logits.rows}, ${logits.cols}] do not fit into [${out.rows}, ${out.cols}].`,
      'Give the output the shape of the logits.',
    );
  }
  if (out.buffer === logits.buffer) {
    refuse(
      'same-buffer',
      'log-probabilities',
      'The output would overwrite the logits while they are read.',
      'Give the output a buffer of its own.',
    );
  }
  const accesses: RowAccess[] = [
    { name: 'logits', matrix: logits, rowOf: (row) => row },
    { name: 'log-probabilities', matrix: out, rowOf: (row) => row },
  ];
  const jobs = chunkRows(device.limits, accesses, logits.rows).map((chunk): KernelJob => {
    const [input, output] = chunk.windows;
    const params = new Uint32Array(6);
    params[0] = logits.cols;
    params[1] = startInWindow(accesses[0], input, chunk.first);
    params[2] = strideOf(logits);
    params[3] = startInWindow(accesses[1], output, chunk.first);
    params[4] = strideOf(out);
    new Float32Array(params.buffer)[5] = 1 / temperature;
    return {
      ...logSoftmaxKernel,
      bindings: [
        { kind: 'buffer', name: 'logits', buffer: logits.buffer, ...input },
        { kind: 'upload', usage: 'uniform', data: params },
        { kind: 'buffer', name: 'log-probabilities', buffer: out.buffer, ...output },
      ],
      grid: [chunk.count, 1, 1],
    };
  });
  if (jobs.length > 0) await runKernels(device, jobs, []);
}

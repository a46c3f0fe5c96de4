/** Matrices on the device: there and back. */

import type { CpuMatrix, GpuMatrix } from '../kernels/types.ts';

/** A new buffer for `rows · cols` floats, its size rounded up to the 16 bytes that ONNX Runtime wants. */
export function emptyMatrix(device: GPUDevice, rows: number, cols: number): GpuMatrix {
  const buffer = device.createBuffer({
    size: Math.ceil((rows * cols) / 4) * 16,
    usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST,
  });
  return { buffer, rows, cols };
}

export function uploadMatrix(device: GPUDevice, { data, rows, cols }: CpuMatrix): GpuMatrix {
  const matrix = emptyMatrix(device, rows, cols);
  device.queue.writeBuffer(matrix.buffer, 0, data.buffer, data.byteOffset, data.byteLength);
  return matrix;
}

export async function readMatrix(device: GPUDevice, matrix: GpuMatrix): Promise<Float32Array> {
  const { buffer, rows, cols } = matrix;
  const size = rows * cols * 4;
  const staging = device.createBuffer({
    size,
    usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
  });
  try {
    const encoder = device.createCommandEncoder();
    encoder.copyBufferToBuffer(buffer, 0, staging, 0, size);
    device.queue.submit([encoder.finish()]);
    await staging.mapAsync(GPUMapMode.READ);
    return new Float32Array(staging.getMappedRange().slice(0));
  } finally {
    staging.destroy();
  }
}

/** Milliseconds for one copy of `from` to `to`, of `count` copies in a row. */
export async function copyMs(
  device: GPUDevice,
  from: GpuMatrix,
  to: GpuMatrix,
  count: number,
): Promise<number> {
  const start = performance.now();
  const encoder = device.createCommandEncoder();
  for (let i = 0; i < count; i++) {
    encoder.copyBufferToBuffer(from.buffer, 0, to.buffer, 0, from.buffer.size);
  }
  device.queue.submit([encoder.finish()]);
  await device.queue.onSubmittedWorkDone();
  return (performance.now() - start) / count;
}

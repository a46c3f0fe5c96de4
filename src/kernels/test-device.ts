/** A GPU device and matrices for the kernel tests that run in a browser. */

import { rowStart, strideOf } from './check.ts';
import type { CpuMatrix, GpuMatrix } from './types.ts';

export async function testDevice(): Promise<GPUDevice> {
  const adapter = await navigator.gpu?.requestAdapter();
  if (!adapter)
    throw new Error('These tests need a browser with WebGPU (see scripts/chromium.ts).');
  return adapter.requestDevice();
}

export interface UploadedMatrix extends GpuMatrix {
  /** The matrix's data as it is on the device now, laid out as it was uploaded. */
  read(): Promise<Float32Array>;
}

/** The matrix on the device, in a buffer larger than its data when `extraBytes` is given. */
export function uploadMatrix(device: GPUDevice, matrix: CpuMatrix, extraBytes = 0): UploadedMatrix {
  const { data, rows, cols } = matrix;
  const buffer = device.createBuffer({
    size: data.byteLength + extraBytes,
    usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST,
  });
  device.queue.writeBuffer(buffer, 0, Float32Array.from(data));
  return {
    buffer,
    rows,
    cols,
    rowStride: strideOf(matrix),
    offset: rowStart(matrix, 0),
    async read() {
      const staging = device.createBuffer({
        size: data.byteLength,
        usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
      });
      const encoder = device.createCommandEncoder();
      encoder.copyBufferToBuffer(buffer, 0, staging, 0, data.byteLength);
      device.queue.submit([encoder.finish()]);
      await staging.mapAsync(GPUMapMode.READ);
      const copy = new Float32Array(staging.getMappedRange().slice(0));
      staging.destroy();
      return copy;
    },
  };
}

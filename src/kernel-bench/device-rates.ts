/** What the shared device does by itself: holding the logits, copying them, and a full queue of our kernel. */

import { type ErrorRecord, toErrorRecord } from '../base/errors.ts';
import { measureOnGpu } from '../kernels/divergence.ts';
import type { GpuLogits } from './contestant.ts';
import { requestFor } from './contestants/ours.ts';
import type { QueuedRate } from './contract.ts';
import { copyMs, emptyMatrix, uploadMatrix } from './gpu-matrix.ts';
import type { LogitPair } from './logits.ts';
import type { FoundGpu } from './machine.ts';
import { median } from './statistics.ts';

/** Calls in one go, so that the way to the device and back is a small part of the time. */
const QUEUED = 8;

export type Uploaded =
  | { readonly logits: GpuLogits; readonly error: null }
  | { readonly logits: null; readonly error: ErrorRecord };

/** Puts both tensors on the device, or says why that cannot be. */
export async function uploadPair(found: FoundGpu, pair: LogitPair): Promise<Uploaded> {
  if (found.context === null) return { logits: null, error: found.error };
  const { device, isLost, gone } = found.context;
  const bytes = pair.student.data.byteLength;
  const most = Math.min(device.limits.maxBufferSize, device.limits.maxStorageBufferBindingSize);
  if (bytes > most) return { logits: null, error: tooLarge(bytes, most) };
  try {
    if (isLost()) await gone;
    device.pushErrorScope('out-of-memory');
    const student = uploadMatrix(device, pair.student);
    const teacher = uploadMatrix(device, pair.teacher);
    const refused = await device.popErrorScope();
    if (refused === null)
      return { logits: { context: found.context, student, teacher }, error: null };
    student.buffer.destroy();
    teacher.buffer.destroy();
    return { logits: null, error: outOfMemory(bytes, refused.message) };
  } catch (error) {
    return { logits: null, error: toErrorRecord(error, 'WebGPU') };
  }
}

/** Bytes read plus bytes written over time, GB/s: the median of `repeats` after one to warm up. */
export async function copyRate({ context, student }: GpuLogits, repeats: number): Promise<number> {
  const { device } = context;
  const target = emptyMatrix(device, student.rows, student.cols);
  const run = () => copyMs(device, student, target, QUEUED);
  try {
    const ms = await medianOf(run, repeats);
    return (2 * student.buffer.size) / ms / 1e6;
  } finally {
    target.buffer.destroy();
  }
}

/** Forward KL of all rows, one call after another without waiting in between. */
export async function queuedRate(logits: GpuLogits, repeats: number): Promise<QueuedRate> {
  const { context, student, teacher } = logits;
  const { rows: tokens, cols: vocab } = student;
  const request = requestFor('forwardKl', tokens, vocab);
  const call = () => measureOnGpu(context.device, student, teacher, request);
  const ms = await medianOf(async () => {
    const start = performance.now();
    await Promise.all(Array.from({ length: QUEUED }, call));
    return (performance.now() - start) / QUEUED;
  }, repeats);
  return { tokens, vocab, ms, floorGBps: (8 * tokens * vocab) / ms / 1e6 };
}

async function medianOf(run: () => Promise<number>, repeats: number): Promise<number> {
  await run();
  const times: number[] = [];
  for (let i = 0; i < repeats; i++) times.push(await run());
  return median(times);
}

function tooLarge(bytes: number, most: number): ErrorRecord {
  return {
    code: 'bench.too-large',
    message: `One tensor takes ${megabytes(bytes)}, and this device allows ${megabytes(most)} in a buffer.`,
    fix: 'Choose a smaller shape.',
    where: 'WebGPU',
    detail: { bytes, most },
  };
}

function outOfMemory(bytes: number, original: string): ErrorRecord {
  return {
    code: 'bench.out-of-memory',
    message: `The device has no room for two tensors of ${megabytes(bytes)}.`,
    fix: 'Choose a smaller shape.',
    where: 'WebGPU',
    detail: { bytes, original },
  };
}

const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(0)} MB`;

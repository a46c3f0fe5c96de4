/**
 * A batch read one sequence after the other, each without its padding: for decoders that take none, as every one with
 * GroupQueryAttention.
 */

import { type DecodeStep, type KeyValueCache, releaseCache } from './decode-step.ts';
import { joinLogits, type Logits, rowFromEnd } from './tensors.ts';

type Decoded = { readonly logits: Logits; readonly cache: KeyValueCache | null };

/**
 * Logits and cache of a batch from runs of `decode` with one sequence each. Consumes the step's cache. Throws what
 * `decode` throws, and `model.logit-rows` where a sequence got fewer rows than were asked for, with all of it released.
 */
export async function decodeRows(
  device: GPUDevice | null,
  step: DecodeStep,
  decode: (row: DecodeStep) => Promise<Decoded>,
): Promise<Decoded> {
  const { batch } = step.batch;
  if (batch === 1) return decode(rowOf(step, 0));
  const logits: Logits[] = [];
  const caches: KeyValueCache[] = [];
  try {
    for (let row = 0; row < batch; row++) {
      const one = rowOf(step, row);
      const found = await decode(one);
      logits.push(found.logits);
      if (found.cache !== null) caches.push(found.cache);
      // Joined, rows that are not there would be zeros, which look like logits.
      rowFromEnd(found.logits, 0, one.keep > 0 ? one.keep : one.batch.length);
    }
  } catch (error) {
    for (const part of logits) part.release();
    for (const cache of caches) releaseCache(cache);
    throw error;
  }
  const length = (step.cache?.length ?? 0) + step.batch.length;
  const cache = step.grow ? { batch, length, entries: new Map(), rows: caches } : null;
  const rows = step.keep > 0 ? step.keep : step.batch.length;
  return { logits: joinLogits(device, logits, rows), cache };
}

/** One sequence of a step, from its first real column on; its padding is on the left. */
function rowOf(step: DecodeStep, row: number): DecodeStep {
  const { batch, length, inputIds, positionIds } = step.batch;
  const width = step.attentionMask.length / batch;
  const mask = step.attentionMask.subarray(row * width, (row + 1) * width);
  // What is cached of a row has no padding, and stands before these columns.
  const start = Math.max(0, mask.subarray(width - length).indexOf(1));
  const cut = (values: Int32Array, of: number) =>
    values.subarray(of * length + start, (of + 1) * length);
  const axes = positionIds.length / (batch * length);
  const positions = Array.from({ length: axes }, (_, axis) => [
    ...cut(positionIds, axis * batch + row),
  ]);
  return {
    ...step,
    batch: {
      batch: 1,
      length: length - start,
      inputIds: cut(inputIds, row),
      positionIds: Int32Array.from(positions.flat()),
    },
    attentionMask: mask.filter((seen) => seen === 1),
    images: step.images
      .filter((image) => image.row === row)
      .map((image) => ({ ...image, row: 0, start: image.start - start })),
    cache: step.cache?.rows?.[row] ?? step.cache,
    keep: step.keep === 0 ? 0 : Math.min(step.keep, length - start),
  };
}

/**
 * How a training batch lies in memory: prompts padded on the left, completions on the right, so that
 * completion token t of every row stands in the same column and sizes take few values.
 */

import type { EncodedPrompt } from '../model/processor/processor.ts';
import { appendCompletion } from '../model/processor/processor.ts';

/** A prompt and the completion that follows it. */
export interface TrainSequence {
  readonly prompt: Pick<EncodedPrompt, 'inputIds' | 'positionIds' | 'ropeDelta'>;
  readonly ids: readonly number[];
}

/** Sizes that a compiled backward pass is made for. */
export interface BatchSizes {
  readonly batch: number;
  /** Columns. The last completion token is never fed, so a row holds prompt + completion − 1 of them. */
  readonly tokens: number;
  /** Last columns of each row: column `tokens − kept + t` predicts completion token t. */
  readonly kept: number;
}

export interface TrainBatch extends BatchSizes {
  /** [batch, tokens] */
  readonly inputIds: Int32Array;
  /** [batch, tokens]: 1 for a token, 0 for padding on either side. */
  readonly attentionMask: Int32Array;
  /** [3, batch, tokens] */
  readonly positionIds: Int32Array;
  /** Column of each row's first token. */
  readonly starts: readonly number[];
}

/** Lengths are rounded up to multiples of this, so that a run compiles for a handful of sizes. */
const BUCKET = 32;

export function bucketOf(length: number): number {
  return Math.max(BUCKET, Math.ceil(length / BUCKET) * BUCKET);
}

/** The sizes that fit these sequences, with `batch` rows. */
export function sizesFor(sequences: readonly TrainSequence[], batch: number): BatchSizes {
  const kept = bucketOf(Math.max(...sequences.map(({ ids }) => ids.length)));
  const prompt = Math.max(...sequences.map((sequence) => sequence.prompt.inputIds.length));
  return { batch, kept, tokens: bucketOf(prompt + kept - 1) };
}

/** Sequences laid out in the given sizes; rows without a sequence are padding. */
export function layOut(
  sequences: readonly TrainSequence[],
  sizes: BatchSizes,
  padId: number,
): TrainBatch {
  const { batch, tokens, kept } = sizes;
  const inputIds = new Int32Array(batch * tokens).fill(padId);
  const attentionMask = new Int32Array(batch * tokens);
  const positionIds = new Int32Array(3 * batch * tokens);
  const starts = sequences.map(({ prompt, ids }, row) => {
    const { inputIds: own, positionIds: places } = appendCompletion(prompt, ids.slice(0, -1));
    const start = tokens - kept + 1 - prompt.inputIds.length;
    const at = row * tokens + start;
    inputIds.set(own, at);
    attentionMask.fill(1, at, at + own.length);
    for (let axis = 0; axis < 3; axis++)
      positionIds.set(
        places.subarray(axis * own.length, (axis + 1) * own.length),
        axis * batch * tokens + at,
      );
    return start;
  });
  return { ...sizes, inputIds, attentionMask, positionIds, starts };
}

/**
 * How a training batch lies in memory: prompts padded on the left, completions on the right, so that
 * completion token t of every row stands in the same column and sizes take few values.
 */

import type { GridThw } from '../model/processor/image.ts';
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
  /** Columns; a row fills prompt + completion − 1 of them at most, since the last completion token is never fed. */
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

/**
 * Lengths are rounded up to multiples of these, so that a run compiles for a handful of sizes: each costs
 * seconds once and, in jax-js, its memory for good. Prompts differ less than completions do, by the question's
 * few words, and a step less coarse has batches on both sides of it.
 */
const PROMPT_STEP = 48;
const COMPLETION_STEP = 32;

const roundUp = (length: number, step: number) => Math.max(1, Math.ceil(length / step)) * step;

/** Columns for prompts and completions of up to these lengths. */
export function columnsFor(prompt: number, completion: number): Omit<BatchSizes, 'batch'> {
  const kept = roundUp(completion, COMPLETION_STEP);
  return { kept, tokens: roundUp(prompt, PROMPT_STEP) + kept };
}

/** Patches of all pictures with these grids. */
export const patchesOf = (grids: readonly GridThw[]): number =>
  grids.reduce((sum, [t, h, w]) => sum + t * h * w, 0);

/** The sizes that fit these sequences, with `batch` rows. */
export function sizesFor(sequences: readonly TrainSequence[], batch: number): BatchSizes {
  const longest = (lengthOf: (sequence: TrainSequence) => number) =>
    Math.max(...sequences.map(lengthOf));
  const prompt = longest((sequence) => sequence.prompt.inputIds.length);
  return {
    batch,
    ...columnsFor(
      prompt,
      longest(({ ids }) => ids.length),
    ),
  };
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

/**
 * How a training batch lies in memory: prompts padded on the left, completions on the right, so that
 * completion token t of every row stands in the same column and sizes take few values. Completions of one prompt may
 * share a row, side by side behind it as branches that do not see each other, so that the prompt is computed once.
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
  /** Rows. */
  readonly batch: number;
  /** Columns of a row. The last completion token is never fed. */
  readonly tokens: number;
  /** Columns of each completion: the first is that of the prompt's last token, and column t predicts token t. */
  readonly kept: number;
  /** Completions in each row: its last `branches · kept` columns. */
  readonly branches: number;
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
export function columnsFor(
  prompt: number,
  completion: number,
  branches = 1,
): Omit<BatchSizes, 'batch'> {
  const kept = roundUp(completion, COMPLETION_STEP);
  return { kept, branches, tokens: roundUp(prompt, PROMPT_STEP) + branches * kept };
}

/** Patches of all pictures with these grids. */
export const patchesOf = (grids: readonly GridThw[]): number =>
  grids.reduce((sum, [t, h, w]) => sum + t * h * w, 0);

/** The sizes that fit these sequences, with `batch` rows of so many. */
export function sizesFor(
  sequences: readonly TrainSequence[],
  batch: number,
  branches = 1,
): BatchSizes {
  const longest = (lengthOf: (sequence: TrainSequence) => number) =>
    Math.max(...sequences.map(lengthOf));
  const prompt = longest((sequence) => sequence.prompt.inputIds.length);
  return {
    batch,
    ...columnsFor(
      prompt,
      longest(({ ids }) => ids.length),
      branches,
    ),
  };
}

/** Sequences laid out in the given sizes, those of a row of one prompt; rows without a sequence are padding. */
export function layOut(
  sequences: readonly TrainSequence[],
  sizes: BatchSizes,
  padId: number,
): TrainBatch {
  const { batch, tokens, kept, branches } = sizes;
  const inputIds = new Int32Array(batch * tokens).fill(padId);
  const attentionMask = new Int32Array(batch * tokens);
  const positionIds = new Int32Array(3 * batch * tokens);
  const before = tokens - branches * kept;
  const starts: number[] = [];
  for (const [i, { prompt, ids }] of sequences.entries()) {
    const row = Math.floor(i / branches) * tokens;
    const { inputIds: own, positionIds: places } = appendCompletion(prompt, ids.slice(0, -1));
    const shared = prompt.inputIds.length - 1;
    /** Puts columns `[from, to)` of the sequence into the row, the first at `at`. */
    const put = (from: number, to: number, at: number) => {
      inputIds.set(own.slice(from, to), row + at);
      attentionMask.fill(1, row + at, row + at + to - from);
      for (let axis = 0; axis < 3; axis++)
        positionIds.set(
          places.subarray(axis * own.length + from, axis * own.length + to),
          axis * batch * tokens + row + at,
        );
    };
    const branch = i % branches;
    if (branch === 0) {
      starts.push(before - shared);
      put(0, shared, before - shared);
    }
    put(shared, own.length, before + branch * kept);
  }
  return { ...sizes, inputIds, attentionMask, positionIds, starts };
}

/** Teacher forcing: the logits that predict each token of a given completion under any context. */

import { padBatch } from '../model/processor/batch.ts';
import { appendCompletion } from '../model/processor/processor.ts';
import type { ModelNetwork } from '../model/runtime/network.ts';
import type { Logits } from '../model/runtime/tensors.ts';
import { type PromptWithImages, placeFeatures } from './generate.ts';

/** One context to score a completion under. */
export interface ForcedContext extends PromptWithImages {
  /** The completion's tokens that follow this context's prompt, up to the last one that is predicted. */
  readonly ids: readonly number[];
  /** Index in `ids` of the first token whose logits are wanted. */
  readonly from: number;
}

export interface ForcedLogits {
  /** Every context's rows, shared; to be released once. */
  readonly logits: Logits;
  /** Row of `logits` that predicts `ids[from]`, for each context; the rows after it follow one by one. */
  readonly firstRows: readonly number[];
}

/**
 * Scores all contexts in one run. They are padded on the left, so that all end in the same column and
 * the last K rows, of the longest wanted stretch, hold everything: the row at token i's predecessor
 * predicts token i, and the last token itself is never fed. Every context must want at least one token.
 */
export async function forceContexts(
  network: ModelNetwork,
  contexts: readonly ForcedContext[],
  padId: number,
): Promise<ForcedLogits> {
  const sequences = contexts.map(({ prompt, ids }) => appendCompletion(prompt, ids.slice(0, -1)));
  const batch = padBatch(sequences, { side: 'left', padId });
  const keep = Math.max(...contexts.map(({ ids, from }) => ids.length - from));
  const { logits } = await network.decode({
    batch,
    attentionMask: batch.attentionMask,
    images: placeFeatures(contexts, batch.starts),
    cache: null,
    keep,
    grow: false,
  });
  return { logits, firstRows: contexts.map((context, i) => firstRow(context, i, keep)) };
}

/** Row of the kept logits [contexts, keep] that predicts token `from` of context `index`. */
export function firstRow(
  { ids, from }: Pick<ForcedContext, 'ids' | 'from'>,
  index: number,
  keep: number,
): number {
  return index * keep + keep - (ids.length - from);
}

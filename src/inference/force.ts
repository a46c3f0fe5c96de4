/** Teacher forcing: the logits that predict each token of a given completion under any context. */

import { padBatch } from '../model/processor/batch.ts';
import { extendPositions } from '../model/processor/positions.ts';
import type { EncodedPrompt } from '../model/processor/processor.ts';
import { appendCompletion } from '../model/processor/processor.ts';
import {
  type ImageFeatures,
  type KeyValueCache,
  releaseCache,
} from '../model/runtime/decode-step.ts';
import type { ModelNetwork } from '../model/runtime/network.ts';
import { type Logits, rowFromEnd } from '../model/runtime/tensors.ts';
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

/** What teacher forcing asks of a network. */
export type ForcingNetwork = Pick<ModelNetwork, 'decode'>;

/**
 * Scores all contexts in one run. They are padded on the left, so that all end in the same column and
 * the last K rows, of the longest wanted stretch, hold everything: the row at token i's predecessor
 * predicts token i, and the last token itself is never fed. Every context must want at least one token.
 * Throws what the network throws, and `model.logit-rows` where it gives fewer rows.
 */
export async function forceContexts(
  network: ForcingNetwork,
  contexts: readonly ForcedContext[],
  padId: number,
): Promise<ForcedLogits> {
  const sequences = contexts.map(({ prompt, ids }) => appendCompletion(prompt, ids.slice(0, -1)));
  const batch = padBatch(sequences, { side: 'left', padId });
  const { logits } = await network.decode({
    batch,
    attentionMask: batch.attentionMask,
    images: placeFeatures(contexts, batch.starts),
    cache: null,
    keep: Math.max(...contexts.map(({ ids, from }) => ids.length - from)),
    grow: false,
  });
  return { logits, firstRows: firstRowsOf(logits, contexts) };
}

/** Row of the logits that predicts each context's token `from`. */
export function firstRowsOf(
  logits: Pick<Logits, 'batch' | 'rows' | 'release'>,
  contexts: readonly Pick<ForcedContext, 'ids' | 'from'>[],
): number[] {
  try {
    return contexts.map(({ ids, from }, i) => rowFromEnd(logits, i, ids.length - from));
  } catch (error) {
    logits.release();
    throw error;
  }
}

/**
 * One context read piece by piece with a key-value cache, so that no more rows of logits are held than a
 * piece has. Whoever makes one calls `release` when done.
 */
export class ForcedPieces {
  readonly #network: ForcingNetwork;
  readonly #prompt: EncodedPrompt;
  readonly #ids: readonly number[];
  #cache: KeyValueCache | null = null;
  /** Completion tokens that are in the cache; the prompt is read with the first of them. */
  #read = -1;

  /** `ids` follow the prompt, up to the last one that is predicted. */
  constructor(network: ForcingNetwork, prompt: EncodedPrompt, ids: readonly number[]) {
    this.#network = network;
    this.#prompt = prompt;
    this.#ids = ids;
  }

  /**
   * Logits that predict `ids[from … to − 1]`, and the row of the first. Pieces follow each other: `from` is
   * where the piece before ended. Throws what {@link forceContexts} throws.
   */
  async next(
    { from, to }: { readonly from: number; readonly to: number },
    features: ImageFeatures | null,
  ): Promise<{ logits: Logits; firstRow: number }> {
    const more = to < this.#ids.length;
    const begins = this.#read < 0;
    const fed = this.#ids.slice(Math.max(0, this.#read), to - 1);
    const { inputIds, ropeDelta } = this.#prompt;
    const before = inputIds.length + Math.max(0, this.#read);
    const sequence = begins
      ? appendCompletion(this.#prompt, fed)
      : { inputIds: fed, positionIds: extendPositions(ropeDelta, before, fed.length) };
    const cache = this.#cache;
    const found = await this.#network.decode({
      batch: {
        batch: 1,
        length: sequence.inputIds.length,
        inputIds: Int32Array.from(sequence.inputIds),
        positionIds: sequence.positionIds,
      },
      attentionMask: new Int32Array(inputIds.length + to - 1).fill(1),
      images: begins ? placeFeatures([{ prompt: this.#prompt, features }], [0]) : [],
      cache,
      keep: to - from,
      grow: more,
    });
    this.#cache = found.cache;
    this.#read = to - 1;
    const ids = this.#ids.slice(0, to);
    const [firstRow] = firstRowsOf(found.logits, [{ ids, from }]);
    return { logits: found.logits, firstRow };
  }

  release(): void {
    if (this.#cache !== null) releaseCache(this.#cache);
    this.#cache = null;
  }
}

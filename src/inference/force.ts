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
import type { SharedPrefix } from './shared-prefix.ts';

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
 * predicts token i, and the last token itself is never fed. Every context must want at least one token, and begin with
 * the prefix where there is one, which has been read.
 * Throws what the network throws, and `model.logit-rows` where it gives fewer rows.
 */
export async function forceContexts(
  network: ForcingNetwork,
  contexts: readonly ForcedContext[],
  padId: number,
  prefix: SharedPrefix | null = null,
): Promise<ForcedLogits> {
  const sequences = contexts.map(({ prompt, ids }) => {
    const whole = appendCompletion(prompt, ids.slice(0, -1));
    return prefix === null ? whole : prefix.rest(whole);
  });
  const batch = padBatch(sequences, { side: 'left', padId });
  const before = prefix?.length ?? 0;
  const starts = batch.starts.map((start) => start - before);
  const { logits } = await network.decode({
    batch,
    attentionMask: behind(before, batch.attentionMask, contexts.length),
    images: prefix?.seesPicture === true ? [] : placeFeatures(contexts, starts),
    cache: prefix?.copies(contexts.length) ?? null,
    keep: Math.max(...contexts.map(({ ids, from }) => ids.length - from)),
    grow: false,
  });
  return { logits, firstRows: firstRowsOf(logits, contexts) };
}

/** A mask of rows behind so many columns that all of them see. */
function behind(columns: number, mask: Int32Array, rows: number): Int32Array {
  if (columns === 0) return mask;
  const length = mask.length / rows;
  const whole = new Int32Array(rows * (columns + length)).fill(1);
  for (let row = 0; row < rows; row++)
    whole.set(mask.subarray(row * length, (row + 1) * length), row * (columns + length) + columns);
  return whole;
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
  readonly #prefix: SharedPrefix | null;
  #cache: KeyValueCache | null = null;
  /** Completion tokens that are in the cache; the prompt is read with the first of them. */
  #read = -1;

  /** `ids` follow the prompt, up to the last one that is predicted; the prompt begins with the prefix, which has been read. */
  constructor(
    network: ForcingNetwork,
    prompt: EncodedPrompt,
    ids: readonly number[],
    prefix: SharedPrefix | null = null,
  ) {
    this.#network = network;
    this.#prompt = prompt;
    this.#ids = ids;
    this.#prefix = prefix;
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
    const whole = begins ? appendCompletion(this.#prompt, fed) : null;
    const sequence = whole
      ? (this.#prefix?.rest(whole) ?? whole)
      : { inputIds: fed, positionIds: extendPositions(ropeDelta, before, fed.length) };
    const prefix = begins ? this.#prefix : null;
    const cache = prefix?.copies(1) ?? this.#cache;
    const start = -(prefix?.length ?? 0);
    const unseen = begins && prefix?.seesPicture !== true;
    const found = await this.#network.decode({
      batch: {
        batch: 1,
        length: sequence.inputIds.length,
        inputIds: Int32Array.from(sequence.inputIds),
        positionIds: sequence.positionIds,
      },
      attentionMask: new Int32Array(inputIds.length + to - 1).fill(1),
      images: unseen ? placeFeatures([{ prompt: this.#prompt, features }], [start]) : [],
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

/** What a model takes once it is loaded, estimated from its configuration and the sizes of its files. */

import type { ModelShape } from './model.ts';

export interface MemoryEstimate {
  /** Bytes of the weights as they are computed with; null where nothing says it. */
  readonly weights: number | null;
  /** Keys and values of one context of that length. */
  readonly cache: number;
  /** Logits of the student and one teacher over that length, of which never more than {@link MOST_LOGITS} are held at once. */
  readonly logits: number;
  /** Null where that of the weights is. */
  readonly total: number | null;
}

/** Bytes of logits that scoring holds at a time. */
const MOST_LOGITS = 256 * 2 ** 20;
const FLOAT_BYTES = 4;

/** Bytes for a context of `length` tokens; `halfCache` where keys and values have 16 bits. */
export function memoryOf(
  { layers, kvHeads, headDim, vocabSize }: ModelShape,
  weights: number | null,
  length: number,
  halfCache: boolean,
): MemoryEstimate {
  const cache = 2 * layers * kvHeads * headDim * length * (halfCache ? 2 : FLOAT_BYTES);
  const logits = Math.min(MOST_LOGITS, 2 * length * vocabSize * FLOAT_BYTES);
  return { weights, cache, logits, total: weights === null ? null : weights + cache + logits };
}

/** Pads sequences of different lengths into one batch, with the mask and positions that the decoder expects. */

/** A sequence with its positions [3, tokens]. */
export interface Sequence {
  readonly inputIds: readonly number[];
  readonly positionIds: Int32Array;
}

export interface PaddedBatch {
  readonly batch: number;
  /** Tokens a row, padding included. */
  readonly length: number;
  /** [batch, length] */
  readonly inputIds: Int32Array;
  /** [batch, length]: 1 for a token, 0 for padding. */
  readonly attentionMask: Int32Array;
  /** [3, batch, length]; padding stands at position 0. */
  readonly positionIds: Int32Array;
  /** Column of each row's first real token. */
  readonly starts: readonly number[];
}

/**
 * Rows of equal length. Generation pads on the left, so that all rows go on in the same column; scoring may pad on
 * the right. Padding never moves a token's own positions.
 */
export function padBatch(
  sequences: readonly Sequence[],
  options: { readonly side: 'left' | 'right'; readonly padId: number; readonly length?: number },
): PaddedBatch {
  const longest = Math.max(0, ...sequences.map(({ inputIds }) => inputIds.length));
  const length = Math.max(options.length ?? 0, longest);
  const batch = sequences.length;
  const inputIds = new Int32Array(batch * length).fill(options.padId);
  const attentionMask = new Int32Array(batch * length);
  const positionIds = new Int32Array(3 * batch * length);
  const starts = sequences.map((sequence, row) => {
    const tokens = sequence.inputIds.length;
    const start = options.side === 'left' ? length - tokens : 0;
    const at = row * length + start;
    inputIds.set(sequence.inputIds, at);
    attentionMask.fill(1, at, at + tokens);
    for (let axis = 0; axis < 3; axis++)
      positionIds.set(
        sequence.positionIds.subarray(axis * tokens, (axis + 1) * tokens),
        axis * batch * length + at,
      );
    return start;
  });
  return { batch, length, inputIds, attentionMask, positionIds, starts };
}

/** Supervised fine-tuning's loss: cross-entropy on given tokens, with its gradient at the logits. */

export interface CrossEntropyRow {
  /** Row of the logits that predicts the token. */
  readonly row: number;
  readonly id: number;
}

export interface CrossEntropy {
  /** Mean over all rows, nats. */
  readonly loss: number;
  /** Mean entropy of the rows, nats. */
  readonly entropy: number;
  /** −log p of each row, nats. */
  readonly losses: Float64Array;
}

/**
 * Mean of −log p(id) over the rows of logits [any, vocab]; writes ∂(mean)/∂logits of those rows into
 * `gradient`, of the logits' shape, and leaves its other rows alone. float64 inside.
 */
export function crossEntropy(
  logits: Float32Array,
  vocab: number,
  rows: readonly CrossEntropyRow[],
  gradient: Float32Array,
): CrossEntropy {
  const losses = new Float64Array(rows.length);
  let loss = 0;
  let entropy = 0;
  for (const [index, { row, id }] of rows.entries()) {
    const start = row * vocab;
    const z = logits.subarray(start, start + vocab);
    let max = Number.NEGATIVE_INFINITY;
    for (const logit of z) if (logit > max) max = logit;
    let sum = 0;
    let weighted = 0;
    for (const logit of z) {
      const e = Math.exp(logit - max);
      sum += e;
      weighted += e === 0 ? 0 : e * (logit - max);
    }
    const own = Math.log(sum) - (z[id] - max);
    losses[index] = own;
    loss += own / rows.length;
    entropy += (Math.log(sum) - weighted / sum) / rows.length;
    for (let v = 0; v < vocab; v++)
      gradient[start + v] = (Math.exp(z[v] - max) / sum - (v === id ? 1 : 0)) / rows.length;
  }
  return { loss, entropy, losses };
}

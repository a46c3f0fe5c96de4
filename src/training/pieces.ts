/** Loss and gradient at the logits of one piece of a batch, wherever its logits are. */

import { LogitOps } from '../inference/logit-ops.ts';
import type { MethodConfig } from '../method/types.ts';
import type { ModelNetwork } from '../model/runtime/network.ts';
import type { Logits } from '../model/runtime/tensors.ts';
import { crossEntropy } from './cross-entropy.ts';
import type { TrainExample } from './example.ts';
import { badToken, type LossToken } from './faults.ts';
import type { BatchSizes } from './layout.ts';
import { type SupervisedRow, supervise, supervisedTokens } from './supervise.ts';

/** Distillation: figures, and the gradient [rows of the logits, vocab] in memory. Throws what `supervise` throws. */
export async function distillationLoss(
  base: ModelNetwork,
  logits: Logits,
  rows: readonly SupervisedRow[],
  scales: readonly Float64Array[],
  method: MethodConfig | null,
  padId: number,
) {
  if (method === null) throw new Error('a recipe with teachers has a method');
  const ops = new LogitOps(base.device);
  const gradient = ops.gradientOf(logits);
  try {
    const found = await supervise(base, rows, scales, logits, gradient, method, padId);
    const cotangent = await ops.readRows(gradient);
    return { ...found, cotangent, tokens: () => supervisedTokens(rows, found.figures) };
  } finally {
    gradient.release();
  }
}

/** A reference text of the batch. */
export interface ReferenceRow {
  /** Its number in the whole batch. */
  readonly number: number;
  readonly example: TrainExample;
  readonly ids: readonly number[];
}

/**
 * Cross-entropy on reference texts; loss and gradient count by this piece's share of the `targets` tokens
 * of the whole batch. Throws `train.not-finite`.
 */
export async function referenceLoss(
  { device }: ModelNetwork,
  logits: Logits,
  texts: readonly ReferenceRow[],
  { kept }: BatchSizes,
  targets: number,
) {
  const start = performance.now();
  const { vocab } = logits;
  const size = logits.batch * logits.rows * vocab;
  const values = await new LogitOps(device).readRows(logits);
  const rows = texts.flatMap(({ ids }, i) => ids.map((id, t) => ({ row: i * kept + t, id })));
  const cotangent = new Float32Array(size);
  const { loss, entropy, losses } = crossEntropy(values, vocab, rows, cotangent);
  const tokens = () => referenceTokens(texts, kept, losses);
  const bad = losses.findIndex((own) => !Number.isFinite(own));
  if (bad >= 0) throw badToken(tokens()[bad], null);
  const share = rows.length / targets;
  for (let i = 0; i < size; i++) cotangent[i] *= share;
  const ms = performance.now() - start;
  return { loss: loss * share, entropy: entropy * share, cotangent, tokens, ms };
}

function referenceTokens(
  texts: readonly ReferenceRow[],
  kept: number,
  losses: Float64Array,
): LossToken[] {
  let next = 0;
  return texts.flatMap(({ number, example, ids }, i) => {
    const read = example.plan(ids).texts;
    return ids.map(
      (_, position): LossToken => ({
        kind: 'reference text',
        sequence: number,
        position,
        text: read[position],
        teacher: null,
        row: i * kept + position,
        loss: losses[next++],
      }),
    );
  });
}

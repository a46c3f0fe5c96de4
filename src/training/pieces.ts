/** Loss and gradient at the logits of one piece of a batch, wherever its logits are. */

import type { MethodConfig } from '../method/types.ts';
import type { QwenNetwork } from '../model/network.ts';
import { type Logits, readBuffer } from '../model/tensors.ts';
import { crossEntropy } from './crossEntropy.ts';
import { notFinite } from './faults.ts';
import type { BatchSizes } from './layout.ts';
import { type SupervisedRow, supervise } from './supervise.ts';

/** Distillation: figures, and the gradient [rows of the logits, vocab] in memory. Throws what `supervise` throws. */
export async function distillationLoss(
  base: QwenNetwork,
  logits: Logits,
  rows: readonly SupervisedRow[],
  scales: readonly Float64Array[],
  method: MethodConfig | null,
  padId: number,
) {
  if (method === null) throw new Error('a recipe with teachers has a method');
  const size = logits.batch * logits.rows * logits.vocab;
  const { device } = base;
  if (logits.kind === 'memory' || device === null) {
    const cotangent = new Float32Array(size);
    const found = await supervise(base, rows, scales, logits, cotangent, method, padId);
    return { ...found, cotangent };
  }
  const buffer = device.createBuffer({
    label: 'gradient at the logits',
    size: size * 4,
    usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC,
  });
  try {
    const found = await supervise(base, rows, scales, logits, buffer, method, padId);
    return { ...found, cotangent: await readBuffer(device, buffer, size) };
  } finally {
    buffer.destroy();
  }
}

/**
 * Cross-entropy on the given completions, the first of which is number `first` of the batch; loss and
 * gradient count by this piece's share of the `targets` tokens of the whole batch. Throws `train.not-finite`.
 */
export async function referenceLoss(
  { device }: QwenNetwork,
  logits: Logits,
  completions: readonly (readonly number[])[],
  first: number,
  { kept }: BatchSizes,
  targets: number,
) {
  const start = performance.now();
  const { vocab } = logits;
  const size = logits.batch * logits.rows * vocab;
  const values =
    logits.kind === 'memory' || device === null
      ? (logits as Logits & { kind: 'memory' }).data
      : await readBuffer(device, logits.buffer, size);
  const rows = completions.flatMap((ids, i) => ids.map((id, t) => ({ row: i * kept + t, id })));
  const cotangent = new Float32Array(size);
  const found = crossEntropy(values, vocab, rows, cotangent);
  if (found.bad >= 0) {
    const { row } = rows[found.bad];
    const where = `reference text ${first + Math.floor(row / kept)}, token ${row % kept}`;
    throw notFinite(`The loss of ${where} is no number.`, where);
  }
  const share = rows.length / targets;
  for (let i = 0; i < size; i++) cotangent[i] *= share;
  const ms = performance.now() - start;
  return { loss: found.loss * share, entropy: found.entropy * share, cotangent, ms };
}

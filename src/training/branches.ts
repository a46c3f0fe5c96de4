/** Rows of a training batch as ONNX Runtime reads them, whose graph has no branches: completions go on from copies of their prompt's cache. */

import type { DecodeStep, KeyValueCache, PlacedFeatures } from '../model/runtime/decode-step.ts';
import type { ModelNetwork } from '../model/runtime/network.ts';
import type { TrainBatch } from './layout.ts';

type Read = Pick<DecodeStep, 'batch' | 'attentionMask'>;

/** Every column of every row at once. */
export function wholeRows(batch: TrainBatch): Read {
  return { batch: { ...batch, length: batch.tokens }, attentionMask: batch.attentionMask };
}

/** Reads the prompts of all rows; the answer is the step that reads their completions, a row each. Throws what the network throws. */
export async function behindPrompts(
  network: Pick<ModelNetwork, 'decode' | 'pickCache'>,
  batch: TrainBatch,
  images: readonly PlacedFeatures[],
): Promise<Omit<DecodeStep, 'keep' | 'grow'>> {
  const { branches, kept, tokens } = batch;
  const before = tokens - branches * kept;
  const prompts = columnsOf(batch, 0, before);
  const read = await network.decode({ ...prompts, images, cache: null, keep: 1, grow: true });
  read.logits.release();
  const own = columnsOf(batch, before, tokens);
  const rows = batch.batch * branches;
  const promptOf = (row: number) => Math.floor(row / branches);
  const mask = new Int32Array(rows * (before + kept));
  for (let row = 0; row < rows; row++) {
    const at = row * (before + kept);
    const [prompt, text] = [promptOf(row) * before, row * kept];
    mask.set(prompts.attentionMask.subarray(prompt, prompt + before), at);
    mask.set(own.attentionMask.subarray(text, text + kept), at + before);
  }
  const picks = Array.from({ length: rows }, (_, row) => promptOf(row));
  return {
    // Branches lie side by side, so that each is a row where it is.
    batch: { ...own.batch, batch: rows, length: kept },
    attentionMask: mask,
    images: [],
    cache: network.pickCache(read.cache as KeyValueCache, picks),
  };
}

/** Columns `[from, to)` of every row. */
function columnsOf(batch: TrainBatch, from: number, to: number): Read {
  const { batch: rows, tokens } = batch;
  const cut = (values: Int32Array) => {
    const parts = new Int32Array((values.length / tokens) * (to - from));
    for (let at = 0; at < values.length; at += tokens)
      parts.set(values.subarray(at + from, at + to), (at / tokens) * (to - from));
    return parts;
  };
  return {
    batch: {
      ...{ batch: rows, length: to - from },
      inputIds: cut(batch.inputIds),
      positionIds: cut(batch.positionIds),
    },
    attentionMask: cut(batch.attentionMask),
  };
}

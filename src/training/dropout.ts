/** Dropout masks of adapters, as data that both executions of the graph are fed. */

import { hash32, hashText, hashWords } from '../base/random.ts';
import type { FloatTensor } from '../contract/train/train-records.ts';

/** The name of the mask that belongs to an adapter matrix `….lora_A.weight`. */
export function maskName(loraA: string): string {
  return loraA.replace(/lora_A\.weight$/, 'lora_dropout');
}

/**
 * One mask [rows of the matrix, in] for each A matrix: 0 with probability `rate`, else 1 / (1 − rate). They depend on the
 * seed, the step, the piece of the batch and the module alone.
 */
export function dropoutMasks(
  shapes: ReadonlyMap<string, readonly number[]>,
  rate: number,
  rowsOf: (name: string) => number,
  ...words: number[]
): Map<string, FloatTensor> {
  const kept = 1 / (1 - rate);
  const below = Math.round(rate * 2 ** 32);
  const masks = new Map<string, FloatTensor>();
  for (const [name, [, width]] of shapes) {
    if (!name.endsWith('.lora_A.weight')) continue;
    const rows = rowsOf(name);
    const base = hashWords(...words, hashText(name));
    const data = new Float32Array(rows * width);
    for (let i = 0; i < data.length; i++) data[i] = hash32((base + i) >>> 0) < below ? 0 : kept;
    masks.set(maskName(name), { shape: [rows, width], data });
  }
  return masks;
}

/** Keeps the logits of recent contexts, so that a changed answer or switch re-scores only what it changes. */

import type { Logits } from '../model/runtime/tensors.ts';
import type { Stretch } from './rounds.ts';

/** Logits of a stretch under one context: token i is predicted by row `firstRow + i − from`. */
export interface KeptStretch extends Stretch {
  readonly logits: Logits;
  readonly firstRow: number;
}

interface Block {
  readonly logits: Logits;
  readonly bytes: number;
  readonly keys: readonly string[];
}

const MAX_BYTES = 96 * 1024 * 1024;

export class LogitsStore {
  readonly #stretches = new Map<string, KeptStretch>();
  /** Oldest first. */
  #blocks: Block[] = [];

  /** Logits of at least the tokens `[from, to)`, or undefined. */
  find(key: string, from: number, to: number): KeptStretch | undefined {
    const found = this.#stretches.get(key);
    return found !== undefined && found.from <= from && found.to >= to ? found : undefined;
  }

  /** Takes over one run's logits and what its contexts' rows mean. */
  add(logits: Logits, stretches: ReadonlyMap<string, KeptStretch>): void {
    const bytes = logits.batch * logits.rows * logits.vocab * 4;
    this.#blocks.push({ logits, bytes, keys: [...stretches.keys()] });
    for (const [key, stretch] of stretches) this.#stretches.set(key, stretch);
  }

  /** Lets the oldest go; call it between jobs, since a running one holds on to what it found. */
  trim(limit = MAX_BYTES): void {
    let bytes = this.#blocks.reduce((sum, block) => sum + block.bytes, 0);
    while (bytes > limit && this.#blocks.length > 0) {
      const [oldest, ...rest] = this.#blocks;
      this.#blocks = rest;
      bytes -= oldest.bytes;
      for (const key of oldest.keys)
        if (this.#stretches.get(key)?.logits === oldest.logits) this.#stretches.delete(key);
      oldest.logits.release();
    }
  }

  clear(): void {
    this.trim(-1);
  }
}

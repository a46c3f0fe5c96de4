/** The logits that a rollout was scored with, copied out while they are held. */

import type { LogitsDump, ScoredRollout } from '../contract/engine.ts';
import type { Reader } from '../method/sight.ts';
import type { SupervisionPlan } from '../method/types.ts';
import type { LogitOps } from './logit-ops.ts';
import type { RowOf } from './measure.ts';
import type { Stretch } from './rounds.ts';

export class LogitsCopy {
  readonly #ops: LogitOps;
  /** Of each reader the tokens that it predicts, rising. */
  readonly #tokens: ReadonlyMap<Reader, readonly number[]>;
  readonly #copies = new Map<Reader, LogitsDump>();

  constructor(ops: LogitOps, { tokens, teachersNeeded }: SupervisionPlan) {
    this.#ops = ops;
    this.#tokens = new Map<Reader, number[]>([
      ['student', [...tokens.keys()]],
      ...teachersNeeded.map((name): [Reader, number[]] => [
        name,
        tokens.flatMap(({ teacher }, i) => (teacher === name ? [i] : [])),
      ]),
    ]);
  }

  /** Copies what is held of the tokens `[from, to)`. */
  async take({ from, to }: Stretch, rowOf: RowOf): Promise<void> {
    for (const [reader, all] of this.#tokens) {
      const tokens = all.filter((token) => token >= from && token < to);
      if (tokens.length === 0) continue;
      const { logits, row: first } = rowOf(reader, tokens[0]);
      const last = rowOf(reader, tokens[tokens.length - 1]).row;
      const values = await this.#ops.readRows(logits, first, last - first + 1);
      const { vocab } = logits;
      const copy = this.#copyOf(reader, all, vocab);
      const place = all.indexOf(tokens[0]);
      for (const [i, token] of tokens.entries()) {
        const at = (rowOf(reader, token).row - first) * vocab;
        copy.data.set(values.subarray(at, at + vocab), (place + i) * vocab);
      }
    }
  }

  /** All of them, once every token was held. */
  get logits(): NonNullable<ScoredRollout['logits']> {
    const { student, ...teachers } = Object.fromEntries(this.#copies);
    return { student, teachers };
  }

  #copyOf(reader: Reader, tokens: readonly number[], vocab: number): LogitsDump {
    const known = this.#copies.get(reader);
    if (known !== undefined) return known;
    const data = new Float32Array(tokens.length * vocab);
    const copy = { tokens: Int32Array.from(tokens), vocab, data };
    this.#copies.set(reader, copy);
    return copy;
  }
}

/** Writes an evaluation down while it is under way. */

import { toErrorRecord } from '../../base/errors.ts';
import type { EvaluationEvent } from '../../contract/evaluation/evaluation.ts';
import type { EvaluationRecord } from '../../contract/evaluation/evaluation-records.ts';
import type { EvaluationStore } from './store.ts';

/** Writes as it can: what finds no room is said once, and tried again with the next turn. */
export class Log {
  readonly #id: string;
  readonly #store: EvaluationStore | null;
  readonly #emit: (event: EvaluationEvent) => void;
  #unwritten: Parameters<EvaluationStore['append']>[1] = [];
  #said = false;

  constructor(id: string, store: EvaluationStore | null, emit: (event: EvaluationEvent) => void) {
    this.#id = id;
    this.#store = store;
    this.#emit = emit;
  }

  async append(lines: Parameters<EvaluationStore['append']>[1]): Promise<void> {
    if (lines.length === 0) return;
    this.#unwritten = [...this.#unwritten, ...lines];
    await this.#try(async (store) => {
      await store.append(this.#id, this.#unwritten);
      this.#unwritten = [];
    });
  }

  async write(record: EvaluationRecord): Promise<void> {
    await this.#try(async (store) => {
      if (this.#unwritten.length > 0) await store.append(this.#id, this.#unwritten);
      this.#unwritten = [];
      await store.write(record);
    });
  }

  async #try(work: (store: EvaluationStore) => Promise<void>): Promise<void> {
    if (this.#store === null) return;
    try {
      await work(this.#store);
      this.#said = false;
    } catch (error) {
      if (this.#said) return;
      this.#said = true;
      const record = toErrorRecord(error, this.#id);
      this.#emit({ type: 'evaluation.not-saved', evaluationId: this.#id, error: record });
    }
  }
}

/** Runs of trainers elsewhere: taken in, listed, drawn, and their adapters handed out as students. */

import { part } from '../../base/part.ts';
import type { OutsideRun } from '../../contract/train/outside-runs.ts';
import { type OutsideStore, openOutside } from '../../training/outside/outside-store.ts';

export class OutsideRuns {
  #store: Promise<OutsideStore> | null = null;

  store(): Promise<OutsideStore> {
    this.#store ??= openOutside();
    return this.#store;
  }

  /** What came of a file; null where it is no log. */
  async take(file: Blob): Promise<readonly OutsideRun[] | null> {
    const { readOutside } = await part(
      'The reader of logs',
      () => import('../../training/outside/outside-file.ts'),
    );
    const found = await readOutside(file, file instanceof File ? file.name : 'the file');
    if (found === null) return null;
    const store = await this.store();
    const ids = new Set<string>();
    for (const content of found) ids.add(await store.add(content));
    return (await store.list()).runs.filter(({ runId }) => ids.has(runId));
  }
}

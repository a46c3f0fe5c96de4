/** The engine's desk for sets of questions: what the page asks of them, and the way by which runs and evaluations come to them. */

import { type Outcome, outcomeOf } from '../../base/outcome.ts';
import { part } from '../../base/part.ts';
import type { DataApi, DataEvent } from '../../contract/data/data-sets.ts';
import type { DataSets } from '../../data/data-sets.ts';
import { EvaluatedSets } from '../evaluation/evaluated-sets.ts';

export class DataDesk implements DataApi {
  readonly #emit: (event: DataEvent) => void;
  /** As evaluations ask them. */
  readonly evaluated = new EvaluatedSets(() => this.sets());
  #sets: Promise<DataSets> | null = null;

  constructor(emit: (event: DataEvent) => void) {
    this.#emit = emit;
  }

  /** Fetched when it is first needed. */
  sets(): Promise<DataSets> {
    this.#sets ??= part('The reader of questions', () => import('../../data/data-sets.ts')).then(
      ({ DataSets }) => new DataSets(),
    );
    this.#sets.catch(() => {
      this.#sets = null;
    });
    return this.#sets;
  }

  readonly lookAtData: DataApi['lookAtData'] = (files, mapping) =>
    this.#with('import', (sets) => sets.look(files, mapping));

  readonly importData: DataApi['importData'] = (request) => {
    const { importId } = request;
    return this.#with('import', (sets) =>
      sets.import(request, (progress) => this.#emit({ type: 'data.progress', importId, progress })),
    );
  };

  readonly cancelData: DataApi['cancelData'] = async (importId) =>
    (await this.sets()).cancel(importId);

  readonly listData: DataApi['listData'] = () => this.#with('data', (sets) => sets.shelf());

  readonly dataItems: DataApi['dataItems'] = (id, from, to) =>
    this.#with(id, (sets) => sets.items(id, from, to));

  readonly renameData: DataApi['renameData'] = (id, name) =>
    this.#with(id, (sets) => sets.rename(id, name));

  readonly deleteData: DataApi['deleteData'] = (id) =>
    this.#with(id, async (sets) => {
      await sets.remove(id);
      return null;
    });

  readonly exportData: DataApi['exportData'] = (id, as) =>
    this.#with(id, (sets) => sets.export(id, as));

  readonly exportWorld: DataApi['exportWorld'] = (world, as) =>
    this.#with('world', (sets) => sets.exportWorld(world, as));

  #with<T>(where: string, work: (sets: DataSets) => Promise<T>): Promise<Outcome<T>> {
    return outcomeOf(async () => work(await this.sets()), where);
  }
}

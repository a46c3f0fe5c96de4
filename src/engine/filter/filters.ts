/** The filtering half of the engine: questions that are measured take their turns among its jobs. */

import { PlaygroundError } from '../../base/errors.ts';
import { newId } from '../../base/new-id.ts';
import { type Outcome, outcomeOf } from '../../base/outcome.ts';
import { ITEMS_FORMAT } from '../../contract/data/item-set.ts';
import {
  type FilterEvent,
  type FilteredItems,
  type FilterRequest,
  type KeptItemSets,
  nothingKept,
} from '../../contract/train/filter.ts';
import { validateFilter } from '../../contract/train/filter-validate.ts';
import { requireStateDict } from '../../model/assets.ts';
import { undrawn } from '../../training/faults.ts';
import { modelFingerprint } from '../../training/fingerprint.ts';
import type { EngineLoan } from '../engine-loan.ts';
import { drawnOf, FilterWork } from './filter-work.ts';
import { ItemSets, readSet } from './item-sets.ts';

export class Filters {
  readonly #host: EngineLoan<FilterEvent>;
  readonly #sets = new ItemSets();
  /** Whether each that is under way is to end. */
  readonly #active = new Map<string, boolean>();

  constructor(host: EngineLoan<FilterEvent>) {
    this.#host = host;
  }

  filter(request: FilterRequest): Promise<Outcome<FilteredItems>> {
    const { filterId } = request;
    return outcomeOf(async () => {
      this.#active.set(filterId, false);
      try {
        return await this.#run(request);
      } finally {
        this.#active.delete(filterId);
      }
    }, filterId);
  }

  end(filterId: string): void {
    if (this.#active.has(filterId)) this.#active.set(filterId, true);
  }

  list(): Promise<Outcome<KeptItemSets>> {
    return outcomeOf(() => this.#sets.list(), 'items');
  }

  import(file: Blob): Promise<Outcome<FilteredItems>> {
    return outcomeOf(async () => {
      const set = { ...readSet(await file.text(), 'The file'), id: newId() };
      await this.#sets.put(set);
      return set;
    }, 'items');
  }

  remove(id: string): Promise<Outcome<null>> {
    return outcomeOf(async () => {
      await this.#sets.remove(id);
      return null;
    }, 'items');
  }

  async #run({ filterId, name, settings: asked, keep }: FilterRequest): Promise<FilteredItems> {
    const settings = validateFilter(asked);
    const model = this.#host.need();
    const { name: modelName, stateDict } = requireStateDict(model.assets);
    const work = new FilterWork(settings);
    const start = performance.now();
    const kept = () => work.found.filter((one) => one.kept);
    const tell = () => {
      const { total } = work;
      const done = work.found.length;
      const each = done === 0 ? null : (performance.now() - start) / done;
      const leftMs = each === null ? null : each * (total - done);
      const progress = { done, total, kept: kept().length, leftMs };
      this.#host.emit({ type: 'filter.progress', filterId, progress });
    };
    tell();
    while (!work.isDone && this.#active.get(filterId) !== true) {
      await this.#host.turn('filter', ({ pause }) => {
        if (this.#host.need() !== model) throw otherModel();
        return model.surviving((inUse) => work.turn(inUse, { pause, undrawn: undrawn('rollout') }));
      });
      tell();
    }
    if (work.found.length === 0) throw ended();
    if (kept().length === 0) throw nothingKept(work.found, settings);
    const set: FilteredItems = {
      format: ITEMS_FORMAT,
      id: newId(),
      name,
      source: settings.data.source,
      drawn: drawnOf(settings),
      items: kept().map(({ index, passRate, captionRate }) => ({
        ...{ index, passRate },
        ...(captionRate === null ? {} : { captionRate }),
      })),
      createdAt: new Date().toISOString(),
      model: { name: modelName, fingerprint: await modelFingerprint(stateDict) },
      settings,
      lookedAt: work.found,
    };
    if (keep) await this.#sets.put(set);
    return set;
  }
}

const ended = () =>
  new PlaygroundError({
    code: 'filter.ended',
    message: 'Measuring was ended before the first questions were answered.',
    fix: 'Start it again.',
    where: 'filter',
  });

const otherModel = () =>
  new PlaygroundError({
    code: 'filter.other-model',
    message: 'Another model was loaded while questions were measured.',
    fix: 'Load the first one and start again, or measure with this one.',
    where: 'model',
  });

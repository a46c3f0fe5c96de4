/** The sets of questions of this browser: brought in, looked at, renamed, deleted, opened to be asked, and handed out. */

import { PlaygroundError } from '../base/errors.ts';
import { type JobHandle, JobQueue } from '../base/jobs.ts';
import { newId } from '../base/new-id.ts';
import {
  type DataExport,
  type DataFile,
  type DataImport,
  type DataItem,
  type DataProgress,
  type DataRecord,
  type DataReference,
  type DataShelf,
  dataMissing,
  type GivenFile,
  MOST_DATA_NAME,
  type WorldExport,
} from '../contract/data/data-sets.ts';
import { pictureSize } from '../picture/decode.ts';
import { MemoryFiles } from '../storage/file-area.ts';
import { keepStorage } from '../storage/private-files.ts';
import { DataStore, openDataStore } from './data-store.ts';
import { exportedSet } from './export-data.ts';
import { type CheckPicture, importData, lookAtFiles } from './import-data.ts';
import type { OpenSet } from './open-set.ts';
import { worldSet } from './world-set.ts';

/** Opened sets that are held with their texts. */
const MOST_OPEN = 2;
/** Items handed out at once. */
const MOST_ITEMS = 100;

export class DataSets {
  readonly #jobs = new JobQueue();
  readonly #check: CheckPicture;
  #store: Promise<DataStore> | null;
  /** Of what is asked and not kept. */
  readonly #passing = new DataStore(new MemoryFiles());
  #open: readonly OpenSet[] = [];

  constructor(store: DataStore | null = null, check: CheckPicture = looked) {
    this.#store = store === null ? null : Promise.resolve(store);
    this.#check = check;
  }

  readonly look = lookAtFiles;

  /** Throws what `importData` throws, and `data.there` for questions that are kept already. */
  async import(
    request: DataImport,
    onProgress: (progress: DataProgress) => void,
  ): Promise<DataRecord> {
    const { record, isNew } = await this.#imported(request, {
      store: () => this.#kept(),
      onProgress,
      strict: false,
    });
    if (!isNew) throw alreadyThere(record);
    return record;
  }

  /**
   * A file that is to be asked as it is, kept among the sets where that is wanted. Throws what `importData` throws, and
   * `data.line` for the first line that is no question.
   */
  async take(file: Blob, name: string, keep: boolean): Promise<OpenSet> {
    const given: GivenFile = { path: name, file: new File([file], name) };
    const request = { importId: newId(), name, files: [given], mapping: null };
    const store = async () => (keep ? this.#kept() : this.#passing);
    const onProgress = () => undefined;
    const { record } = await this.#imported(request, { store, onProgress, strict: true });
    return this.#remember(await (await store()).open(record.id));
  }

  cancel(importId: string): void {
    this.#jobs.cancel(importId);
  }

  async shelf(): Promise<DataShelf> {
    const store = await this.#kept();
    return { ...(await store.list()), lasting: store.lasting };
  }

  /** Items `[from, to)`. Throws `data.gone` and `data.damaged`. */
  async items(id: string, from: number, to: number): Promise<readonly DataItem[]> {
    const set = await this.#byId(id);
    const end = Math.min(set.rows.length, to, from + MOST_ITEMS);
    const items: DataItem[] = [];
    for (let index = from; index < end; index++) items.push(await set.item(index));
    return items;
  }

  async rename(id: string, name: string): Promise<DataRecord> {
    const wanted = name.trim().slice(0, MOST_DATA_NAME);
    const store = await this.#kept();
    this.#forget(id);
    return store.rename(id, wanted === '' ? 'Questions' : wanted);
  }

  async remove(id: string): Promise<void> {
    this.#forget(id);
    await (await this.#kept()).remove(id);
  }

  async export(id: string, as: DataExport): Promise<DataFile> {
    return exportedSet(await this.#byId(id), as);
  }

  /** Throws what `worldSet` throws. */
  async exportWorld(world: WorldExport, as: DataExport): Promise<DataFile> {
    return exportedSet(worldSet(world), as);
  }

  /** The set that a run or an evaluation names. Throws `data.missing` where this browser has none with its questions. */
  async opened({
    fingerprint,
    name,
  }: Pick<DataReference, 'fingerprint' | 'name'>): Promise<OpenSet> {
    const known = this.#open.find(({ record }) => record.fingerprint === fingerprint);
    if (known !== undefined) return this.#remember(known);
    for (const store of [this.#passing, await this.#kept()]) {
      const record = await store.find(fingerprint);
      if (record !== null) return this.#remember(await store.open(record.id));
    }
    throw dataMissing({ name, fingerprint });
  }

  /** Whether it is here. */
  async has({ fingerprint }: Pick<DataReference, 'fingerprint'>): Promise<boolean> {
    const stores = [this.#passing, await this.#kept()];
    const found = await Promise.all(stores.map((store) => store.find(fingerprint)));
    return found.some((record) => record !== null);
  }

  #imported(
    request: DataImport,
    {
      store,
      ...how
    }: {
      readonly store: () => Promise<DataStore>;
      readonly strict: boolean;
      readonly onProgress: (progress: DataProgress) => void;
    },
  ) {
    const work = async (job: JobHandle) => {
      await keepStorage();
      return importData({ request, job, store: await store(), check: this.#check, ...how });
    };
    return this.#jobs.run(request.importId, work);
  }

  async #byId(id: string): Promise<OpenSet> {
    const known = this.#open.find(({ record }) => record.id === id);
    return this.#remember(known ?? (await (await this.#kept()).open(id)));
  }

  #remember(set: OpenSet): OpenSet {
    const others = this.#open.filter((own) => own.record.id !== set.record.id);
    this.#open = [set, ...others].slice(0, MOST_OPEN);
    return set;
  }

  #forget(id: string): void {
    this.#open = this.#open.filter(({ record }) => record.id !== id);
  }

  #kept(): Promise<DataStore> {
    this.#store ??= openDataStore();
    return this.#store;
  }
}

const looked: CheckPicture = (file) => pictureSize(file, { name: file.name });

function alreadyThere({ id, name }: DataRecord): PlaygroundError {
  return new PlaygroundError({
    code: 'data.there',
    message: `The same questions and pictures are here already, as “${name}”.`,
    fix: 'Use that set, or delete it first.',
    where: id,
  });
}

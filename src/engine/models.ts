/** Models before they are loaded: looked at, brought into the browser's storage, listed, deleted. None of it waits for a job. */

import { PlaygroundError } from '../base/errors.ts';
import type {
  Fetched,
  FetchRequest,
  KeptModel,
  KnownVerdict,
  ModelLook,
  ModelShelf,
  ModelSource,
  ModelsEvent,
  WeightKind,
} from '../contract/models/model-sources.ts';
import { sourceName } from '../contract/models/model-sources.ts';
import { shardsOf } from '../model/assets.ts';
import { judgeKnown } from '../model/judge-known.ts';
import { lookAtModel } from '../model/look.ts';
import { lookAtDevice } from '../model/runtime/device.ts';
import { isWeightFile, wholeKinds } from '../model/sources/kept-kinds.ts';
import { neededFiles } from '../model/sources/model-files.ts';
import { openModelStore, type StoredModel } from '../model/sources/model-store.ts';
import { RemoteFolder } from '../model/sources/remote-folder.ts';
import { holdName, isHeld, type Release } from '../storage/name-lock.ts';
import { isPersistent } from '../storage/private-files.ts';

export class ModelDesk {
  readonly #emit: (event: ModelsEvent) => void;
  #running = new Set<AbortController>();
  #fetching = false;
  #inUse: Release | null = null;

  constructor(emit: (event: ModelsEvent) => void) {
    this.#emit = emit;
  }

  look(source: ModelSource): Promise<ModelLook> {
    return this.#cancellable((signal) => lookAtModel(source, { signal }));
  }

  /** Throws {@link PlaygroundError} `model.fetch-busy`, and what `neededFiles` and `RemoteFolder` throw. */
  async fetch({ source, ...asked }: FetchRequest): Promise<Fetched> {
    if (this.#fetching) throw busy(sourceName(source));
    this.#fetching = true;
    try {
      return await this.#cancellable(async (signal) => {
        const folder = await RemoteFolder.open(source, { signal, shardsOf });
        const { texts, weights, sizes } = await neededFiles(folder, shardsOf, {
          ...asked,
          signal,
        });
        const names = [...texts, ...weights];
        await folder.prepare(names, {
          signal,
          onTransfer: (progress) => this.#emit({ type: 'model.transfer', ...progress }),
        });
        return {
          bytes: names.reduce((sum, name) => sum + (sizes.get(name) ?? 0), 0),
          lasting: folder.lasting,
          notice: folder.lasting
            ? null
            : 'There was no room in the browser’s storage, so its files are in memory until this tab is closed.',
        };
      });
    } finally {
      this.#fetching = false;
      this.#emit({ type: 'models.changed' });
    }
  }

  cancel(): void {
    for (const controller of this.#running) controller.abort(cancelled());
  }

  /** A model was loaded from here: nobody deletes its files while it is read. */
  async use(source: ModelSource): Promise<void> {
    await this.#inUse?.();
    this.#inUse = null;
    if (source.kind === 'bundled' || source.kind === 'folder') return;
    const store = await openModelStore();
    const kept = (await store.all()).find((model) => isOf(source, model));
    if (kept !== undefined) this.#inUse = await holdName(useLock(kept.id), 'shared');
    this.#emit({ type: 'models.changed' });
  }

  async known(): Promise<KnownVerdict[]> {
    return judgeKnown(await lookAtDevice());
  }

  async list(): Promise<ModelShelf> {
    const store = await openModelStore();
    const all = await Promise.all((await store.all()).map(keptModel));
    // A look leaves a few small texts, which are no model.
    const models = all.filter((model): model is KeptModel => model !== null);
    const room = (await store.disk?.estimate()) ?? null;
    return { models, room, persistent: await isPersistent(), problem: store.problem };
  }

  /** Throws {@link PlaygroundError} `model.in-use`. */
  async delete(id: string): Promise<void> {
    const store = await openModelStore();
    const found = await store.find(id);
    if (found === null) return;
    const locks = [
      await holdName(fetchLock(id), 'exclusive'),
      await holdName(useLock(id), 'exclusive'),
    ];
    try {
      if (locks.includes(null)) throw inUse(sourceName(found.record.source));
      await store.remove(id);
    } finally {
      for (const release of locks) await release?.();
    }
    this.#emit({ type: 'models.changed' });
  }

  async #cancellable<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const controller = new AbortController();
    this.#running.add(controller);
    try {
      return await work(controller.signal);
    } finally {
      this.#running.delete(controller);
    }
  }
}

/** Null where nothing of its weights was begun. */
async function keptModel(model: StoredModel): Promise<KeptModel | null> {
  const { source, commit, files, savedAt } = model.record;
  const sizes = await model.sizes();
  const begun = files.filter(({ path }) => sizes.has(path));
  if (!begun.some(({ path }) => isWeightFile(path))) return null;
  const here = [...sizes.values()].reduce((sum, bytes) => sum + bytes, 0);
  return {
    id: model.id,
    name: sourceName(source),
    source,
    host: new URL(source.kind === 'hub' ? source.hub : source.url).host,
    commit,
    bytes: here,
    wanted: begun.reduce((sum, { path, bytes }) => sum + (bytes ?? sizes.get(path) ?? 0), 0),
    whole: kindsOf(model),
    savedAt,
    inUse: await isHeld(useLock(model.id)),
  };
}

/** What is here whole of a model, among what can be opened. */
function kindsOf({ record: { files, done, source } }: StoredModel): WeightKind[] {
  const inner = source.kind === 'hub' && source.inner !== '' ? `${source.inner}/` : '';
  const inside = (paths: readonly string[]) =>
    paths.filter((path) => path.startsWith(inner)).map((path) => path.slice(inner.length));
  return wholeKinds(inside(files.map(({ path }) => path)), inside(done));
}

function isOf(source: ModelSource, { record }: StoredModel): boolean {
  if (source.kind === 'address')
    return record.source.kind === 'address' && record.source.url === source.url;
  if (source.kind !== 'hub' || record.source.kind !== 'hub') return false;
  const same = record.source.hub === source.hub && record.source.repo === source.repo;
  return same && (record.commit === source.revision || record.asked === source.revision);
}

const fetchLock = (id: string) => `vigos-model-fetch:${id}`;
const useLock = (id: string) => `vigos-model-use:${id}`;

/** The same as a job's, since it ends the same way. */
function cancelled(): PlaygroundError {
  return new PlaygroundError({
    code: 'job.cancelled',
    message: 'It was cancelled.',
    fix: 'Start it again: what has come is kept.',
    where: 'model',
  });
}

function busy(name: string): PlaygroundError {
  return new PlaygroundError({
    code: 'model.fetch-busy',
    message: `${name} waits: another model is being fetched in this tab.`,
    fix: 'Let that one finish or cancel it; what has come of it is kept.',
    where: name,
  });
}

function inUse(name: string): PlaygroundError {
  return new PlaygroundError({
    code: 'model.in-use',
    message: `${name} is loaded or being fetched, here or in another tab of this site.`,
    fix: 'Open another model first, there too; then delete it.',
    where: name,
  });
}

/** One model is opened at a time. */
export function loadBusy(name: string): PlaygroundError {
  return new PlaygroundError({
    code: 'model.load-busy',
    message: `${name} was not opened: another model is being opened.`,
    fix: 'Wait until that one is ready, or cancel it; then open this one again.',
    where: name,
  });
}

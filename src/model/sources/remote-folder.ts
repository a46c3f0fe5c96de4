/** A model on a host elsewhere, as everything that reads a model sees it: listed there, brought here, read from here. */

import { PlaygroundError, toErrorRecord } from '../../base/errors.ts';
import { FILE_KINDS, placeOf, tellingFile } from '../../base/file-kinds.ts';
import { part } from '../../base/part.ts';
import type { RemoteSource } from '../../contract/models/model-sources.ts';
import { sourceName } from '../../contract/models/model-sources.ts';
import { holdName } from '../../storage/name-lock.ts';
import { listAddress } from './address-listing.ts';
import { download, type Listing, type Patience, type RemoteFile } from './download.ts';
import { isWeights, modelHome } from './folders.ts';
import { listedIn } from './found-instead.ts';
import { hubFetch } from './hub-fetch.ts';
import {
  type ModelRecord,
  type ModelStore,
  modelId,
  openModelStore,
  type StoredModel,
} from './model-store.ts';
import { missing, unreadable } from './read-errors.ts';
import type { FileSource, PrepareOptions, SourceReadOptions } from './source.ts';
import { TransferMeter } from './transfer-meter.ts';

export interface RemoteOptions {
  readonly signal?: AbortSignal | undefined;
  readonly shardsOf: (index: string) => readonly string[];
  /** Others in tests. */
  readonly store?: ModelStore;
  readonly fetch?: typeof fetch;
  readonly patience?: Patience;
}

/** Files that are brought at the same time: small ones then wait for no large one. */
const AT_ONCE = 3;
/** Room that is left to the browser, bytes. */
const SPARE = 64 * 2 ** 20;
/** Largest model that is kept in memory for want of room, bytes. */
const MOST_IN_MEMORY = 2 ** 31;
/** Largest file that a look reads, bytes. */
const MOST_READ_WHOLE = 64 * 2 ** 20;

export class RemoteFolder implements FileSource {
  readonly name: string;
  readonly trusted = false;
  /** With the commit that was found in place of its revision. */
  readonly source: RemoteSource;
  /** Nobody was asked: what is kept here had to do. */
  readonly offline: boolean;
  readonly #asked: string;
  readonly #listing: Listing;
  readonly #home: string;
  readonly #files: ReadonlyMap<string, RemoteFile>;
  readonly #store: ModelStore;
  readonly #ask: typeof fetch;
  readonly #patience: Patience | undefined;
  #model: StoredModel | null;

  private constructor(
    source: RemoteSource,
    listing: Listing,
    offline: boolean,
    store: ModelStore,
    model: StoredModel | null,
    { fetch: base, patience }: RemoteOptions,
  ) {
    const entries = listing.files.map(({ path }) => ({ path: `top/${path}` }));
    const inner = source.kind === 'hub' && source.inner !== '' ? source.inner : undefined;
    this.#home = entries.length === 0 ? '' : modelHome(entries, inner).slice('top/'.length);
    const { commit } = listing;
    this.#asked = source.kind === 'hub' ? source.revision : '';
    this.source =
      source.kind === 'hub'
        ? { ...source, revision: commit ?? source.revision, inner: this.#home.replace(/\/$/, '') }
        : source;
    this.name = sourceName(this.source);
    this.offline = offline;
    this.#listing = listing;
    this.#files = new Map(
      listing.files
        .filter(({ path }) => path.startsWith(this.#home))
        .map((file) => [file.path.slice(this.#home.length), file]),
    );
    this.#store = store;
    this.#model = model;
    this.#ask = source.kind === 'hub' ? hubFetch(source, base) : (base ?? plainFetch);
    this.#patience = patience;
  }

  /**
   * Asks the host what is there; a commit that is kept here needs no host, and where none answers what is kept of the
   * same place has to do. Throws {@link PlaygroundError} what `listHub` and `listAddress` throw, `model.several` and
   * `model.no-such-folder`.
   */
  static async open(source: RemoteSource, options: RemoteOptions): Promise<RemoteFolder> {
    const store = options.store ?? (await openModelStore());
    const exact = source.kind === 'hub' && /^[\da-f]{40}$/.test(source.revision);
    const known = exact ? await store.find(modelId(source, source.revision)) : null;
    if (known !== null) return new RemoteFolder(source, known.record, false, store, known, options);
    try {
      const { fetch: base, shardsOf, signal } = options;
      const hub = () => part('The client of the hub', () => import('./hub-listing.ts'));
      const listing =
        source.kind === 'hub'
          ? await (await hub()).listHub(source, hubFetch(source, base), signal)
          : await listAddress(source.url, base ?? plainFetch, shardsOf, signal);
      const model = await store.find(modelId(source, listing.commit));
      return new RemoteFolder(source, listing, false, store, model, options);
    } catch (error) {
      if (toErrorRecord(error).code !== 'hub.unreachable') throw error;
      const kept = (await store.all()).find(({ record }) => isSamePlace(source, record));
      if (kept === undefined) throw error;
      return new RemoteFolder(source, kept.record, true, store, kept, options);
    }
  }

  get id(): string {
    return modelId(this.source, this.#listing.commit);
  }

  /** Whether what came outlives the tab. */
  get lasting(): boolean {
    return this.#model?.lasting ?? this.#store.disk !== null;
  }

  async list(): Promise<ReadonlyMap<string, number | null>> {
    return new Map([...this.#files].map(([name, { bytes }]) => [name, bytes]));
  }

  /** Bytes of each file that are here, by name. */
  async kept(): Promise<ReadonlyMap<string, number>> {
    const sizes = (await this.#model?.sizes()) ?? new Map<string, number>();
    return new Map(
      [...this.#files].map(([name, { path }]) => [name, sizes.get(path) ?? 0] as const),
    );
  }

  async read(name: string, options: SourceReadOptions = {}): Promise<Uint8Array> {
    const { progress, signal, range } = options;
    const blob = await this.blob(name, signal);
    const wanted = range === undefined ? blob : blob.slice(range.first, range.first + range.length);
    try {
      const bytes = new Uint8Array(await wanted.arrayBuffer());
      progress?.add(name, bytes.length);
      return bytes;
    } catch (cause) {
      throw unreadable(name, blob.size, cause);
    }
  }

  /** The file where it lies in the browser's storage; brought here first where it is not. */
  async blob(name: string, signal?: AbortSignal): Promise<Blob> {
    const file = this.#files.get(name);
    if (file === undefined) throw await this.lacking(name);
    const here = await this.#model?.content(file);
    if (here) return here;
    await this.prepare([name], { signal });
    const come = await this.#model?.content(file);
    if (come) return come;
    throw unreadable(name, file.bytes ?? 0, 'not in storage');
  }

  /** A small file. Null for one that is too large to be read for a look. */
  async small(name: string, signal?: AbortSignal): Promise<Uint8Array | null> {
    if ((this.#files.get(name)?.bytes ?? 0) > MOST_READ_WHOLE) return null;
    return this.read(name, { signal });
  }

  async prepare(
    names: readonly string[],
    { signal, onTransfer = () => undefined }: PrepareOptions,
  ): Promise<void> {
    const wanted: RemoteFile[] = [];
    for (const name of names) {
      const file = this.#files.get(name);
      if (file === undefined) throw await this.lacking(name);
      wanted.push(file);
    }
    const missing = await this.#missing(wanted);
    if (missing.length === 0) return;
    const lock = await holdName(`vigos-model-fetch:${this.id}`, 'exclusive');
    if (lock === null) throw fetchedElsewhere(this.name);
    try {
      const model = await this.#place(missing);
      // Another tab may have brought some until the lock was free.
      const rest = await this.#missing(missing);
      const sizes = await model.sizes();
      const here = (file: RemoteFile) =>
        file.bytes === null ? 0 : Math.min(file.bytes, sizes.get(file.path) ?? 0);
      const sum = (of: (file: RemoteFile) => number) => wanted.reduce((all, f) => all + of(f), 0);
      const meter = new TransferMeter(onTransfer, {
        loaded: sum(here),
        total: sum((file) => file.bytes ?? 0),
      });
      await this.#bring(rest, model, meter, signal);
    } finally {
      await lock();
    }
  }

  async lacking(name: string): Promise<PlaygroundError> {
    const paths = [...this.#files.keys()];
    const telling = paths.some(isWeights) ? null : tellingFile(paths);
    const place = telling === null ? null : placeOf(telling.kind);
    if (telling !== null && place !== null)
      return missing(
        name,
        `${listedIn(paths)} ${telling.name} is ${FILE_KINDS[telling.kind].what}.`,
        place,
      );
    return missing(
      name,
      listedIn(paths),
      `Name the repository or folder of a Qwen-VL model in the Hugging Face layout, with ${name} in it.`,
    );
  }

  async #missing(files: readonly RemoteFile[]): Promise<RemoteFile[]> {
    const found: RemoteFile[] = [];
    for (const file of files) if (!(await this.#model?.content(file))) found.push(file);
    return found;
  }

  /** On the disk where there is room for what is still to come, in memory where it fits there. */
  async #place(files: readonly RemoteFile[]): Promise<StoredModel> {
    const bytes = files.reduce((sum, file) => sum + (file.bytes ?? 0), 0);
    const room = await this.#store.disk?.estimate();
    const sizes = (await this.#model?.sizes()) ?? new Map<string, number>();
    const here = files.reduce((sum, { path }) => sum + (sizes.get(path) ?? 0), 0);
    const fits = !room || room.quota - room.usage > bytes - here + SPARE;
    const inMemory = this.#store.disk === null || !fits;
    if (inMemory && (this.#model?.lasting === true || bytes > MOST_IN_MEMORY))
      throw noRoom(this.name, bytes, room ?? null);
    this.#model = await this.#store.place(this.source, this.#listing, this.#asked, inMemory);
    return this.#model;
  }

  async #bring(
    files: readonly RemoteFile[],
    model: StoredModel,
    meter: TransferMeter,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const failed = new AbortController();
    const both = signal === undefined ? failed.signal : AbortSignal.any([signal, failed.signal]);
    const waiting = [...files];
    const withToken = this.source.kind === 'hub' && this.source.token !== undefined;
    const worker = async () => {
      for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
        await download(file, model.sink(file), {
          fetch: this.#ask,
          withToken,
          signal: both,
          onBytes: (bytes) => meter.add(bytes),
          onWait: (reason) => meter.wait(reason),
          ...(this.#patience === undefined ? {} : { patience: this.#patience }),
        });
        await model.finish(file);
      }
    };
    const work = Array.from({ length: AT_ONCE }, async () => {
      try {
        await worker();
      } catch (error) {
        failed.abort(error);
        throw error;
      }
    });
    // All have to have let go of their files before anybody else may have them.
    const ends = await Promise.allSettled(work);
    signal?.throwIfAborted();
    const first = ends.find((end) => end.status === 'rejected');
    if (first !== undefined) throw failed.signal.reason ?? first.reason;
  }
}

const plainFetch: typeof fetch = (input, init) =>
  fetch(input, { ...init, credentials: 'omit', referrerPolicy: 'no-referrer' });

function isSamePlace(wanted: RemoteSource, { source, asked, commit }: ModelRecord): boolean {
  if (wanted.kind === 'address') return source.kind === 'address' && wanted.url === source.url;
  const same = source.kind === 'hub' && wanted.hub === source.hub && wanted.repo === source.repo;
  return same && (wanted.revision === asked || wanted.revision === commit);
}

function fetchedElsewhere(name: string): PlaygroundError {
  return new PlaygroundError({
    code: 'model.fetch-busy',
    message: `${name} is being fetched already, here or in another tab of this site.`,
    fix: 'Wait until it has come there, or cancel it there; then open it here.',
    where: name,
  });
}

function noRoom(
  name: string,
  bytes: number,
  room: { readonly usage: number; readonly quota: number } | null,
): PlaygroundError {
  const gb = (count: number) => (count / 1e9).toFixed(1);
  const free =
    room === null
      ? ''
      : `, and this browser lets the site keep ${gb(Math.max(0, room.quota - room.usage))} GB more`;
  return new PlaygroundError({
    code: 'storage.no-room',
    message: `${gb(bytes)} GB of ${name} are still to come${free}.`,
    fix: 'Delete models or runs you no longer need, free space on the disk, or choose a smaller precision.',
    where: name,
    detail: { bytes, ...(room ?? {}) },
  });
}

/**
 * What the browser keeps of models from elsewhere: a folder of its private files for each, with a record of what its
 * source lists and of what has come. In memory where there is no room, or no private file system.
 */

import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import * as v from 'valibot';
import { type ErrorRecord, toErrorRecord } from '../../base/errors.ts';
import type { RemoteSource } from '../../contract/models/model-sources.ts';
import { type FileArea, MemoryFiles } from '../../storage/file-area.ts';
import { openPrivateFiles } from '../../storage/private-files.ts';
import type { Listing, RemoteFile, Sink } from './download.ts';

const RECORD = 'record.json';
/** Longest name of a stored file; file systems end at 255 bytes. */
const LONGEST = 180;

const remoteFile = v.object({
  path: v.string(),
  url: v.string(),
  bytes: v.nullable(v.number()),
  sha256: v.nullable(v.string()),
  gitBlob: v.nullable(v.string()),
  version: v.nullable(v.string()),
});

const source = v.variant('kind', [
  v.object({
    kind: v.literal('hub'),
    hub: v.string(),
    repo: v.string(),
    revision: v.string(),
    inner: v.string(),
  }),
  v.object({ kind: v.literal('address'), url: v.string() }),
]);

const record = v.object({
  format: v.literal('vigos-model/1'),
  source,
  /** Revision that a person asked for; '' for an address. */
  asked: v.string(),
  commit: v.nullable(v.string()),
  savedAt: v.string(),
  files: v.array(remoteFile),
  /** Paths of the files that are here whole, and checked. */
  done: v.array(v.string()),
  /** By path: how its host told the version that was begun from others. */
  marks: v.record(v.string(), v.string()),
});

export type ModelRecord = v.InferOutput<typeof record>;

/** All that is kept. */
export class ModelStore {
  /** Null where nothing outlives the tab. */
  readonly disk: FileArea | null;
  /** Why not. */
  readonly problem: ErrorRecord | null;
  readonly #memory = new MemoryFiles();
  /** Of models that are open here; two readers of one share it, so that neither writes over the other's record. */
  readonly #open = new Map<string, StoredModel>();

  constructor(disk: FileArea | null, problem: ErrorRecord | null = null) {
    this.disk = disk;
    this.problem = problem;
  }

  /** All models with a record that can be read, newest first. */
  async all(): Promise<StoredModel[]> {
    const found: StoredModel[] = [];
    for (const area of this.#areas)
      for (const id of await area.folders()) {
        const model = await this.#read(area, id);
        if (model !== null) found.push(model);
      }
    return found.sort((a, b) => (a.record.savedAt < b.record.savedAt ? 1 : -1));
  }

  async find(id: string): Promise<StoredModel | null> {
    for (const area of this.#areas) {
      const model = await this.#read(area, id);
      if (model !== null) return model;
    }
    return null;
  }

  /** The model's place, on the disk unless `inMemory`; made where there is none. */
  async place(
    from: RemoteSource,
    listing: Listing,
    asked: string,
    inMemory: boolean,
  ): Promise<StoredModel> {
    const id = modelId(from, listing.commit);
    const known = await this.find(id);
    const area = this.disk === null || inMemory ? this.#memory : this.disk;
    if (known !== null && (known.lasting || area === this.#memory)) {
      await known.relist(from, listing);
      return known;
    }
    const model = new StoredModel(area, id, {
      format: 'vigos-model/1',
      source: kept(from),
      asked,
      commit: listing.commit,
      savedAt: new Date().toISOString(),
      files: [...listing.files],
      done: [],
      marks: {},
    });
    this.#open.set(id, model);
    await model.write();
    return model;
  }

  async remove(id: string): Promise<void> {
    this.#open.delete(id);
    for (const area of this.#areas) await area.removeFolder(id);
  }

  get #areas(): FileArea[] {
    return this.disk === null ? [this.#memory] : [this.disk, this.#memory];
  }

  async #read(area: FileArea, id: string): Promise<StoredModel | null> {
    const open = this.#open.get(id);
    const bytes = await area.read(id, RECORD);
    if (bytes === null) return null;
    const parsed = v.safeParse(record, jsonOf(bytes));
    if (!parsed.success) return null;
    if (open !== undefined && open.area === area) {
      open.take(parsed.output);
      return open;
    }
    const model = new StoredModel(area, id, parsed.output);
    this.#open.set(id, model);
    return model;
  }
}

/** What is kept of one model. */
export class StoredModel {
  readonly area: FileArea;
  readonly id: string;
  #record: ModelRecord;
  #writing: Promise<void> = Promise.resolve();

  constructor(area: FileArea, id: string, known: ModelRecord) {
    this.area = area;
    this.id = id;
    this.#record = known;
  }

  get record(): ModelRecord {
    return this.#record;
  }

  get lasting(): boolean {
    return this.area.lasting;
  }

  /** Another tab may have written meanwhile. */
  take(known: ModelRecord): void {
    this.#record = known;
  }

  /** Takes over what the source lists now; files that it lists otherwise than before are no longer whole. */
  async relist(from: RemoteSource, { files }: Listing): Promise<void> {
    const before = new Map(this.#record.files.map((file) => [file.path, file]));
    const changed = files.filter((file) => {
      const earlier = before.get(file.path);
      return earlier !== undefined && differs(earlier, file);
    });
    const gone = new Set(changed.map(({ path }) => path));
    const marks = Object.entries(this.#record.marks).filter(([path]) => !gone.has(path));
    this.#record = {
      ...this.#record,
      source: kept(from),
      files: [...files],
      done: this.#record.done.filter((path) => !gone.has(path)),
      marks: Object.fromEntries(marks),
    };
    await this.write();
    for (const { path } of changed) await this.area.remove(this.id, storedName(path));
  }

  async write(): Promise<void> {
    // One after the other, each with what is known when its turn comes.
    this.#writing = this.#writing
      .catch(() => undefined)
      .then(() => {
        const text = JSON.stringify(this.#record);
        return this.area.write(this.id, RECORD, new TextEncoder().encode(text));
      });
    return this.#writing;
  }

  /** Bytes of each file that are here, whole or not, by path. */
  async sizes(): Promise<ReadonlyMap<string, number>> {
    const there = new Map(
      (await this.area.files(this.id)).map(({ name, bytes }) => [name, bytes] as const),
    );
    return new Map(
      this.#record.files.flatMap(({ path }) => {
        const bytes = there.get(storedName(path));
        return bytes === undefined ? [] : [[path, bytes] as const];
      }),
    );
  }

  /** A file that is here whole; null where it is not, or where its source says something else of it by now. */
  async content(file: RemoteFile): Promise<Blob | null> {
    const { path, bytes } = file;
    const known = this.#record.files.find((one) => one.path === path);
    if (!this.#record.done.includes(path) || known === undefined || differs(known, file))
      return null;
    const blob = await this.area.blob(this.id, storedName(path));
    return blob !== null && (bytes === null || blob.size === bytes) ? blob : null;
  }

  /** Where a file is brought to. */
  sink({ path }: RemoteFile): Sink {
    const name = storedName(path);
    const { area, id } = this;
    const marks = () => this.#record.marks;
    return {
      get mark() {
        return marks()[path] ?? null;
      },
      size: async () => (await area.blob(id, name))?.size ?? 0,
      append: (bytes) => area.append(id, name, bytes),
      restart: async () => {
        await area.remove(id, name);
      },
      content: () => area.blob(id, name),
      setMark: async (mark) => {
        const { [path]: _, ...others } = this.#record.marks;
        this.#record = {
          ...this.#record,
          marks: mark === null ? others : { ...others, [path]: mark },
        };
        await this.write();
      },
    };
  }

  /** Notes that a file is here whole. */
  async finish({ path }: RemoteFile): Promise<void> {
    const done = [...new Set([...this.#record.done, path])];
    this.#record = { ...this.#record, done, savedAt: new Date().toISOString() };
    await this.write();
  }
}

/** What a source says of a file's content. */
const SAID = ['bytes', 'sha256', 'gitBlob', 'version'] as const;
const differs = (a: RemoteFile, b: RemoteFile) => SAID.some((key) => a[key] !== b[key]);

/** The name of a model's folder: the same place at the same commit has the same. */
export function modelId(from: RemoteSource, commit: string | null): string {
  const place = from.kind === 'hub' ? [from.hub, from.repo, commit ?? from.revision] : [from.url];
  return bytesToHex(sha256(new TextEncoder().encode(JSON.stringify(place)))).slice(0, 32);
}

/** A source as it may be written down: without the token. */
function kept(from: RemoteSource): ModelRecord['source'] {
  if (from.kind === 'address') return { kind: 'address', url: from.url };
  const { kind, hub, repo, revision, inner } = from;
  return { kind, hub, repo, revision, inner };
}

function storedName(path: string): string {
  const name = `file-${encodeURIComponent(path)}`;
  if (name.length <= LONGEST) return name;
  return `hash-${bytesToHex(sha256(new TextEncoder().encode(path)))}`;
}

function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return null;
  }
}

let store: Promise<ModelStore> | null = null;

/** The models of this browser; in memory, with the reason, where it keeps none. */
export function openModelStore(): Promise<ModelStore> {
  store ??= (async () => {
    try {
      return new ModelStore(await openPrivateFiles('models'));
    } catch (error) {
      return new ModelStore(null, toErrorRecord(error, 'models'));
    }
  })();
  return store;
}

/**
 * Sets of questions in the browser's storage, a folder each: their texts, and their pictures as they came, behind one
 * another; `set.json`, written last, says that all of it is there. What has none was broken off and is removed.
 */

import { crc32 } from '../base/crc32.ts';
import type { DataRow } from '../contract/data/data-row.ts';
import type { DataRecord } from '../contract/data/data-sets.ts';
import { writeCheckedLines } from '../storage/checked-lines.ts';
import type { FileArea } from '../storage/file-area.ts';
import { holdName } from '../storage/name-lock.ts';
import { removeEarlierFiles } from '../storage/private-files.ts';
import {
  type BegunSet,
  type FoundSets,
  openSetFiles,
  SetFolders,
  type SetKind,
} from '../storage/set-folders.ts';
import { damaged, type KeptPicture, OpenSet } from './open-set.ts';

const ROWS = 'rows.jsonl';
const PICTURES = 'pictures.bin';
const PICTURE_LIST = 'pictures.jsonl';

/** Bytes of pictures and rows that are held before they are written. */
const STRETCH_BYTES = 4 * 2 ** 20;
const STRETCH_ROWS = 1000;
/** Until another tab that keeps the same set is asked again, ms. */
const AGAIN_MS = 50;

interface StoredSet extends DataRecord {
  readonly format: 'vigos-data/1';
  readonly sizes: { readonly rows: number; readonly pictures: number; readonly list: number };
}

/** What a finished set is known by, without what the store adds. */
export type SetFacts = Omit<DataRecord, 'id' | 'bytes' | 'lasting' | 'items' | 'pictures'>;

const KIND: SetKind = {
  format: 'vigos-data/1',
  code: 'data',
  gone: {
    message: 'This set of questions is no longer in this browser.',
    fix: 'Import its file again on the Data page.',
  },
  busy: {
    message: 'Another tab is importing this set.',
    fix: 'Wait until it is there, or cancel it there.',
  },
  damaged,
};

export async function openDataStore(): Promise<DataStore> {
  const files = await openSetFiles('data');
  // Copies of files that evaluations asked, from before their questions were kept here.
  await removeEarlierFiles('sets');
  return new DataStore(files);
}

export class DataStore {
  readonly #sets: SetFolders<StoredSet>;

  constructor(files: FileArea) {
    this.#sets = new SetFolders(files, KIND);
  }

  get lasting(): boolean {
    return this.#sets.files.lasting;
  }

  /** What is here. Imports that nobody is at any more are undone. */
  async list(): Promise<FoundSets<DataRecord>> {
    const found = await this.#sets.list();
    return { ...found, sets: found.sets.map(publicRecord) };
  }

  /** The set with these questions; null where it is not here. */
  async find(fingerprint: string): Promise<DataRecord | null> {
    return (await this.list()).sets.find((set) => set.fingerprint === fingerprint) ?? null;
  }

  /** Keeps a set with these questions, or finds that it is kept: over all tabs one after the other, so that it is kept once. */
  async alone<T>(fingerprint: string, work: (there: DataRecord | null) => Promise<T>): Promise<T> {
    const name = `vigos-${KIND.code}:questions ${fingerprint}`;
    let release = await holdName(name, 'exclusive');
    while (release === null) {
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
      release = await holdName(name, 'exclusive');
    }
    try {
      return await work(await this.find(fingerprint));
    } finally {
      await release();
    }
  }

  /** A new set to write into; nobody else sees it before it is finished. */
  async begin(name: string): Promise<SetWriter> {
    return new SetWriter(await this.#sets.begin(name));
  }

  /** Throws {@link PlaygroundError} `data.gone` and `data.damaged`. */
  async open(id: string): Promise<OpenSet> {
    const stored = await this.#sets.record(id);
    const of = async (name: string, size: number) => {
      const blob = (await this.#sets.files.blob(id, name)) ?? new Blob([]);
      if (blob.size === size) return blob;
      throw damaged(stored.name, `${name} is not as long as it was written`);
    };
    const { rows, list, pictures } = stored.sizes;
    return OpenSet.read(publicRecord(stored), {
      rows: await of(ROWS, rows),
      list: await of(PICTURE_LIST, list),
      pictures: await of(PICTURES, pictures),
    });
  }

  /** Throws `data.gone` and what storage throws. */
  async rename(id: string, name: string): Promise<DataRecord> {
    const renamed = { ...(await this.#sets.record(id)), name };
    await this.#sets.write(renamed);
    return publicRecord(renamed);
  }

  /** Throws {@link PlaygroundError} `data.busy` while another tab is importing it. */
  remove(id: string): Promise<void> {
    return this.#sets.remove(id);
  }
}

/** A set while it is made. */
export class SetWriter {
  readonly #set: BegunSet<StoredSet>;
  readonly #sizes = { rows: 0, pictures: 0, list: 0 };
  #items = 0;
  #pictures = 0;
  #held: { rows: DataRow[]; list: KeptPicture[]; parts: Uint8Array[]; bytes: number } = nothing();

  constructor(set: BegunSet<StoredSet>) {
    this.#set = set;
  }

  get items(): number {
    return this.#items;
  }

  /** Takes a picture in; answers its number. */
  async picture(
    bytes: Uint8Array,
    about: Omit<KeptPicture, 'at' | 'bytes' | 'sum'>,
  ): Promise<number> {
    const at = this.#sizes.pictures + this.#held.bytes;
    this.#held.list.push({ ...about, at, bytes: bytes.length, sum: crc32(bytes) });
    this.#held.parts.push(bytes);
    this.#held.bytes += bytes.length;
    if (this.#held.bytes >= STRETCH_BYTES) await this.flush();
    return this.#pictures++;
  }

  async row(row: DataRow): Promise<void> {
    this.#items++;
    this.#held.rows.push(row);
    if (this.#held.rows.length >= STRETCH_ROWS) await this.flush();
  }

  async flush(): Promise<void> {
    const { rows, list, parts, bytes } = this.#held;
    this.#held = nothing();
    const texts = (lines: readonly object[]) => new TextEncoder().encode(writeCheckedLines(lines));
    const [written, listed] = [texts(rows), texts(list)];
    const pictures = new Uint8Array(bytes);
    let at = 0;
    for (const part of parts) {
      pictures.set(part, at);
      at += part.length;
    }
    const { id, files } = this.#set;
    await files.append(id, PICTURES, pictures);
    await files.append(id, PICTURE_LIST, listed);
    await files.append(id, ROWS, written);
    this.#sizes.pictures += bytes;
    this.#sizes.list += listed.length;
    this.#sizes.rows += written.length;
  }

  async finish(facts: SetFacts): Promise<DataRecord> {
    await this.flush();
    const { rows, pictures, list } = this.#sizes;
    const stored: StoredSet = {
      format: 'vigos-data/1',
      id: this.#set.id,
      ...facts,
      items: this.#items,
      pictures: this.#pictures,
      bytes: rows + pictures + list,
      lasting: this.#set.files.lasting,
      sizes: this.#sizes,
    };
    await this.#set.finish(stored);
    return publicRecord(stored);
  }

  /** Undoes all of it. */
  discard(): Promise<void> {
    return this.#set.discard();
  }
}

const nothing = () => ({
  rows: [] as DataRow[],
  list: [] as KeptPicture[],
  parts: [] as Uint8Array[],
  bytes: 0,
});

function publicRecord({ format: _f, sizes: _s, ...record }: StoredSet): DataRecord {
  return record;
}

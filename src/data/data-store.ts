/**
 * Sets of questions in the browser's storage, a folder each: their texts, and their pictures as they came, behind one
 * another; `set.json`, written last, says that all of it is there. What has none was broken off and is removed.
 */

import { crc32 } from '../base/crc32.ts';
import { type ErrorRecord, PlaygroundError, toErrorRecord } from '../base/errors.ts';
import { newId } from '../base/new-id.ts';
import { sealed, sealOf } from '../base/seal.ts';
import { webSha256 } from '../base/sha256.ts';
import type { DataRow } from '../contract/data/data-row.ts';
import type { DataRecord } from '../contract/data/data-sets.ts';
import { writeCheckedLines } from '../storage/checked-lines.ts';
import { type FileArea, MemoryFiles } from '../storage/file-area.ts';
import { holdName, isHeld, type Release } from '../storage/name-lock.ts';
import { openPrivateFiles, removeEarlierFiles } from '../storage/private-files.ts';
import { damaged, type KeptPicture, OpenSet } from './open-set.ts';

const RECORD = 'set.json';
const BEGUN = 'begun.json';
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

const lockOf = (id: string): string => `vigos-data:${id}`;

export async function openDataStore(): Promise<DataStore> {
  try {
    const files = await openPrivateFiles('data');
    // Copies of files that evaluations asked, from before their questions were kept here.
    await removeEarlierFiles('sets');
    return new DataStore(files);
  } catch (error) {
    // Where there is no room for an empty folder, there are no sets either.
    if (!['storage.refused', 'storage.full'].includes(toErrorRecord(error).code)) throw error;
    return new DataStore(new MemoryFiles());
  }
}

export class DataStore {
  readonly #files: FileArea;

  constructor(files: FileArea) {
    this.#files = files;
  }

  get lasting(): boolean {
    return this.#files.lasting;
  }

  /** What is here. Imports that nobody is at any more are undone. */
  async list(): Promise<{
    sets: DataRecord[];
    undone: string[];
    damaged: { id: string; bytes: number; error: ErrorRecord }[];
  }> {
    const sets: DataRecord[] = [];
    const undone: string[] = [];
    const broken: { id: string; bytes: number; error: ErrorRecord }[] = [];
    for (const id of await this.#files.folders()) {
      try {
        const record = await this.#record(id);
        if (record !== null) sets.push(publicRecord(record));
        else if (!(await isHeld(lockOf(id)))) {
          undone.push(await this.#begunName(id));
          await this.#files.removeFolder(id);
        }
      } catch (error) {
        const files = await this.#files.files(id);
        const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
        broken.push({ id, bytes, error: toErrorRecord(error, id) });
      }
    }
    sets.sort((a, b) => b.importedAt - a.importedAt);
    return { sets, undone, damaged: broken };
  }

  /** The set with these questions; null where it is not here. */
  async find(fingerprint: string): Promise<DataRecord | null> {
    return (await this.list()).sets.find((set) => set.fingerprint === fingerprint) ?? null;
  }

  /** Keeps a set with these questions, or finds that it is kept: over all tabs one after the other, so that it is kept once. */
  async alone<T>(fingerprint: string, work: (there: DataRecord | null) => Promise<T>): Promise<T> {
    const name = lockOf(`questions ${fingerprint}`);
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
    const id = newId();
    const release = await holdName(lockOf(id), 'exclusive');
    if (release === null) throw busy(id);
    try {
      await this.#files.write(id, BEGUN, encoded({ name }));
    } catch (error) {
      await this.#files.removeFolder(id).catch(() => undefined);
      await release();
      throw error;
    }
    return new SetWriter(this.#files, id, release);
  }

  /** Throws {@link PlaygroundError} `data.gone` and `data.damaged`. */
  async open(id: string): Promise<OpenSet> {
    const stored = await this.#record(id);
    if (stored === null) throw gone(id);
    const of = async (name: string, size: number) => {
      const blob = (await this.#files.blob(id, name)) ?? new Blob([]);
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
    const stored = await this.#record(id);
    if (stored === null) throw gone(id);
    const { checksum: _, ...rest } = stored as StoredSet & { checksum?: string };
    const renamed = { ...rest, name };
    await this.#files.write(id, RECORD, encoded(await sealed(renamed)));
    return publicRecord(renamed);
  }

  /** Throws {@link PlaygroundError} `data.busy` while another tab is importing it. */
  async remove(id: string): Promise<void> {
    const release = await holdName(lockOf(id), 'exclusive');
    if (release === null) throw busy(id);
    try {
      await this.#files.removeFolder(id);
    } finally {
      await release();
    }
  }

  /** Null where the set was never finished. */
  async #record(id: string): Promise<StoredSet | null> {
    const bytes = await this.#files.read(id, RECORD);
    if (bytes === null) return null;
    let stored: StoredSet;
    try {
      stored = JSON.parse(new TextDecoder().decode(bytes)) as StoredSet;
    } catch {
      throw damaged(id, 'its record is no JSON');
    }
    // Only this page writes here, so a record with its checksum is what was written.
    if ((await sealOf(stored, webSha256)) === 'broken' || stored.format !== 'vigos-data/1')
      throw damaged(id, 'its record was changed');
    return stored;
  }

  async #begunName(id: string): Promise<string> {
    const bytes = await this.#files.read(id, BEGUN).catch(() => null);
    try {
      const said = JSON.parse(new TextDecoder().decode(bytes ?? undefined)) as { name: unknown };
      return typeof said.name === 'string' ? said.name : 'an import';
    } catch {
      return 'an import';
    }
  }
}

/** A set while it is made. */
export class SetWriter {
  readonly id: string;
  readonly #files: FileArea;
  readonly #release: Release;
  readonly #sizes = { rows: 0, pictures: 0, list: 0 };
  #items = 0;
  #pictures = 0;
  #held: { rows: DataRow[]; list: KeptPicture[]; parts: Uint8Array[]; bytes: number } = nothing();

  constructor(files: FileArea, id: string, release: Release) {
    this.#files = files;
    this.id = id;
    this.#release = release;
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
    await this.#files.append(this.id, PICTURES, pictures);
    await this.#files.append(this.id, PICTURE_LIST, listed);
    await this.#files.append(this.id, ROWS, written);
    this.#sizes.pictures += bytes;
    this.#sizes.list += listed.length;
    this.#sizes.rows += written.length;
  }

  async finish(facts: SetFacts): Promise<DataRecord> {
    await this.flush();
    const { rows, pictures, list } = this.#sizes;
    const stored: StoredSet = {
      format: 'vigos-data/1',
      id: this.id,
      ...facts,
      items: this.#items,
      pictures: this.#pictures,
      bytes: rows + pictures + list,
      lasting: this.#files.lasting,
      sizes: this.#sizes,
    };
    await this.#files.write(this.id, RECORD, encoded(await sealed(stored)));
    await this.#files.remove(this.id, BEGUN);
    await this.#release();
    return publicRecord(stored);
  }

  /** Undoes all of it. */
  async discard(): Promise<void> {
    try {
      await this.#files.removeFolder(this.id);
    } finally {
      await this.#release();
    }
  }
}

const nothing = () => ({
  rows: [] as DataRow[],
  list: [] as KeptPicture[],
  parts: [] as Uint8Array[],
  bytes: 0,
});

const encoded = (value: object): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

function publicRecord(stored: StoredSet): DataRecord {
  const {
    format: _f,
    sizes: _s,
    checksum: _c,
    ...record
  } = stored as StoredSet & {
    checksum?: string;
  };
  return record;
}

function gone(id: string): PlaygroundError {
  return new PlaygroundError({
    code: 'data.gone',
    message: 'This set of questions is no longer in this browser.',
    fix: 'Import its file again on the Data page.',
    where: id,
  });
}

function busy(id: string): PlaygroundError {
  return new PlaygroundError({
    code: 'data.busy',
    message: 'Another tab is importing this set.',
    fix: 'Wait until it is there, or cancel it there.',
    where: id,
  });
}

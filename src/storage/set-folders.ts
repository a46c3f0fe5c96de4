/**
 * Sets that a person imported, a folder each: `set.json`, written last and with its checksum, says that all of a set is
 * there. What has none was broken off and is removed.
 */

import { type ErrorRecord, PlaygroundError, toErrorRecord } from '../base/errors.ts';
import { newId } from '../base/new-id.ts';
import { sealed, sealOf } from '../base/seal.ts';
import { webSha256 } from '../base/sha256.ts';
import { type FileArea, MemoryFiles } from './file-area.ts';
import { holdName, isHeld, type Release } from './name-lock.ts';
import { openPrivateFiles } from './private-files.ts';

const RECORD = 'set.json';
const BEGUN = 'begun.json';

export interface SetRecord {
  readonly format: string;
  readonly id: string;
  readonly name: string;
  /** ms since 1970. */
  readonly importedAt: number;
}

interface Words {
  readonly message: string;
  readonly fix: string;
}

/** Sets of one kind: what they are written as, and what is said of one that cannot be had. */
export interface SetKind {
  readonly format: string;
  /** Codes are `<code>.gone` and `<code>.busy`. */
  readonly code: string;
  readonly gone: Words;
  readonly busy: Words;
  readonly damaged: (name: string, why: string) => PlaygroundError;
}

export interface FoundSets<R> {
  /** The newest first. */
  readonly sets: R[];
  /** Names of imports that were broken off. */
  readonly undone: string[];
  readonly damaged: { readonly id: string; readonly bytes: number; readonly error: ErrorRecord }[];
}

/** The browser's files; where it keeps none, or has no room for an empty folder, memory, which goes with the tab. */
export async function openSetFiles(folder: 'data' | 'rollouts'): Promise<FileArea> {
  try {
    return await openPrivateFiles(folder);
  } catch (error) {
    if (!['storage.refused', 'storage.full'].includes(toErrorRecord(error).code)) throw error;
    return new MemoryFiles();
  }
}

export class SetFolders<R extends SetRecord> {
  readonly files: FileArea;
  readonly #kind: SetKind;

  constructor(files: FileArea, kind: SetKind) {
    this.files = files;
    this.#kind = kind;
  }

  /** What is here. Imports that nobody is at any more are undone. */
  async list(): Promise<FoundSets<R>> {
    const found: FoundSets<R> = { sets: [], undone: [], damaged: [] };
    for (const id of await this.files.folders()) {
      try {
        const record = await this.#read(id);
        if (record !== null) found.sets.push(record);
        else if (!(await isHeld(this.#lock(id)))) {
          found.undone.push(await this.#begunName(id));
          await this.files.removeFolder(id);
        }
      } catch (error) {
        const files = await this.files.files(id);
        const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
        found.damaged.push({ id, bytes, error: toErrorRecord(error, id) });
      }
    }
    found.sets.sort((a, b) => b.importedAt - a.importedAt);
    return found;
  }

  /** Throws {@link PlaygroundError} `<code>.gone` and `<code>.damaged`. */
  async record(id: string): Promise<R> {
    const record = await this.#read(id);
    if (record !== null) return record;
    throw this.#error('gone', id);
  }

  async write(record: R): Promise<void> {
    await this.files.write(record.id, RECORD, encoded(await sealed(record)));
  }

  /** Throws {@link PlaygroundError} `<code>.busy` where another tab holds it against that. */
  async hold(id: string, mode: LockMode): Promise<Release> {
    const release = await holdName(this.#lock(id), mode);
    if (release !== null) return release;
    throw this.#error('busy', id);
  }

  /** A new set to write into; nobody else sees it before it is finished. */
  async begin(name: string): Promise<BegunSet<R>> {
    const id = newId();
    const release = await this.hold(id, 'exclusive');
    try {
      await this.files.write(id, BEGUN, encoded({ name }));
    } catch (error) {
      await this.files.removeFolder(id).catch(() => undefined);
      await release();
      throw error;
    }
    return new BegunSet(this, id, release);
  }

  /** Throws {@link PlaygroundError} `<code>.busy` while another tab is at it. */
  async remove(id: string): Promise<void> {
    const release = await this.hold(id, 'exclusive');
    try {
      await this.files.removeFolder(id);
    } finally {
      await release();
    }
  }

  #lock(id: string): string {
    return `vigos-${this.#kind.code}:${id}`;
  }

  #error(what: 'gone' | 'busy', id: string): PlaygroundError {
    const { code, [what]: words } = this.#kind;
    return new PlaygroundError({ code: `${code}.${what}`, ...words, where: id });
  }

  /** Null where the set was never finished. */
  async #read(id: string): Promise<R | null> {
    const bytes = await this.files.read(id, RECORD);
    if (bytes === null) return null;
    let stored: R & { checksum?: string };
    try {
      stored = JSON.parse(new TextDecoder().decode(bytes)) as R & { checksum?: string };
    } catch {
      throw this.#kind.damaged(id, 'its record is no JSON');
    }
    // Only this page writes here, so a record with its checksum is what was written.
    if ((await sealOf(stored, webSha256)) === 'broken' || stored.format !== this.#kind.format)
      throw this.#kind.damaged(id, 'its record was changed');
    const { checksum: _, ...record } = stored;
    return record as unknown as R;
  }

  async #begunName(id: string): Promise<string> {
    const bytes = await this.files.read(id, BEGUN).catch(() => null);
    try {
      const said = JSON.parse(new TextDecoder().decode(bytes ?? undefined)) as { name: unknown };
      return typeof said.name === 'string' ? said.name : 'an import';
    } catch {
      return 'an import';
    }
  }
}

/** A set while it is made. */
export class BegunSet<R extends SetRecord> {
  readonly id: string;
  readonly files: FileArea;
  readonly #folders: SetFolders<R>;
  readonly #release: Release;

  constructor(folders: SetFolders<R>, id: string, release: Release) {
    this.#folders = folders;
    this.files = folders.files;
    this.id = id;
    this.#release = release;
  }

  async finish(record: R): Promise<void> {
    await this.#folders.write(record);
    await this.files.remove(this.id, BEGUN);
    await this.#release();
  }

  /** Undoes all of it. */
  async discard(): Promise<void> {
    try {
      await this.files.removeFolder(this.id);
    } finally {
      await this.#release();
    }
  }
}

const encoded = (value: object): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

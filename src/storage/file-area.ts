/** A place for files in folders one level deep; runs and models are stored in one, whatever it lies on. */

/** Bytes in use and bytes that may be used, as far as the browser says. */
export interface StorageEstimate {
  readonly usage: number;
  readonly quota: number;
}

export interface FileEntry {
  readonly name: string;
  readonly bytes: number;
}

/**
 * Folders of files. Every call but `estimate` may throw {@link PlaygroundError} `storage.full`, `storage.refused` or,
 * where a folder has the name of a file, `storage.not-a-file`; a folder or file that is not there is null or empty,
 * never an error.
 */
export interface FileArea {
  /** Whether what is written outlives the tab. */
  readonly lasting: boolean;
  folders(): Promise<string[]>;
  /** In no particular order. */
  files(folder: string): Promise<FileEntry[]>;
  read(folder: string, name: string): Promise<Uint8Array | null>;
  /** The file as it is now, read when its bytes are asked for; it can no longer be read once it is changed or removed. */
  blob(folder: string, name: string): Promise<Blob | null>;
  /** Replaces the whole file, and makes its folder. After a crash the old file is there; a new one may be cut off. */
  write(folder: string, name: string, bytes: Uint8Array): Promise<void>;
  /** Adds to the end of a file. A crash may leave part of what was added. */
  append(folder: string, name: string, bytes: Uint8Array): Promise<void>;
  remove(folder: string, name: string): Promise<void>;
  removeFolder(folder: string): Promise<void>;
  /** Null where the browser does not say. */
  estimate(): Promise<StorageEstimate | null>;
}

/** Files in memory: for browsers that keep nothing, and for commands. */
export class MemoryFiles implements FileArea {
  readonly lasting = false;
  /** Each file in the pieces that it was written in, so that adding to a large one copies nothing. */
  readonly #folders = new Map<string, Map<string, Uint8Array<ArrayBuffer>[]>>();

  async folders(): Promise<string[]> {
    return [...this.#folders.keys()];
  }

  async files(folder: string): Promise<FileEntry[]> {
    const files = this.#folders.get(folder) ?? new Map<string, Uint8Array[]>();
    return [...files].map(([name, parts]) => ({ name, bytes: lengthOf(parts) }));
  }

  async read(folder: string, name: string): Promise<Uint8Array | null> {
    const parts = this.#folders.get(folder)?.get(name);
    if (parts === undefined) return null;
    if (parts.length === 1) return parts[0];
    const joined = new Uint8Array(lengthOf(parts));
    let at = 0;
    for (const part of parts) {
      joined.set(part, at);
      at += part.length;
    }
    return joined;
  }

  async blob(folder: string, name: string): Promise<Blob | null> {
    const parts = this.#folders.get(folder)?.get(name);
    return parts === undefined ? null : new Blob(parts);
  }

  async write(folder: string, name: string, bytes: Uint8Array): Promise<void> {
    const files = this.#folders.get(folder) ?? new Map<string, Uint8Array<ArrayBuffer>[]>();
    this.#folders.set(folder, files);
    files.set(name, [bytes.slice()]);
  }

  async append(folder: string, name: string, bytes: Uint8Array): Promise<void> {
    const parts = this.#folders.get(folder)?.get(name);
    if (parts === undefined) await this.write(folder, name, bytes);
    else parts.push(bytes.slice());
  }

  async remove(folder: string, name: string): Promise<void> {
    this.#folders.get(folder)?.delete(name);
  }

  async removeFolder(folder: string): Promise<void> {
    this.#folders.delete(folder);
  }

  async estimate(): Promise<null> {
    return null;
  }
}

const lengthOf = (parts: readonly Uint8Array[]) =>
  parts.reduce((sum, { length }) => sum + length, 0);

/** A place for files in folders one level deep; runs are stored in one, whatever it lies on. */

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
  readonly #folders = new Map<string, Map<string, Uint8Array>>();

  async folders(): Promise<string[]> {
    return [...this.#folders.keys()];
  }

  async files(folder: string): Promise<FileEntry[]> {
    const files = this.#folders.get(folder) ?? new Map<string, Uint8Array>();
    return [...files].map(([name, { length }]) => ({ name, bytes: length }));
  }

  async read(folder: string, name: string): Promise<Uint8Array | null> {
    return this.#folders.get(folder)?.get(name) ?? null;
  }

  async write(folder: string, name: string, bytes: Uint8Array): Promise<void> {
    const files = this.#folders.get(folder) ?? new Map<string, Uint8Array>();
    this.#folders.set(folder, files);
    files.set(name, bytes.slice());
  }

  async append(folder: string, name: string, bytes: Uint8Array): Promise<void> {
    const before = (await this.read(folder, name)) ?? new Uint8Array();
    const joined = new Uint8Array(before.length + bytes.length);
    joined.set(before);
    joined.set(bytes, before.length);
    await this.write(folder, name, joined);
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

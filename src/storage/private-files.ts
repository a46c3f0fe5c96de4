/** Files in the browser's private file system of this site (OPFS), from a page or a worker. */

import { type ErrorRecord, PlaygroundError } from '../base/errors.ts';
import type { FileArea, FileEntry, StorageEstimate } from './file-area.ts';

/** The folders of this site's private file system, and what a person is told to do where one is in trouble. */
const ROOTS = {
  runs: {
    full: 'Delete runs you no longer need, or free space on the disk; export this run first.',
    refused:
      'Training goes on, but export the run before you close the tab; to keep runs, let this site store data and open it in an ordinary window over https.',
    damaged: 'Export what is left of the run, then delete it.',
  },
  outside: {
    full: 'Delete runs you no longer need, or free space on the disk, then take in the log again; nothing of it was kept.',
    refused:
      'Runs from outside are kept in memory until the tab is closed; to keep them, let this site store data and open it in an ordinary window over https.',
    damaged: 'Delete the run and take in its log again.',
  },
  models: {
    full: 'Delete models you no longer need on the Models page, or free space on the disk; what has come is kept.',
    refused:
      'Models are kept in memory until the tab is closed; to keep them, let this site store data and open it in an ordinary window over https.',
    damaged: 'Delete the model on the Models page and fetch it again.',
  },
  evaluations: {
    full: 'Delete evaluations or runs you no longer need, or free space on the disk; export this evaluation first.',
    refused:
      'Evaluating goes on, but export what it finds before you close the tab; to keep it, let this site store data and open it in an ordinary window over https.',
    damaged: 'Delete the evaluation and ask again.',
  },
  data: {
    full: 'Delete sets on the Data page, or runs you no longer need, or free space on the disk, then import again; nothing of this import was kept.',
    refused:
      'Sets of questions are kept in memory until the tab is closed; to keep them, let this site store data and open it in an ordinary window over https.',
    damaged: 'Delete the set on the Data page and import its file again.',
  },
  items: {
    full: 'Delete sets of questions, evaluations or runs you no longer need; export this set first.',
    refused:
      'Sets of questions are kept in memory until the tab is closed; export them, or let this site store data and open it in an ordinary window over https.',
    damaged: 'Delete the set and measure again, or take it in from its file.',
  },
  rollouts: {
    full: 'Delete rollouts or runs you no longer need, or free space on the disk, then import again; nothing of this import was kept.',
    refused:
      'Rollouts are kept in memory until the tab is closed; to keep them, let this site store data and open it in an ordinary window over https.',
    damaged: 'Delete the rollouts and import their file again.',
  },
} as const;
type Root = keyof typeof ROOTS;

/** An open file of a worker; not in TypeScript's library for pages. */
interface SyncAccessHandle {
  write(bytes: Uint8Array, options: { at: number }): number;
  truncate(size: number): void;
  getSize(): number;
  flush(): void;
  close(): void;
}

/** What browsers have or have not: workers open files directly, older Safari does nothing else. */
type FileHandle = Omit<FileSystemFileHandle, 'createWritable'> & {
  readonly createWritable?: FileSystemFileHandle['createWritable'];
  readonly createSyncAccessHandle?: () => Promise<SyncAccessHandle>;
};

/**
 * Opens the private file system, after writing and reading a file there.
 * Throws {@link PlaygroundError} `storage.refused` where the browser has none (private windows, pages without encryption)
 * and `storage.full`.
 */
export async function openPrivateFiles(name: Root = 'runs'): Promise<FileArea> {
  const storage: Partial<StorageManager> | undefined = globalThis.navigator?.storage;
  if (storage?.getDirectory === undefined)
    throw refused(name, 'this browser or address has no private file system');
  const root = await translate(name, name, async () => {
    const site = await navigator.storage.getDirectory();
    return site.getDirectoryHandle(name, { create: true });
  });
  return new PrivateFiles(name, root);
}

/** Removes what an earlier version kept under another name, where there is any: its room is needed, and no page shows it. */
export async function removeEarlierFiles(name: 'sets'): Promise<void> {
  try {
    const site = await navigator.storage.getDirectory();
    await site.removeEntry(name, { recursive: true });
  } catch {
    // There is none, or no private file system at all.
  }
}

/** Asks the browser not to clear what is stored when space runs short; false where it says no. */
export async function keepStorage(): Promise<boolean> {
  try {
    return await navigator.storage.persist();
  } catch {
    return false;
  }
}

/** Whether it has promised so. */
export async function isPersistent(): Promise<boolean> {
  try {
    return await navigator.storage.persisted();
  } catch {
    return false;
  }
}

class PrivateFiles implements FileArea {
  readonly lasting = true;
  readonly #name: Root;
  readonly #root: FileSystemDirectoryHandle;

  constructor(name: Root, root: FileSystemDirectoryHandle) {
    this.#name = name;
    this.#root = root;
  }

  folders(): Promise<string[]> {
    return translate(this.#name, this.#name, async () => {
      const names: string[] = [];
      for await (const [name, { kind }] of this.#root.entries())
        if (kind === 'directory') names.push(name);
      return names;
    });
  }

  files(folder: string): Promise<FileEntry[]> {
    return translate(this.#name, folder, async () => {
      const found: FileEntry[] = [];
      const handle = await this.#folder(folder);
      if (handle === null) return found;
      for await (const [name, entry] of handle.entries()) {
        const file = entry.kind === 'file' ? await fileOf(handle, name) : null;
        if (file !== null) found.push({ name, bytes: file.size });
      }
      return found;
    });
  }

  read(folder: string, name: string): Promise<Uint8Array | null> {
    return translate(this.#name, `${folder}/${name}`, async () => {
      const handle = await this.#folder(folder);
      return handle && readWhole(handle, name);
    });
  }

  blob(folder: string, name: string): Promise<Blob | null> {
    return translate(this.#name, `${folder}/${name}`, async () => {
      const handle = await this.#folder(folder);
      return handle && fileOf(handle, name);
    });
  }

  write(folder: string, name: string, bytes: Uint8Array): Promise<void> {
    return translate(this.#name, `${folder}/${name}`, async () => {
      const file = await this.#create(folder, name);
      if (file.createWritable !== undefined) {
        // The browser writes beside the file and puts it in place when it closes.
        const stream = await file.createWritable();
        await finish(stream, (open) => open.write(unshared(bytes)));
      } else await replace(this.#name, file, bytes);
    });
  }

  append(folder: string, name: string, bytes: Uint8Array): Promise<void> {
    return translate(this.#name, `${folder}/${name}`, async () => {
      const file = await this.#create(folder, name);
      if (file.createSyncAccessHandle !== undefined) await add(file, bytes);
      else if (file.createWritable !== undefined) {
        const { size } = await file.getFile();
        const stream = await file.createWritable({ keepExistingData: true });
        const part = { type: 'write', position: size, data: unshared(bytes) } as const;
        await finish(stream, (open) => open.write(part));
      }
    });
  }

  remove(folder: string, name: string): Promise<void> {
    return translate(this.#name, `${folder}/${name}`, async () => {
      const handle = await this.#folder(folder);
      await absentAsNull(async () => handle?.removeEntry(name));
    });
  }

  removeFolder(folder: string): Promise<void> {
    return translate(this.#name, folder, async () => {
      await absentAsNull(() => this.#root.removeEntry(folder, { recursive: true }));
    });
  }

  async estimate(): Promise<StorageEstimate | null> {
    try {
      const { usage, quota } = await navigator.storage.estimate();
      return usage === undefined || quota === undefined ? null : { usage, quota };
    } catch {
      return null;
    }
  }

  #folder(name: string): Promise<FileSystemDirectoryHandle | null> {
    return absentAsNull(() => this.#root.getDirectoryHandle(name));
  }

  async #create(folder: string, name: string): Promise<FileHandle> {
    const handle = await this.#root.getDirectoryHandle(folder, { create: true });
    try {
      return await handle.getFileHandle(name, { create: true });
    } catch (error) {
      if (!(error instanceof DOMException) || error.name !== 'TypeMismatchError') throw error;
      // An empty folder gives way; one that holds something does not, and is told.
      await handle.removeEntry(name).catch(() => undefined);
      return handle.getFileHandle(name, { create: true });
    }
  }
}

/** Writes and closes; what cannot be written leaves the file as it was. */
async function finish(
  stream: FileSystemWritableFileStream,
  write: (stream: FileSystemWritableFileStream) => Promise<void>,
): Promise<void> {
  try {
    await write(stream);
    await stream.close();
  } catch (error) {
    await stream.abort().catch(() => undefined);
    throw error;
  }
}

async function replace(root: Root, file: FileHandle, bytes: Uint8Array): Promise<void> {
  const open = await file.createSyncAccessHandle?.();
  if (open === undefined) throw refused(root, 'it cannot write to its private file system here');
  try {
    put(open, bytes, 0);
    open.truncate(bytes.length);
    open.flush();
  } finally {
    open.close();
  }
}

async function add(file: FileHandle, bytes: Uint8Array): Promise<void> {
  const open = await file.createSyncAccessHandle?.();
  if (open === undefined) return;
  const size = open.getSize();
  try {
    put(open, bytes, size);
    open.flush();
  } catch (error) {
    open.truncate(size);
    throw error;
  } finally {
    open.close();
  }
}

/** A handle may write less than it was given when space runs out. */
function put(open: SyncAccessHandle, bytes: Uint8Array, at: number): void {
  const written = open.write(bytes, { at });
  if (written < bytes.length) throw new DOMException('short write', 'QuotaExceededError');
}

async function fileOf(folder: FileSystemDirectoryHandle, name: string): Promise<File | null> {
  return absentAsNull(async () => (await folder.getFileHandle(name)).getFile());
}

async function absentAsNull<T>(work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof DOMException && error.name === 'NotFoundError') return null;
    throw error;
  }
}

/** Streams take no memory that threads share. */
function unshared(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return bytes.buffer instanceof ArrayBuffer
    ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length)
    : bytes.slice();
}

async function translate<T>(root: Root, where: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof PlaygroundError) throw error;
    const name = error instanceof Error ? error.name : '';
    if (name === 'QuotaExceededError') throw await full(root, where, error);
    if (name === 'TypeMismatchError') throw notAFile(root, where, error);
    throw refused(root, error instanceof Error ? error.message : String(error), where, error);
  }
}

async function full(root: Root, where: string, cause: unknown): Promise<PlaygroundError> {
  const estimate = await navigator.storage.estimate().catch(() => ({ usage: null, quota: null }));
  return new PlaygroundError(
    {
      code: 'storage.full',
      message: 'The browser has no space left for this site.',
      fix: ROOTS[root].full,
      where,
      detail: { usage: estimate.usage ?? null, quota: estimate.quota ?? null },
    },
    { cause },
  );
}

/** Times that a file is read anew before it counts as unreadable. */
const READS = 5;

/** A file's bytes, null without one. Another worker may put a new file in its place while it is read: then that one is. */
async function readWhole(
  folder: FileSystemDirectoryHandle,
  name: string,
): Promise<Uint8Array | null> {
  for (let left = READS; ; left--) {
    const file = await fileOf(folder, name);
    try {
      return file && new Uint8Array(await file.arrayBuffer());
    } catch (error) {
      const replaced = error instanceof DOMException && error.name === 'NotReadableError';
      if (left === 0 || !replaced) throw error;
    }
  }
}

/** Nothing of this page makes a folder where a file belongs; a damaged disk may. */
function notAFile(root: Root, where: string, cause: unknown): PlaygroundError {
  return new PlaygroundError(
    {
      code: 'storage.not-a-file',
      message: `${where} in the browser’s private file system is no file any more.`,
      fix: ROOTS[root].damaged,
      where,
    },
    { cause },
  );
}

function refused(root: Root, reason: string, where = 'storage', cause?: unknown): PlaygroundError {
  const record: ErrorRecord = {
    code: 'storage.refused',
    message: `The browser keeps no files for this site: ${reason.replace(/\.$/, '')}.`,
    fix: ROOTS[root].refused,
    where,
    detail: { reason },
  };
  return new PlaygroundError(record, cause === undefined ? undefined : { cause });
}

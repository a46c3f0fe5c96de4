/** Stored models of the commands: plain folders on this machine's disk, which can be given to --model as they are. */
import { existsSync, openAsBlob } from 'node:fs';
import {
  appendFile,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import path from 'node:path';
import type { FileArea, FileEntry } from '../src/storage/file-area.ts';

/** How the store calls a file of a model, before its path. */
const MARK = 'file-';

export class NodeFiles implements FileArea {
  readonly lasting = true;
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
  }

  async folders(): Promise<string[]> {
    const entries = await readdir(this.#root, { withFileTypes: true }).catch(() => []);
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  }

  async files(folder: string): Promise<FileEntry[]> {
    const home = path.join(this.#root, folder);
    const names = await readdir(home, { recursive: true }).catch(() => []);
    const found: FileEntry[] = [];
    for (const name of names) {
      const facts = await stat(path.join(home, name));
      if (facts.isFile()) found.push({ name: storedName(name), bytes: facts.size });
    }
    return found;
  }

  async read(folder: string, name: string): Promise<Uint8Array | null> {
    return readFile(this.#place(folder, name)).catch(absentAsNull);
  }

  async blob(folder: string, name: string): Promise<Blob | null> {
    const file = this.#place(folder, name);
    // Of a file that is not there it says nothing of the reason.
    return existsSync(file) ? openAsBlob(file) : null;
  }

  async write(folder: string, name: string, bytes: Uint8Array): Promise<void> {
    const file = await this.#made(folder, name);
    await writeFile(`${file}.part`, bytes);
    await rename(`${file}.part`, file);
  }

  async append(folder: string, name: string, bytes: Uint8Array): Promise<void> {
    await appendFile(await this.#made(folder, name), bytes);
  }

  async remove(folder: string, name: string): Promise<void> {
    await rm(this.#place(folder, name), { force: true });
  }

  async removeFolder(folder: string): Promise<void> {
    await rm(path.join(this.#root, folder), { recursive: true, force: true });
  }

  async estimate(): Promise<null> {
    return null;
  }

  #place(folder: string, name: string): string {
    const inside = name.startsWith(MARK)
      ? decodeURIComponent(name.slice(MARK.length))
      : hidden(name);
    return path.join(this.#root, folder, inside);
  }

  async #made(folder: string, name: string): Promise<string> {
    const file = this.#place(folder, name);
    await mkdir(path.dirname(file), { recursive: true });
    return file;
  }
}

/** The store's own record is no file of the model, and must not look like one of its JSON files. */
const hidden = (name: string) => `.${name.replace(/\.json$/, '')}`;

/** The name in the store of a file in a model's folder. */
function storedName(inside: string): string {
  if (/^\.[^/\\]+$/.test(inside)) return `${inside.slice(1)}.json`;
  return MARK + encodeURIComponent(inside.split(path.sep).join('/'));
}

function absentAsNull(error: unknown): null {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
  throw error;
}

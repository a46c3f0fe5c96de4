/** A model in a folder that somebody picked or dropped: files of the disk, read when they are asked for. */

import type { PlaygroundError } from '../../base/errors.ts';
import type { FolderFile } from '../../contract/engine.ts';
import { innerName, modelHome, pathOf } from './folders.ts';
import { foundInstead } from './found-instead.ts';
import { missing, unreadable } from './read-errors.ts';
import type { FileSource, SourceReadOptions } from './source.ts';

export class PickedFolder implements FileSource {
  readonly name: string;
  readonly trusted = false;
  readonly #picked: readonly FolderFile[];
  readonly #files: ReadonlyMap<string, Blob>;

  /** `inner` is the path of the model in a folder that holds several. Throws what `modelHome` throws. */
  constructor(name: string, picked: readonly FolderFile[], inner?: string) {
    const home = modelHome(picked, inner);
    const place = innerName(picked, home);
    this.name = place === '' ? name : `${name}/${place}`;
    this.#picked = picked;
    this.#files = new Map(
      picked.flatMap((entry) => {
        const path = pathOf(entry);
        return path.startsWith(home) ? [[path.slice(home.length), entry.file] as const] : [];
      }),
    );
  }

  async list(): Promise<ReadonlyMap<string, number>> {
    return new Map([...this.#files].map(([name, { size }]) => [name, size]));
  }

  async read(name: string, options: SourceReadOptions = {}): Promise<Uint8Array> {
    const { progress, signal, range } = options;
    signal?.throwIfAborted();
    const file = await this.blob(name);
    const part = range === undefined ? file : file.slice(range.first, range.first + range.length);
    try {
      const bytes = new Uint8Array(await part.arrayBuffer());
      progress?.add(name, bytes.length);
      return bytes;
    } catch (cause) {
      throw unreadable(name, file.size, cause);
    }
  }

  async blob(name: string): Promise<Blob> {
    const file = this.#files.get(name);
    if (file === undefined) throw await this.lacking(name);
    return file;
  }

  async lacking(name: string): Promise<PlaygroundError> {
    const { found, fix } = await foundInstead(this.#files, this.#picked);
    return missing(name, found, fix);
  }
}

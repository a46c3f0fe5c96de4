/** The sets of questions that this browser keeps, a file each; in memory where it keeps none. */

import { toErrorRecord } from '../../base/errors.ts';
import {
  type FilteredItems,
  type KeptItemSets,
  readFilteredItems,
} from '../../contract/train/filter.ts';
import { validateFilter } from '../../contract/train/filter-validate.ts';
import { type FileArea, MemoryFiles } from '../../storage/file-area.ts';
import { openPrivateFiles } from '../../storage/private-files.ts';

const FOLDER = 'sets';

export class ItemSets {
  #area: Promise<FileArea> | null;

  /** In the browser's private files unless an area is given. */
  constructor(area: FileArea | null = null) {
    this.#area = area === null ? null : Promise.resolve(area);
  }

  async list(): Promise<KeptItemSets> {
    const area = await this.#opened();
    const sets: FilteredItems[] = [];
    const damaged: string[] = [];
    for (const { name } of await area.files(FOLDER)) {
      const bytes = await area.read(FOLDER, name);
      if (bytes === null) continue;
      try {
        sets.push(readSet(new TextDecoder().decode(bytes), name));
      } catch (error) {
        // Nothing is drawn from it, and the others are listed all the same.
        if (toErrorRecord(error, name).code !== 'items.invalid') throw error;
        damaged.push(name.replace(/\.json$/, ''));
      }
    }
    return { sets: sets.toSorted((a, b) => (a.createdAt < b.createdAt ? 1 : -1)), damaged };
  }

  async put(set: FilteredItems): Promise<void> {
    const area = await this.#opened();
    await area.write(FOLDER, `${set.id}.json`, new TextEncoder().encode(JSON.stringify(set)));
  }

  async remove(id: string): Promise<void> {
    await (await this.#opened()).remove(FOLDER, `${id}.json`);
  }

  #opened(): Promise<FileArea> {
    this.#area ??= openPrivateFiles('items').catch(() => new MemoryFiles());
    return this.#area;
  }
}

/** A set from a file's text. Throws {@link PlaygroundError} `items.invalid`. */
export function readSet(text: string, where: string): FilteredItems {
  let json: unknown = null;
  try {
    json = JSON.parse(text);
  } catch {
    // What is no JSON is no set, and is said so below.
  }
  return readFilteredItems(json, where, validateFilter);
}

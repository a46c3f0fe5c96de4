/** The files that sets were made of, by their fingerprints: kept in the browser, so that their items are there after a reload. */

import { PlaygroundError } from '../../base/errors.ts';
import type { EvaluationSet } from '../../contract/evaluation-settings.ts';
import type { FileArea } from '../../storage/file-area.ts';
import { sha256 } from '../../training/fingerprint.ts';
import { type FileSet, fileItems } from './file-items.ts';

const FILE = 'set';
/** A larger one is chosen again after a reload. */
const MOST_KEPT = 2 ** 28;

type FileOf = Extract<EvaluationSet, { readonly name: 'file' }>;

export class EvaluationSets {
  readonly #area: FileArea;
  /** Of this worker; on the page's side they are handles of files. */
  readonly #here = new Map<string, Blob>();
  #last: { readonly key: string; readonly set: WeakRef<FileSet> } | null = null;

  constructor(area: FileArea) {
    this.#area = area;
  }

  /** A file that is asked for the first time; it is written down where it is to be kept. Throws what {@link fileItems} throws. */
  async taken(file: Blob, { name, count, keep }: Taken): Promise<FileSet> {
    const found = await fileItems(file, name, count);
    await this.#keep(found.set.fingerprint, file, keep);
    return this.#remember(found);
  }

  /** The set of an evaluation that is here. Throws `evaluation.no-file`. */
  async opened(set: FileOf): Promise<FileSet> {
    const last = this.#last?.key === keyOf(set) ? this.#last.set.deref() : undefined;
    if (last !== undefined) return last;
    const { fingerprint, file, count } = set;
    const blob = await this.#blob(fingerprint);
    if (blob === null) throw noFile(file);
    const found = await fileItems(blob, file, count);
    // Cut off while it was written.
    if (found.set.fingerprint !== fingerprint) {
      await this.#area.removeFolder(fingerprint);
      throw noFile(file);
    }
    return this.#remember(found);
  }

  /** Whether the set's file is here. */
  async has({ fingerprint }: FileOf): Promise<boolean> {
    return (await this.#blob(fingerprint)) !== null;
  }

  /** Takes the file of a set that is not here. Throws `evaluation.other-file`. */
  async take(file: Blob, set: FileOf): Promise<void> {
    if ((await sha256(new Uint8Array(await file.arrayBuffer()))) !== set.fingerprint)
      throw new PlaygroundError({
        code: 'evaluation.other-file',
        message: `This is not the file “${set.file}” that was asked: its bytes are others.`,
        fix: 'Choose the file as it was then; its name does not matter.',
        where: set.file,
        detail: { fingerprint: set.fingerprint },
      });
    await this.#keep(set.fingerprint, file, true);
  }

  /** Deletes the files of all other fingerprints. */
  async keepOnly(used: ReadonlySet<string>): Promise<void> {
    for (const fingerprint of this.#here.keys())
      if (!used.has(fingerprint)) this.#here.delete(fingerprint);
    for (const folder of await this.#area.folders())
      if (!used.has(folder)) await this.#area.removeFolder(folder);
  }

  async #keep(fingerprint: string, file: Blob, keep: boolean): Promise<void> {
    this.#here.set(fingerprint, file);
    if (!keep || file.size > MOST_KEPT || (await this.#area.blob(fingerprint, FILE)) !== null)
      return;
    try {
      await this.#area.write(fingerprint, FILE, new Uint8Array(await file.arrayBuffer()));
    } catch (error) {
      // Without room for it, it is chosen again after a reload; what is found in it is kept all the same.
      if (!(error instanceof PlaygroundError)) throw error;
      await this.#area.removeFolder(fingerprint);
    }
  }

  async #blob(fingerprint: string): Promise<Blob | null> {
    return this.#here.get(fingerprint) ?? (await this.#area.blob(fingerprint, FILE));
  }

  #remember(found: FileSet): FileSet {
    this.#last = { key: keyOf(found.set), set: new WeakRef(found) };
    return found;
  }
}

interface Taken {
  readonly name: string;
  readonly count: number;
  readonly keep: boolean;
}

function noFile(file: string): PlaygroundError {
  return new PlaygroundError({
    code: 'evaluation.no-file',
    message: `The pictures of “${file}” are not here.`,
    fix: 'Choose that file again, then go on.',
    where: 'set',
  });
}

const keyOf = ({ fingerprint, count }: FileOf) => `${fingerprint} ${count}`;

/** The sets that evaluations of a person's own questions ask, by their fingerprints: those of the Data page. */

import { PlaygroundError } from '../../base/errors.ts';
import type { OpenedData } from '../../contract/data/data-row.ts';
import type { EvaluationSet } from '../../contract/evaluation/evaluation-settings.ts';
import type { DataSets } from '../../data/data-sets.ts';
import { sha256 } from '../../training/fingerprint.ts';

type FileOf = Extract<EvaluationSet, { readonly name: 'file' }>;

export class EvaluatedSets {
  readonly #data: () => Promise<DataSets>;
  /** Of evaluations from before sets were known by their questions: by the SHA-256 of the file. */
  readonly #byFile = new Map<string, OpenedData>();

  constructor(data: () => Promise<DataSets>) {
    this.#data = data;
  }

  /** A file that is asked for the first time, with as many of its items as there are. Throws what `DataSets.take` throws. */
  async taken(
    file: Blob,
    { file: name, count }: FileOf,
    keep: boolean,
  ): Promise<{ readonly set: FileOf; readonly opened: OpenedData }> {
    const opened = await (await this.#data()).take(file, name, keep);
    const { reference, groups } = opened;
    const most = groups ? reference.items / 3 : reference.items;
    const set: FileOf = {
      name: 'file',
      ...{ file: name, fingerprint: reference.fingerprint, count: Math.min(count, most) },
      ...(groups ? { groups } : {}),
    };
    return { set, opened };
  }

  /** The set of an evaluation that is here. Throws `evaluation.no-file`. */
  async opened({ file, fingerprint }: FileOf): Promise<OpenedData> {
    const known = this.#byFile.get(fingerprint);
    if (known !== undefined) return known;
    const data = await this.#data();
    if (await data.has({ fingerprint })) return data.opened({ fingerprint, name: file });
    throw new PlaygroundError({
      code: 'evaluation.no-file',
      message: `The pictures of “${file}” are not here.`,
      fix: 'Choose that file again, then go on.',
      where: 'set',
    });
  }

  /** Whether the set is here. */
  async has({ fingerprint }: FileOf): Promise<boolean> {
    return this.#byFile.has(fingerprint) || (await this.#data()).has({ fingerprint });
  }

  /** Takes the file of a set that is not here. Throws `evaluation.other-file`. */
  async take(file: Blob, set: FileOf): Promise<void> {
    const data = await this.#data();
    const { fingerprint } = set;
    const found = await data.take(file, set.file, false);
    if (found.reference.fingerprint === fingerprint) {
      await data.take(file, set.file, true);
      return;
    }
    if ((await sha256(new Uint8Array(await file.arrayBuffer()))) !== fingerprint)
      throw new PlaygroundError({
        code: 'evaluation.other-file',
        message: `This is not the file “${set.file}” that was asked: its questions or pictures are others.`,
        fix: 'Choose the file as it was then; its name does not matter.',
        where: set.file,
        detail: { fingerprint },
      });
    this.#byFile.set(fingerprint, found);
  }
}

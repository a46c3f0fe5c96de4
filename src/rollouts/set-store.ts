/**
 * Sets of rollouts in the browser's storage, a folder each: columns of figures, completions, and the other fields, each
 * with checksums; `set.json`, written last, says that all of it is there. What has none was broken off and is removed.
 */

import { crc32 } from '../base/crc32.ts';
import { PlaygroundError } from '../base/errors.ts';
import type { RolloutSetRecord } from '../contract/rollouts/rollouts.ts';
import type { FileArea } from '../storage/file-area.ts';
import type { Release } from '../storage/name-lock.ts';
import {
  type BegunSet,
  type FoundSets,
  openSetFiles,
  SetFolders,
  type SetKind,
} from '../storage/set-folders.ts';
import { Columns } from './columns.ts';
import type { RowFields } from './row.ts';
import { ScoreStore } from './score-store.ts';

const COLUMNS = 'columns.bin';
const TEXTS = 'texts.bin';
const FIELDS = 'fields.bin';

/** A stretch of rows as it was written. */
interface Stretch {
  readonly rows: number;
  /** CRC-32 of its columns. */
  readonly sum: number;
}

interface StoredSet extends RolloutSetRecord {
  readonly format: 'vigos-rollouts/1';
  readonly stretches: readonly Stretch[];
  readonly sizes: { readonly columns: number; readonly texts: number; readonly fields: number };
  /** Names of files that rows are of, by number. */
  readonly sources: readonly string[];
}

/** What a finished set is known by, without what the store adds. */
export type SetFacts = Omit<RolloutSetRecord, 'id' | 'bytes' | 'lasting'>;

const KIND: SetKind = {
  format: 'vigos-rollouts/1',
  code: 'rollouts',
  gone: {
    message: 'These rollouts are no longer in this browser.',
    fix: 'Import their file again.',
  },
  busy: {
    message: 'Another tab has these rollouts open, or is importing them.',
    fix: 'Close them there first.',
  },
  damaged: damagedSet,
};

export async function openSetStore(): Promise<SetStore> {
  return new SetStore(await openSetFiles('rollouts'));
}

export class SetStore {
  /** What models have scored of its sets. */
  readonly scores: ScoreStore;
  readonly #sets: SetFolders<StoredSet>;

  constructor(files: FileArea) {
    this.#sets = new SetFolders(files, KIND);
    this.scores = new ScoreStore(files);
  }

  get lasting(): boolean {
    return this.#sets.files.lasting;
  }

  /** What is here. Imports that nobody is at any more are undone. */
  async list(): Promise<FoundSets<RolloutSetRecord>> {
    const found = await this.#sets.list();
    return { ...found, sets: found.sets.map(publicRecord) };
  }

  /** A new set to write into; nobody else sees it before it is finished. */
  async begin(name: string, numbers: number): Promise<SetWriter> {
    return new SetWriter(await this.#sets.begin(name), numbers);
  }

  /**
   * Opens a set, its figures in memory and its texts where they lie; nobody removes it before it is closed. Throws
   * {@link PlaygroundError} `rollouts.gone`, `rollouts.busy` and `rollouts.damaged`.
   */
  async open(id: string): Promise<OpenSet> {
    const { files } = this.#sets;
    const release = await this.#sets.hold(id, 'shared');
    try {
      const record = await this.#sets.record(id);
      const bytes = await files.read(id, COLUMNS);
      const columns = new Columns(record.rows, record.numbers.length);
      if (bytes === null || bytes.length !== record.sizes.columns)
        throw damagedSet(record.name, 'its figures are not as long as they were written');
      let at = 0;
      let row = 0;
      for (const { rows, sum } of record.stretches) {
        const part = bytes.subarray(at, at + columns.bytesOf(rows));
        if (crc32(part) !== sum) throw damagedSet(record.name, 'its figures were changed');
        columns.setBytes(part, row, rows);
        at += part.length;
        row += rows;
      }
      const empty = new Blob([]);
      const texts = (await files.blob(id, TEXTS)) ?? empty;
      const fields = (await files.blob(id, FIELDS)) ?? empty;
      if (texts.size !== record.sizes.texts || fields.size !== record.sizes.fields)
        throw damagedSet(record.name, 'its texts are not as long as they were written');
      return new OpenSet(publicRecord(record), record.sources, columns, texts, fields, release);
    } catch (error) {
      await release();
      throw error;
    }
  }

  /** Throws {@link PlaygroundError} `rollouts.busy` while another tab has it open. */
  remove(id: string): Promise<void> {
    return this.#sets.remove(id);
  }
}

/** A set while it is made. */
export class SetWriter {
  readonly numbers: number;
  readonly #set: BegunSet<StoredSet>;
  readonly #stretches: Stretch[] = [];
  readonly #sizes = { columns: 0, texts: 0, fields: 0 };

  constructor(set: BegunSet<StoredSet>, numbers: number) {
    this.#set = set;
    this.numbers = numbers;
  }

  /** Where the next completion and the next fields will lie. */
  get ends(): { texts: number; fields: number } {
    return { texts: this.#sizes.texts, fields: this.#sizes.fields };
  }

  /** Adds rows: their figures, and the completions and fields that these point to. */
  async add(columns: Columns, rows: number, texts: Uint8Array, fields: Uint8Array): Promise<void> {
    const bytes = columns.toBytes(rows);
    const { id, files } = this.#set;
    await files.append(id, TEXTS, texts);
    await files.append(id, FIELDS, fields);
    await files.append(id, COLUMNS, bytes);
    this.#stretches.push({ rows, sum: crc32(bytes) });
    this.#sizes.texts += texts.length;
    this.#sizes.fields += fields.length;
    this.#sizes.columns += bytes.length;
  }

  async finish(facts: SetFacts, sources: readonly string[]): Promise<RolloutSetRecord> {
    const { columns, texts, fields } = this.#sizes;
    const stored: StoredSet = {
      format: 'vigos-rollouts/1',
      id: this.#set.id,
      ...facts,
      bytes: columns + texts + fields,
      lasting: this.#set.files.lasting,
      stretches: this.#stretches,
      sizes: this.#sizes,
      sources,
    };
    await this.#set.finish(stored);
    return publicRecord(stored);
  }

  /** Undoes all of it. */
  discard(): Promise<void> {
    return this.#set.discard();
  }
}

/** A set that is being looked at. */
export class OpenSet {
  readonly record: RolloutSetRecord;
  readonly sources: readonly string[];
  readonly columns: Columns;
  /** All completions behind one another, UTF-8. */
  readonly texts: Blob;
  readonly #fields: Blob;
  readonly #release: Release;

  constructor(
    record: RolloutSetRecord,
    sources: readonly string[],
    columns: Columns,
    texts: Blob,
    fields: Blob,
    release: Release,
  ) {
    this.record = record;
    this.sources = sources;
    this.columns = columns;
    this.texts = texts;
    this.#fields = fields;
    this.#release = release;
  }

  /** The completion and the other fields of a row. Throws {@link PlaygroundError} `rollouts.damaged` where they are not as they were written. */
  async row(row: number): Promise<{ completion: string; fields: RowFields }> {
    const at = (name: string) => this.columns.get(name)[row];
    const text = await bytesOf(this.texts, at('textAt'), at('textBytes'));
    const fields = await bytesOf(this.#fields, at('fieldsAt'), at('fieldsBytes'));
    if (crc32(fields, crc32(text)) !== at('sum'))
      throw damagedSet(this.record.name, `row ${row + 1} was changed`);
    return {
      completion: new TextDecoder().decode(text),
      fields: JSON.parse(new TextDecoder().decode(fields)) as RowFields,
    };
  }

  /** The other fields of rows, which are to rise; those that lie together are read together. Throws as {@link row} does. */
  async *fieldsOf(rows: Uint32Array): AsyncGenerator<{ row: number; fields: RowFields }> {
    const at = this.columns.get('fieldsAt');
    const bytes = this.columns.get('fieldsBytes');
    for (let next = 0; next < rows.length; ) {
      const from = at[rows[next]];
      let end = next;
      while (
        end < rows.length &&
        (end === next || at[rows[end]] + bytes[rows[end]] - from <= READ_TOGETHER)
      )
        end++;
      const last = rows[end - 1];
      const part = await bytesOf(this.#fields, from, at[last] + bytes[last] - from);
      for (; next < end; next++) {
        const row = rows[next];
        const own = part.subarray(at[row] - from, at[row] - from + bytes[row]);
        yield { row, fields: parsedFields(own, row, this.record.name) };
      }
    }
  }

  close(): Promise<void> {
    return this.#release();
  }
}

/** Bytes of fields that are read at once. */
const READ_TOGETHER = 4 * 2 ** 20;

function parsedFields(bytes: Uint8Array, row: number, name: string): RowFields {
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as RowFields;
  } catch {
    throw damagedSet(name, `row ${row + 1} was changed`);
  }
}

/** Where a row stands in its file; the file too where there are several. */
export function lineOf(set: OpenSet, row: number): string {
  const line = String(set.columns.get('line')[row]);
  return set.sources.length > 1 ? `${fileOf(set, row)}: ${line}` : line;
}

/** The file that a row is of. */
export const fileOf = ({ columns, sources }: OpenSet, row: number): string =>
  sources[columns.get('file')[row]] ?? '';

async function bytesOf(blob: Blob, at: number, length: number): Promise<Uint8Array> {
  return new Uint8Array(await blob.slice(at, at + length).arrayBuffer());
}

function publicRecord(stored: StoredSet): RolloutSetRecord {
  const { format: _f, stretches: _s, sizes: _z, sources: _o, ...record } = stored;
  return record;
}

function damagedSet(name: string, why: string): PlaygroundError {
  return new PlaygroundError({
    code: 'rollouts.damaged',
    message: `The stored rollouts “${name}” are not as they were written: ${why}.`,
    fix: 'Delete them and import their file again.',
    where: name,
    detail: { why },
  });
}

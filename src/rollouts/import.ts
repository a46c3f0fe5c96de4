/** Files into a set: read as a stream, each row read and planned, written stretch by stretch; all of it or nothing. */

import { crc32 } from '../base/crc32.ts';
import { PlaygroundError } from '../base/errors.ts';
import type { JobHandle } from '../base/jobs.ts';
import type { SkippedLines } from '../contract/data/skipped-lines.ts';
import type {
  ImportProgress,
  ImportRequest,
  RolloutLook,
  RolloutMapping,
  RolloutSetRecord,
} from '../contract/rollouts/rollouts.ts';
import type { TypedAssets } from '../inference/typed.ts';
import { analyse } from './analysis.ts';
import { Columns, FLAGS } from './columns.ts';
import { type Batch, readFiles } from './reading/read-files.ts';
import { Skipped } from './reading/skipped.ts';
import { type RowInput, rowOf } from './row.ts';
import type { SetStore, SetWriter } from './set-store.ts';
import { lookAt } from './shapes.ts';

/** Rows and bytes of text that are held before they are written. */
const STRETCH_ROWS = 4096;
const STRETCH_BYTES = 8 * 2 ** 20;
/** Records that a look reads. */
const LOOK_RECORDS = 100;
/** Rows of a set. */
const MOST_ROWS = 5_000_000;
/** Names of models that are kept of a set. */
const MOST_MODELS = 8;
/** Between two reports, ms. */
const REPORT_MS = 200;

/** What the first records of some files are. Throws what `readFiles` throws, and `rollouts.empty`. */
export async function lookAtFiles(files: readonly File[]): Promise<RolloutLook> {
  const records: Readonly<Record<string, unknown>>[] = [];
  const batches = readFiles(files, { onBytes: () => undefined });
  for await (const { entries } of batches) {
    for (const entry of entries) if ('record' in entry) records.push(entry.record);
    if (records.length >= LOOK_RECORDS) break;
  }
  if (records.length === 0) throw empty(files, null);
  return lookAt(records.slice(0, LOOK_RECORDS));
}

export interface ImportOptions {
  readonly request: ImportRequest;
  readonly job: JobHandle;
  readonly store: SetStore;
  readonly assets: TypedAssets;
  /** The tokenizer's name. */
  readonly tokenizer: string;
  readonly onProgress: (progress: ImportProgress) => void;
}

/**
 * Throws {@link PlaygroundError} `rollouts.unmapped` where no key holds the completion, `rollouts.empty` where no record
 * is a rollout, `rollouts.too-many`, `job.cancelled`, what `readFiles` throws, and `storage.full`; then nothing of it is
 * kept.
 */
export async function importFiles(options: ImportOptions): Promise<RolloutSetRecord> {
  const { request, job, store, assets, tokenizer, onProgress } = options;
  const { files, name, importId } = request;
  const look = await lookAtFiles(files);
  job.signal.throwIfAborted();
  const mapping = request.mapping ?? look.mapping;
  if (mapping.completion === undefined) throw unmapped(name);
  const shape = request.mapping === null ? look.shape : null;
  const numbers = look.numbers.filter((key) => !Object.values(mapping).includes(key));
  const progress = new Progress(importId, files, onProgress);
  const writer = await store.begin(name, numbers.length);
  try {
    const rows = new Rows(writer, assets);
    const skipped = new Skipped(files.length);
    const reading = { onBytes: (bytes: number) => progress.add(bytes), signal: job.signal };
    for await (const batch of readFiles(files, reading)) {
      await takeBatch(batch, { mapping, numbers, rows, skipped, job });
      progress.report(rows.count, skipped.total);
    }
    progress.close(rows.count, skipped.total);
    await rows.flush();
    if (rows.count === 0) throw empty(files, skipped.facts());
    return await writer.finish(
      {
        name,
        importedAt: Date.now(),
        files: files.map((file) => ({ name: file.name, bytes: file.size })),
        shape,
        mapping,
        numbers,
        rows: rows.count,
        skipped: skipped.facts(),
        tokenizer,
        ...rows.told,
        models: [...rows.models],
      },
      rows.sources,
    );
  } catch (error) {
    await writer.discard();
    throw error;
  }
}

interface Taking {
  readonly mapping: RolloutMapping;
  readonly numbers: readonly string[];
  readonly rows: Rows;
  readonly skipped: Skipped;
  readonly job: JobHandle;
}

async function takeBatch(
  { file, entries }: Batch,
  { mapping, numbers, rows, skipped, job }: Taking,
): Promise<void> {
  for (const entry of entries) {
    await job.pause();
    if ('fault' in entry) {
      skipped.add(entry.fault, file, entry.line);
      continue;
    }
    const row = rowOf(entry.record, mapping, numbers, file);
    if (typeof row === 'string') skipped.add(row, file, entry.line);
    else await rows.add(row, file, entry.line);
  }
}

/** Rows on their way into storage. */
class Rows {
  count = 0;
  readonly told = { ownTokens: 0, foreignIds: 0, asRead: 0 };
  readonly sources: string[] = [];
  /** Who wrote them, the first few. */
  readonly models = new Set<string>();
  readonly #writer: SetWriter;
  readonly #assets: TypedAssets;
  readonly #encoder = new TextEncoder();
  #columns: Columns;
  #held = 0;
  #texts = new Growing();
  #fields = new Growing();

  constructor(writer: SetWriter, assets: TypedAssets) {
    this.#writer = writer;
    this.#assets = assets;
    this.#columns = new Columns(STRETCH_ROWS, writer.numbers);
  }

  async add(row: RowInput, file: string, line: number): Promise<void> {
    if (this.count >= MOST_ROWS) throw tooMany();
    const { model } = row.fields;
    if (model !== undefined && this.models.size < MOST_MODELS) this.models.add(model);
    const at = this.#held;
    const set = (name: string, value: number) => {
      this.#columns.get(name)[at] = value;
    };
    // A text that is no UTF-16 whole is kept as it can be written.
    const text = this.#encoder.encode(row.completion);
    const fields = this.#encoder.encode(JSON.stringify(row.fields));
    const { texts: textsEnd, fields: fieldsEnd } = this.#writer.ends;
    set('textAt', textsEnd + this.#texts.length);
    set('textBytes', text.length);
    set('fieldsAt', fieldsEnd + this.#fields.length);
    set('fieldsBytes', fields.length);
    set('sum', crc32(fields, crc32(text)));
    set('line', line);
    set('file', this.#sourceOf(file));
    set('step', row.step ?? Number.NaN);
    for (const [i, value] of row.numbers.entries()) set(`number:${i}`, value);
    analyse(this.#columns, at, row, this.#assets);
    const flags = this.#columns.get('flags')[at];
    if ((flags & FLAGS.ownTokens) !== 0) this.told.ownTokens++;
    if ((flags & FLAGS.foreignIds) !== 0) this.told.foreignIds++;
    if ((flags & FLAGS.asRead) !== 0) this.told.asRead++;
    this.#texts.add(text);
    this.#fields.add(fields);
    this.#held++;
    this.count++;
    const bytes = this.#texts.length + this.#fields.length;
    if (this.#held === STRETCH_ROWS || bytes >= STRETCH_BYTES) await this.flush();
  }

  async flush(): Promise<void> {
    if (this.#held === 0) return;
    await this.#writer.add(this.#columns, this.#held, this.#texts.bytes(), this.#fields.bytes());
    this.#columns = new Columns(STRETCH_ROWS, this.#writer.numbers);
    this.#texts.clear();
    this.#fields.clear();
    this.#held = 0;
  }

  #sourceOf(file: string): number {
    if (this.sources.at(-1) !== file) this.sources.push(file);
    return this.sources.length - 1;
  }
}

/** Bytes that grow in one place. */
class Growing {
  length = 0;
  #bytes = new Uint8Array(2 ** 20);

  add(part: Uint8Array): void {
    if (this.length + part.length > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(2 * this.#bytes.length, this.length + part.length));
      larger.set(this.bytes());
      this.#bytes = larger;
    }
    this.#bytes.set(part, this.length);
    this.length += part.length;
  }

  bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.length);
  }

  clear(): void {
    this.length = 0;
  }
}

class Progress {
  readonly #importId: string;
  readonly #total: number;
  readonly #tell: (progress: ImportProgress) => void;
  readonly #start = performance.now();
  #bytes = 0;
  #last = 0;

  constructor(importId: string, files: readonly File[], tell: (progress: ImportProgress) => void) {
    this.#importId = importId;
    this.#total = files.reduce((sum, { size }) => sum + size, 0);
    this.#tell = tell;
  }

  add(bytes: number): void {
    this.#bytes += bytes;
  }

  report(rows: number, skipped: number): void {
    const now = performance.now();
    if (now - this.#last < REPORT_MS) return;
    this.#last = now;
    this.#say('reading', rows, skipped);
  }

  close(rows: number, skipped: number): void {
    this.#bytes = this.#total;
    this.#say('closing', rows, skipped);
  }

  #say(phase: ImportProgress['phase'], rows: number, skipped: number): void {
    const bytes = Math.min(this.#bytes, this.#total);
    const seconds = (performance.now() - this.#start) / 1000;
    const known = seconds > 1 && bytes > 0;
    this.#tell({
      importId: this.#importId,
      phase,
      bytes,
      totalBytes: this.#total,
      rows,
      skipped,
      secondsLeft: known ? (seconds * (this.#total - bytes)) / bytes : null,
    });
  }
}

function unmapped(name: string): PlaygroundError {
  return new PlaygroundError({
    code: 'rollouts.unmapped',
    message: `It is not known which key of ${name} holds the completion.`,
    fix: 'Say which key is which below, then import.',
    where: name,
  });
}

function empty(files: readonly File[], skipped: SkippedLines | null): PlaygroundError {
  const names = files.map(({ name }) => name).join(', ');
  const [first] = skipped?.reasons ?? [];
  const why =
    first === undefined
      ? ''
      : ` Most lines are skipped as ${first.reason} (line ${first.lines[0]}).`;
  return new PlaygroundError({
    code: 'rollouts.empty',
    message: `There is no rollout in ${names}.${why}`,
    fix: 'Choose a file with one record a rollout, the completion’s text in one of its keys.',
    where: names,
    detail: { skipped: skipped?.total ?? 0 },
  });
}

function tooMany(): PlaygroundError {
  return new PlaygroundError({
    code: 'rollouts.too-many',
    message: `The files hold more than ${MOST_ROWS} rollouts, which is as many as a set takes.`,
    fix: 'Import them in parts.',
    where: 'import',
  });
}

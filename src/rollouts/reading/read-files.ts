/** Files that somebody brings, as records: what each is, unpacked where it is packed, read as a stream. */

import { PlaygroundError } from '../../base/errors.ts';
import { FILE_KINDS, kindByHead, kindByName } from '../../base/file-kinds.ts';
import { isRecord, parsedJson } from '../../base/parsed-json.ts';
import { openZip, type ZipFile } from '../../storage/zip-file.ts';
import { arrowRecords } from './arrow.ts';
import { csvRecords } from './csv.ts';
import { type Entry, MOST_RECORD_BYTES } from './entries.ts';
import { gunzip } from './gunzip.ts';
import { jsonRecords } from './json.ts';
import { joined, jsonLines } from './lines.ts';
import { parquetRecords } from './parquet.ts';

/** Some entries, and the file, within an archive too, that they are of. */
export interface Batch {
  readonly file: string;
  readonly entries: readonly Entry[];
}

/** What a reader is told while it reads. */
export interface Reading {
  /** Bytes of the files as they lie on the disk. */
  readonly onBytes: (bytes: number) => void;
  readonly signal?: AbortSignal;
  /** What a file is called, where its own name is not all of it. */
  readonly nameOf?: (file: File) => string;
  /** Which files of an archive are read; all that may hold records unless told. */
  readonly isWanted?: (path: string) => boolean;
}

/** Largest table within an archive, bytes: it is held to be read from its end. */
const MOST_HELD = 2 ** 29;
/** What packs better than this by far is no text of a model. */
const MOST_RATIO = 200;
const RATIO_FROM = 2 ** 26;

/**
 * The entries of all files, in order. Throws {@link PlaygroundError} `rollouts.no-kind` for a file that is none of the kinds
 * read here, `rollouts.changed` for one that was changed or removed while it was read, `rollouts.bomb`,
 * `rollouts.too-large`, and what the readers of single kinds throw.
 */
export async function* readFiles(files: readonly File[], reading: Reading): AsyncGenerator<Batch> {
  for (const file of files) yield* readBlob(file, reading.nameOf?.(file) ?? file.name, reading, 0);
}

async function* readBlob(
  blob: Blob,
  name: string,
  reading: Reading,
  depth: number,
): AsyncGenerator<Batch> {
  const head = new Uint8Array(await readable(name, () => blob.slice(0, 512).arrayBuffer()));
  const kind = kindOf(head, name);
  if (kind === 'zip') {
    if (depth > 0) throw noKind(name, 'a zip archive within another');
    const archive = await openZip(blob);
    const members = archive.members.filter(
      ({ path }) => isData(path) && reading.isWanted?.(path) !== false,
    );
    if (members.length === 0) throw noKind(name, 'a zip archive without a file of records');
    for (const member of members) yield* readMember(archive, member, reading, depth);
    return;
  }
  if (kind === 'parquet') {
    const batches = parquetRecords(blob, name, depth === 0 ? reading.onBytes : () => undefined);
    for await (const entries of batches) yield { file: name, entries };
    return;
  }
  const chunks = chunksOf(blob, name, depth === 0 ? reading.onBytes : () => undefined);
  if (kind !== 'gzip') return yield* readChunks(chunks, name, kind, reading.signal);
  const inner = name.replace(/\.t?gz$/i, '');
  const unpacked = gunzipped(chunks, name, blob.size);
  yield* readUnpacked(unpacked, inner, reading, depth);
}

async function* readMember(
  { pieces }: ZipFile,
  { path, bytes, packedBytes }: ZipFile['members'][number],
  reading: Reading,
  depth: number,
): AsyncGenerator<Batch> {
  if (bytes > RATIO_FROM && bytes > MOST_RATIO * packedBytes) throw bomb(path, bytes, packedBytes);
  async function* chunks() {
    let told = 0;
    let seen = 0;
    for await (const piece of pieces(path)) {
      seen += piece.length;
      const share = Math.floor((seen / Math.max(1, bytes)) * packedBytes);
      reading.onBytes(share - told);
      told = share;
      yield piece;
    }
  }
  yield* readUnpacked(chunks(), path, reading, depth);
}

/** What came out of an archive: read as it comes, but for tables that are read from their end. */
async function* readUnpacked(
  chunks: AsyncIterable<Uint8Array>,
  name: string,
  reading: Reading,
  depth: number,
): AsyncGenerator<Batch> {
  const { first, all } = await peeked(chunks, (bytes) => bytes.length >= 512);
  const kind = kindOf(first, name);
  if (kind !== 'parquet' && kind !== 'gzip' && kind !== 'zip')
    return yield* readChunks(all, name, kind, reading.signal);
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let held = 0;
  for await (const chunk of all) {
    held += chunk.length;
    if (held > MOST_HELD) throw tooLarge(name, held);
    parts.push(chunk.slice());
  }
  yield* readBlob(new Blob(parts), name, reading, depth + 1);
}

type DataKind = 'json' | 'csv' | 'tsv' | 'parquet' | 'arrow' | 'gzip' | 'zip';

const BY_NAME: readonly (readonly [RegExp, DataKind])[] = [
  [/\.(?:jsonl|ndjson|json|txt|log)$/i, 'json'],
  [/\.csv$/i, 'csv'],
  [/\.tsv$/i, 'tsv'],
  [/\.parquet$/i, 'parquet'],
  [/\.(?:arrow|feather|ipc)$/i, 'arrow'],
];

/** Whether a file of an archive may hold records, by its name. */
export const isData = (path: string): boolean =>
  !/(?:^|\/)(?:\.|__MACOSX\/)/.test(path) &&
  (BY_NAME.some(([pattern]) => pattern.test(path)) || /\.gz$/i.test(path));

/** By how it begins, then by its name. Throws `rollouts.no-kind`. */
function kindOf(head: Uint8Array, name: string): DataKind {
  const text = new TextDecoder().decode(head);
  const begun = kindByHead(text);
  if (begun === 'parquet' || begun === 'gzip' || begun === 'zip' || begun === 'arrow') return begun;
  // An Arrow stream begins with the length of its schema (IPC format, from 0.15 on).
  if (head.length >= 8 && head.subarray(0, 4).every((byte) => byte === 0xff)) return 'arrow';
  if (begun !== null) throw noKind(name, FILE_KINDS[begun].what);
  if (/^\ufeff?\s*[[{]/.test(text)) return 'json';
  const named = BY_NAME.find(([pattern]) => pattern.test(name))?.[1];
  if (named === 'csv' || named === 'tsv') return named;
  if (head.length === 0) throw noKind(name, 'an empty file');
  if (named === 'json') return 'json';
  const other = kindByName(name);
  throw noKind(name, other === null ? 'neither JSON nor a table' : FILE_KINDS[other].what);
}

async function* readChunks(
  chunks: AsyncIterable<Uint8Array>,
  file: string,
  kind: DataKind,
  signal: AbortSignal | undefined,
): AsyncGenerator<Batch> {
  for await (const entries of await entriesOf(chunks, file, kind)) {
    signal?.throwIfAborted();
    yield { file, entries };
  }
}

async function entriesOf(
  chunks: AsyncIterable<Uint8Array>,
  file: string,
  kind: DataKind,
): Promise<AsyncGenerator<Entry[]>> {
  if (kind === 'csv') return csvRecords(chunks, ',');
  if (kind === 'tsv') return csvRecords(chunks, '\t');
  if (kind === 'arrow') return arrowRecords(chunks, file);
  const whole = (bytes: Uint8Array) => bytes.includes(10) || bytes.length > MOST_RECORD_BYTES;
  const { first, all } = await peeked(chunks, whole);
  return isLines(first, file) ? jsonLines(all) : jsonRecords(all);
}

/** Whether JSON is one record a line: its first line is a record, or none that a document laid out over lines begins with. */
function isLines(first: Uint8Array, file: string): boolean {
  const end = first.indexOf(10);
  if (end < 0) return /\.(?:jsonl|ndjson)$/i.test(file);
  const line = new TextDecoder().decode(first.subarray(0, end));
  if (/^\s*\[/.test(line)) return false;
  return isRecord(parsedJson(line)) || !/[{[,]\s*$/.test(line);
}

/** The first bytes, as many as `enough` wants, and all of them again. */
async function peeked(
  chunks: AsyncIterable<Uint8Array>,
  enough: (bytes: Uint8Array) => boolean,
): Promise<{ first: Uint8Array; all: AsyncIterable<Uint8Array> }> {
  const iterator = chunks[Symbol.asyncIterator]();
  const parts: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = await iterator.next();
    if (done === true) break;
    parts.push(value);
    length += value.length;
    if (enough(value) || length > MOST_RECORD_BYTES) break;
  }
  async function* all() {
    yield* parts;
    for (;;) {
      const { done, value } = await iterator.next();
      if (done === true) return;
      yield value;
    }
  }
  return { first: joined(parts, length), all: all() };
}

async function* chunksOf(
  blob: Blob,
  name: string,
  onBytes: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  const reader = blob.stream().getReader();
  try {
    for (;;) {
      const { done, value } = await readable(name, () => reader.read());
      if (done) return;
      onBytes(value.length);
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

async function* gunzipped(
  chunks: AsyncGenerator<Uint8Array>,
  name: string,
  packed: number,
): AsyncGenerator<Uint8Array> {
  let total = 0;
  try {
    for await (const piece of gunzip(chunks)) {
      total += piece.length;
      if (total > RATIO_FROM && total > MOST_RATIO * packed) throw bomb(name, total, packed);
      yield piece;
    }
  } catch (cause) {
    throw cause instanceof PlaygroundError ? cause : notUnpacked(name, cause);
  }
}

async function readable<T>(name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw new PlaygroundError(
      {
        code: 'rollouts.changed',
        message: `${name} was changed, moved or removed while it was read.`,
        fix: 'Choose it again once nobody writes to it any more; nothing of it was kept.',
        where: name,
        detail: { original: cause instanceof Error ? cause.message : String(cause) },
      },
      { cause },
    );
  }
}

function noKind(name: string, what: string): PlaygroundError {
  return new PlaygroundError({
    code: 'rollouts.no-kind',
    message: `${name} is ${what}; records are read from JSON Lines, JSON, CSV, Parquet and Arrow, as they are or in gzip or zip.`,
    fix: 'Choose such a file, one record a rollout or a question.',
    where: name,
  });
}

function tooLarge(name: string, bytes: number): PlaygroundError {
  return new PlaygroundError({
    code: 'rollouts.too-large',
    message: `${name} takes ${bytes} bytes to be unpacked in one piece, and at most ${MOST_HELD} are.`,
    fix: 'Unpack it first: a file of JSON Lines, gzip too, may be of any size.',
    where: name,
    detail: { bytes, most: MOST_HELD },
  });
}

function bomb(name: string, bytes: number, packed: number): PlaygroundError {
  return new PlaygroundError({
    code: 'rollouts.bomb',
    message: `${name} grows from ${packed} to more than ${bytes} bytes: no text does that.`,
    fix: 'Look at what it holds; if it is meant, unpack it first.',
    where: name,
    detail: { bytes, packed },
  });
}

function notUnpacked(name: string, cause: unknown): PlaygroundError {
  return new PlaygroundError(
    {
      code: 'rollouts.gzip',
      message: `${name} cannot be unpacked: it is cut off or damaged.`,
      fix: 'Unpack it with gunzip first, which says what is wrong with it.',
      where: name,
      detail: { original: cause instanceof Error ? cause.message : String(cause) },
    },
    { cause },
  );
}

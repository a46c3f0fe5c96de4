/** Files into a set of questions: read as a stream, each picture looked at, written stretch by stretch; all of it or nothing. */

import { PlaygroundError } from '../base/errors.ts';
import type { JobHandle } from '../base/jobs.ts';
import type { DataRow } from '../contract/data/data-row.ts';
import {
  type DataImport,
  type DataLook,
  type DataMapping,
  type DataProgress,
  type DataRecord,
  type DataSample,
  type GivenFile,
  MOST_DATA_ITEMS,
} from '../contract/data/data-sets.ts';
import type { PictureSize } from '../picture/decode.ts';
import { MOST_MEGAPIXELS } from '../picture/size.ts';
import { statedSize } from '../picture/stated-size.ts';
import type { Entry } from '../rollouts/reading/entries.ts';
import { Skipped } from '../rollouts/reading/skipped.ts';
import type { PicturePlace } from '../storage/picture-files.ts';
import { sha256 } from '../training/fingerprint.ts';
import { type BroughtFiles, broughtFiles, folderOf } from './brought-files.ts';
import type { DataStore, SetWriter } from './data-store.ts';
import { faultOf, type PictureBytes, pictureOf, TOO_LARGE } from './pictures.ts';
import { type Draft, draftsOf } from './row.ts';
import { shapeOf } from './shapes.ts';

/** Records that a look reads, and rows that it shows. */
const LOOK_RECORDS = 100;
const SAMPLES = 5;
/** Rows whose pictures are looked at together: the browser decodes and hashes beside this thread. */
const AT_ONCE = 8;
/** Pixels from which pictures are looked at one at a time. */
const LARGE_PIXELS = 4e6;
/** Rows that go into the fingerprint together. */
const HASHED_ROWS = 256;
/** Between two reports, ms. */
const REPORT_MS = 200;

/** Reads a picture as the Lab does: its size, or what it throws. */
export type CheckPicture = (file: File) => Promise<PictureSize>;

/** What the first records of some files are, and the first rows under a mapping. Throws what reading throws, and `data.empty`. */
export async function lookAtFiles(
  files: readonly GivenFile[],
  mapping: DataMapping | null,
): Promise<DataLook> {
  const brought = await broughtFiles(files);
  const first: { record: Values; file: string; line: number }[] = [];
  for await (const { file, entries } of brought.batches({ onBytes: () => undefined })) {
    for (const entry of entries)
      if ('record' in entry) first.push({ record: entry.record, file, line: entry.line });
    if (first.length >= LOOK_RECORDS) break;
  }
  if (first.length === 0) throw empty(files, null);
  const read = first.slice(0, LOOK_RECORDS);
  const found = shapeOf(read.map(({ record }) => record));
  const used = mapping ?? found.mapping;
  const samples: DataSample[] = [];
  if (used.question !== undefined)
    for (const { record, file, line } of read.slice(0, SAMPLES)) {
      const where = new Skipped(brought.tables).lineOf(file, line);
      samples.push(await sampleOf(draftsOf(record, used, where), brought, file, where));
    }
  return { ...found, mapping: used, samples, records: read.length };
}

type Values = Readonly<Record<string, unknown>>;

async function sampleOf(
  drafts: Draft[] | string,
  { pictures }: BroughtFiles,
  file: string,
  line: string,
): Promise<DataSample> {
  if (typeof drafts === 'string') return { line, skipped: drafts };
  const found: File[] = [];
  for (const { picture } of drafts) {
    if (picture === null) continue;
    const one = pictureOf(picture, pictures, folderOf(file));
    if (typeof one === 'string') return { line, skipped: one };
    try {
      const bytes = await one.bytes();
      const stated = statedSize(bytes);
      if (stated !== null && stated.width * stated.height > MOST_MEGAPIXELS * 1e6)
        return { line, skipped: TOO_LARGE };
      found.push(new File([bytes], one.name));
    } catch (error) {
      return { line, skipped: faultOf(error) };
    }
  }
  const [{ row }] = drafts;
  const question = [row.fact, row.question].filter((part) => part !== undefined).join(' ');
  const answer = drafts.map((draft) => draft.row.answer).join(' / ');
  return { line, question, answer, pictures: found };
}

export interface ImportOptions {
  readonly request: DataImport;
  readonly job: JobHandle;
  readonly store: DataStore;
  readonly check: CheckPicture;
  readonly onProgress: (progress: DataProgress) => void;
  /** Refuses all of it for the first line that would be passed over. */
  readonly strict: boolean;
}

/**
 * Throws {@link PlaygroundError} `data.unmapped` where no key holds the question, `data.empty` where no record is one,
 * `data.line` under `strict`, `data.too-many`, `job.cancelled`, what `readFiles` throws, and `storage.full`; then nothing
 * of it is kept. Where the same questions are here already, answers with their set.
 */
export async function importData(
  options: ImportOptions,
): Promise<{ readonly record: DataRecord; readonly isNew: boolean }> {
  const { request, job, store, onProgress } = options;
  const { files, name } = request;
  const look = await lookAtFiles(files, request.mapping);
  job.signal.throwIfAborted();
  if (look.mapping.question === undefined) throw unmapped(name);
  const brought = await broughtFiles(files);
  const writer = await store.begin(name);
  try {
    const taking = new Taking(options, brought, writer, look.mapping);
    let bytes = 0;
    let last = 0;
    const reading = {
      onBytes: (more: number) => {
        bytes += more;
      },
      signal: job.signal,
    };
    for await (const { file, entries } of brought.batches(reading)) {
      for (let at = 0; at < entries.length; at += AT_ONCE) {
        await job.pause();
        await taking.take(entries.slice(at, at + AT_ONCE), file);
        if (performance.now() - last < REPORT_MS) continue;
        last = performance.now();
        const totalBytes = brought.bytes;
        const progress = { bytes: Math.min(bytes, totalBytes), totalBytes };
        onProgress({ ...progress, items: writer.items, skipped: taking.skipped.total });
      }
    }
    const facts = await taking.facts();
    if (writer.items === 0) throw empty(files, taking.skipped);
    return await store.alone(facts.fingerprint, async (there) => {
      if (there !== null) {
        await writer.discard();
        return { record: there, isNew: false };
      }
      const record = await writer.finish({
        name,
        importedAt: Date.now(),
        files: files.map(({ path, file }) => ({ name: path, bytes: file.size })).slice(0, 20),
        shape: request.mapping === null ? look.shape : null,
        ...facts,
      });
      return { record, isNew: true };
    });
  } catch (error) {
    await writer.discard();
    throw error;
  }
}

/** Rows on their way into storage. */
class Taking {
  readonly skipped: Skipped;
  readonly #options: ImportOptions;
  readonly #brought: BroughtFiles;
  readonly #writer: SetWriter;
  readonly #mapping: DataMapping;
  /** Numbers of pictures by their SHA-256. */
  readonly #pictures = new Map<string, number>();
  /** SHA-256 of those of them that were given as files. */
  readonly #hashes = new Map<PicturePlace, string>();
  /** What is looked at for the rows under way, by its place and by its SHA-256. */
  readonly #reading = new Map<PicturePlace, Promise<ReadPicture>>();
  readonly #looking = new Map<string, ReturnType<CheckPicture>>();
  readonly #ids = new Set<string>();
  readonly #counts = { scaled: 0, answers: 0, texts: 0, wordsOnly: 0, sameIds: 0 };
  #groups = true;
  /** Hashes of stretches of rows, and the rows of the stretch under way. */
  readonly #stretches: string[] = [];
  #hashing: string[] = [];
  /** Large pictures wait for one another. */
  #large: Promise<unknown> = Promise.resolve();

  constructor(
    options: ImportOptions,
    brought: BroughtFiles,
    writer: SetWriter,
    mapping: DataMapping,
  ) {
    this.#options = options;
    this.#brought = brought;
    this.#writer = writer;
    this.#mapping = mapping;
    this.skipped = new Skipped(brought.tables);
  }

  /** Some entries of a file: their pictures together, their rows in order. */
  async take(entries: readonly Entry[], file: string): Promise<void> {
    const read = await Promise.all(entries.map((entry) => this.#read(entry, file)));
    for (const [i, found] of read.entries()) {
      const { line } = entries[i];
      if (typeof found === 'string') this.#skip(found, file, line);
      else for (const item of found) await this.#add(item);
    }
    this.#reading.clear();
    this.#looking.clear();
  }

  async facts() {
    await this.#hashStretch();
    const fingerprint = await sha256(new TextEncoder().encode(this.#stretches.join('\n')));
    const groups = this.#groups && this.#writer.items % 3 === 0;
    return { fingerprint, groups, ...this.#counts, skipped: this.skipped.facts() };
  }

  async #read(entry: Entry, file: string): Promise<readonly ReadItem[] | string> {
    if ('fault' in entry) return entry.fault;
    const drafts = draftsOf(entry.record, this.#mapping, this.skipped.lineOf(file, entry.line));
    if (typeof drafts === 'string') return drafts;
    const items: ReadItem[] = [];
    for (const { row, picture } of drafts) {
      if (picture === null) {
        items.push({ row, picture: null });
        continue;
      }
      const found = pictureOf(picture, this.#brought.pictures, folderOf(file));
      if (typeof found === 'string') return found;
      try {
        items.push({ row, picture: await this.#looked(found) });
      } catch (error) {
        return faultOf(error);
      }
    }
    return items;
  }

  /** A file that was looked at before is neither read nor hashed nor decoded again. */
  #looked(found: PictureBytes): Promise<ReadPicture> {
    const { place } = found;
    if (place === undefined) return this.#lookAt(found);
    const known = this.#hashes.get(place);
    if (known !== undefined) return Promise.resolve({ hash: known, kept: null });
    const looking = this.#reading.get(place) ?? this.#lookAt(found);
    this.#reading.set(place, looking);
    return looking;
  }

  /** Equal bytes are decoded once, wherever they come from. */
  async #lookAt({ name, bytes: read, place }: PictureBytes): Promise<ReadPicture> {
    this.#options.job.signal.throwIfAborted();
    const bytes = await read();
    const hash = await sha256(bytes);
    if (!this.#pictures.has(hash)) {
      const sized = this.#looking.get(hash) ?? this.#checked(new File([bytes], name), bytes);
      this.#looking.set(hash, sized);
      return { hash, kept: { bytes, name, size: await sized, place } };
    }
    if (place !== undefined) this.#hashes.set(place, hash);
    return { hash, kept: null };
  }

  #checked(file: File, bytes: Uint8Array): ReturnType<CheckPicture> {
    const { check, job } = this.#options;
    const stated = statedSize(bytes);
    if (stated !== null && stated.width * stated.height < LARGE_PIXELS) return check(file);
    const turn = this.#large.then(() => {
      job.signal.throwIfAborted();
      return check(file);
    });
    this.#large = turn.catch(() => undefined);
    return turn;
  }

  async #add({ row, picture }: ReadItem): Promise<void> {
    if (this.#writer.items >= MOST_DATA_ITEMS) throw tooMany();
    let number: number | null = null;
    if (picture !== null) {
      const { hash, kept } = picture;
      number = this.#pictures.get(hash) ?? null;
      if (number === null && kept !== null) {
        const { bytes, name, size, place } = kept;
        const { originalWidth: width, originalHeight: height } = size;
        number = await this.#writer.picture(bytes, { name, width, height });
        this.#pictures.set(hash, number);
        if (place !== undefined) this.#hashes.set(place, hash);
        if (size.width !== width || size.height !== height) this.#counts.scaled++;
      }
    } else this.#counts.wordsOnly++;
    const isSame = this.#ids.has(row.id);
    this.#ids.add(row.id);
    if (isSame) this.#counts.sameIds++;
    if (row.answer !== '') this.#counts.answers++;
    if (row.reasoning !== undefined && row.answer !== '') this.#counts.texts++;
    if (row.image !== (this.#writer.items % 3) + 1) this.#groups = false;
    const id = isSame ? `${row.id} (line ${row.line})` : row.id;
    const whole: DataRow = { ...row, id, picture: number };
    await this.#writer.row(whole);
    const { id: _, line: __, ...hashed } = row;
    this.#hashing.push(JSON.stringify([hashed, picture?.hash ?? null], inOrder));
    if (this.#hashing.length === HASHED_ROWS) await this.#hashStretch();
  }

  async #hashStretch(): Promise<void> {
    if (this.#hashing.length === 0) return;
    const text = this.#hashing.join('\n');
    this.#hashing = [];
    this.#stretches.push(await sha256(new TextEncoder().encode(text)));
  }

  #skip(reason: string, file: string, line: number): void {
    const { strict, request } = this.#options;
    if (strict) throw badLine(request.name, this.skipped.lineOf(file, line), reason);
    this.skipped.add(reason, file, line);
  }
}

interface ReadItem {
  readonly row: Draft['row'];
  readonly picture: ReadPicture | null;
}

interface ReadPicture {
  readonly hash: string;
  /** Null where the same picture was kept before. */
  readonly kept: {
    readonly bytes: Uint8Array;
    readonly name: string;
    readonly size: PictureSize;
    readonly place: PicturePlace | undefined;
  } | null;
}

/** Keys in the order of the alphabet, so that the same row is the same text whatever its file was. */
function inOrder(_: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function unmapped(name: string): PlaygroundError {
  return new PlaygroundError({
    code: 'data.unmapped',
    message: `It is not known which key of ${name} holds the question.`,
    fix: 'Say which key is which, then import; a file of known keys has “problem”, “answer” and “images” a line.',
    where: name,
  });
}

function empty(files: readonly GivenFile[], skipped: Skipped | null): PlaygroundError {
  const names = files.map(({ path }) => path);
  const listed = names.length > 3 ? `${names.length} files` : names.join(', ');
  const [first] = skipped?.facts().reasons ?? [];
  const why =
    first === undefined
      ? ''
      : ` Most lines are passed over as ${first.reason} (line ${first.lines[0]}).`;
  return new PlaygroundError({
    code: 'data.empty',
    message: `There is no question in ${listed}.${why}`,
    fix: 'Give one record a question, in JSON Lines, Parquet or CSV, together with its pictures.',
    where: names[0] ?? 'import',
    detail: { skipped: skipped?.total ?? 0 },
  });
}

function badLine(name: string, line: string, reason: string): PlaygroundError {
  return new PlaygroundError({
    code: 'data.line',
    message: `${name} cannot be asked as it is: line ${line} is ${reason}.`,
    fix: 'Mend that line, or import the file on the Data page, which passes over such lines and says which.',
    where: `${name}, line ${line}`,
    detail: { reason },
  });
}

function tooMany(): PlaygroundError {
  return new PlaygroundError({
    code: 'data.too-many',
    message: `The files hold more than ${MOST_DATA_ITEMS} questions, which is as many as a set takes.`,
    fix: 'Import them in parts.',
    where: 'import',
  });
}

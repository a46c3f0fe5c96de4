/** Files to hand out, made one after the other when they are asked for, and a zip archive of them. */

import { Zip, ZipDeflate, ZipPassThrough } from 'fflate';
import { PlaygroundError } from '../base/errors.ts';

/** One file of a folder; `path` is relative to it, with `/`. */
export interface ExportFile {
  readonly path: string;
  /** Makes the file's content; asked once, and not kept. */
  readonly bytes: () => Uint8Array;
}

/** Files that are there, or are made one after the other. */
type ExportFiles = Iterable<ExportFile> | AsyncIterable<ExportFile>;

/** The largest size and offset that an archive without the ZIP64 extension can state. */
const MAX_ARCHIVE_BYTES = 2 ** 32 - 1;

/** Bytes handed to the compressor at a time, so that a reader who stops early stops the work. */
const CHUNK_BYTES = 1 << 20;

/** Weights are as good as random, and pictures are packed: compressing them costs time and saves nothing. */
const STORED = /\.(safetensors|onnx|png|jpg|webp|gif|avif)$/;

/** What every entry says; the earliest time an archive knows, so that the same files are the same archive. */
const MODIFIED = new Date(1980, 0, 1);

export function textFile(path: string, text: string): ExportFile {
  return { path, bytes: () => new TextEncoder().encode(text) };
}

/**
 * A zip archive of the files under `folder/`. Each file is made when the reader gets to it. The stream fails with
 * {@link PlaygroundError} `export.too-large` past 4 GiB, and with whatever making a file throws.
 */
export function zipStream(files: ExportFiles, folder = ''): ReadableStream<Uint8Array> {
  const chunks = zipChunks(files, folder === '' ? '' : `${folder}/`);
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await chunks.next();
      if (done === true) controller.close();
      else controller.enqueue(value);
    },
    async cancel() {
      await chunks.return(undefined);
    },
  });
}

async function* zipChunks(files: ExportFiles, prefix: string): AsyncGenerator<Uint8Array> {
  let ready: Uint8Array[] = [];
  let total = 0;
  const zip = new Zip((error, chunk) => {
    if (error) throw error;
    ready.push(chunk);
  });
  const drain = () => {
    const chunks = ready;
    ready = [];
    for (const chunk of chunks) total += chunk.length;
    if (total > MAX_ARCHIVE_BYTES) throw tooLarge();
    return chunks;
  };
  for await (const { path, bytes } of files) {
    const name = prefix + path;
    const entry = STORED.test(path) ? new ZipPassThrough(name) : new ZipDeflate(name);
    entry.mtime = MODIFIED;
    zip.add(entry);
    const content = bytes();
    for (let at = 0; at === 0 || at < content.length; at += CHUNK_BYTES) {
      const end = at + CHUNK_BYTES;
      entry.push(content.slice(at, end), end >= content.length);
      yield* drain();
    }
  }
  zip.end();
  yield* drain();
}

function tooLarge(): PlaygroundError {
  return new PlaygroundError({
    code: 'export.too-large',
    message: 'The files together take more than the 4 GiB that a zip archive holds.',
    fix: 'Export less: of a model the adapter alone, or without ONNX graphs; of questions a smaller set.',
    where: 'zip',
  });
}

/** Arrow files and streams as records, a batch at a time, by apache-arrow; fetched when a file of it is opened. */

import { PlaygroundError } from '../../base/errors.ts';
import { part } from '../../base/part.ts';
import type { Entry } from './entries.ts';
import { plainValue } from './plain-value.ts';

const ROWS = 1000;

/** Throws {@link PlaygroundError} `rollouts.arrow` for what is none, is cut off, or is packed in a way that is not read. */
export async function* arrowRecords(
  chunks: AsyncIterable<Uint8Array>,
  name: string,
): AsyncGenerator<Entry[]> {
  const { RecordBatchReader, compressionRegistry, CompressionType } = await part(
    'The reader of Arrow',
    () => import('apache-arrow'),
  );
  const { decompressZstd } = await part(
    'The unpackers of Parquet',
    () => import('hyparquet-compressors'),
  );
  compressionRegistry.set(CompressionType.ZSTD, {
    decode: (bytes) => decompressZstd(bytes, new Uint8Array(statedLength(bytes))),
  });
  // Frames whose blocks go on from one another, as Arrow writes them, are unpacked by none of the libraries here.
  compressionRegistry.set(CompressionType.LZ4_FRAME, {
    decode() {
      throw new Error('it is packed with LZ4');
    },
  });
  let line = 0;
  try {
    const reader = await RecordBatchReader.from(chunks);
    for await (const batch of reader)
      for (let at = 0; at < batch.numRows; at += ROWS) {
        const entries: Entry[] = [];
        for (let row = at; row < Math.min(batch.numRows, at + ROWS); row++)
          entries.push({
            line: ++line,
            record: plainValue(batch.get(row)) as Record<string, unknown>,
          });
        yield entries;
      }
  } catch (cause) {
    if (cause instanceof PlaygroundError) throw cause;
    const original = cause instanceof Error ? cause.message : String(cause);
    throw new PlaygroundError(
      {
        code: 'rollouts.arrow',
        message: `${name} cannot be read as Arrow: ${original}.`,
        fix: 'Write it again without compression (datasets.save_to_disk, pyarrow.feather.write_feather with compression="uncompressed") or with Zstandard ("zstd"), or as Parquet.',
        where: name,
        detail: { original },
      },
      { cause },
    );
  }
}

/** Largest buffer that is unpacked, bytes. */
const MOST_BUFFER_BYTES = 2 ** 30;

/** What a packed buffer of a batch takes unpacked: its length stands before it (IPC format, BodyCompression). */
function statedLength({ buffer, byteOffset }: Uint8Array): number {
  const length = Number(new DataView(buffer, byteOffset - 8, 8).getBigInt64(0, true));
  if (length >= 0 && length <= MOST_BUFFER_BYTES) return length;
  throw new Error(`a buffer of it states a length of ${length} bytes`);
}

/** Parquet as records, a row group at a time, by hyparquet; fetched when a file of it is opened. */

import { PlaygroundError } from '../../base/errors.ts';
import { part } from '../../base/part.ts';
import type { Entry } from './entries.ts';
import { plainValue } from './plain-value.ts';

/** Rows taken out of a group at a time. */
const ROWS = 1000;
/** Largest row group that is unpacked, bytes. */
const MOST_GROUP_BYTES = 2 ** 30;

/**
 * Throws {@link PlaygroundError} `rollouts.parquet` for a file that is none, is cut off, or is packed in a way that is
 * not read. `onBytes` is told of each group's packed bytes.
 */
export async function* parquetRecords(
  blob: Blob,
  name: string,
  onBytes: (bytes: number) => void,
): AsyncGenerator<Entry[]> {
  const { parquetMetadataAsync, parquetReadObjects } = await part(
    'The reader of Parquet',
    () => import('hyparquet'),
  );
  const { compressors } = await part(
    'The unpackers of Parquet',
    () => import('hyparquet-compressors'),
  );
  const file = {
    byteLength: blob.size,
    slice: (start: number, end?: number) => blob.slice(start, end).arrayBuffer(),
  };
  const metadata = await parquetMetadataAsync(file).catch((cause: unknown) => {
    throw unreadable(name, cause);
  });
  let start = 0;
  for (const group of metadata.row_groups) {
    const rows = Number(group.num_rows);
    const bytes = Number(group.total_byte_size);
    if (!(rows >= 0 && bytes >= 0 && bytes <= MOST_GROUP_BYTES))
      throw unreadable(name, `a row group of ${bytes} bytes and ${rows} rows`);
    // A column is unpacked whole for any part of it, so a group of ordinary size is read at once.
    const step = bytes > 2 ** 28 ? ROWS * 16 : Math.max(rows, 1);
    for (let from = 0; from < rows; from += step) {
      const to = Math.min(rows, from + step);
      const range = { rowStart: start + from, rowEnd: start + to };
      const records = await parquetReadObjects({
        file,
        metadata,
        compressors,
        utf8: false,
        ...range,
      }).catch((cause: unknown) => {
        throw unreadable(name, cause);
      });
      for (let at = 0; at < records.length; at += ROWS)
        yield records.slice(at, at + ROWS).map((record, i) => ({
          line: start + from + at + i + 1,
          record: plainValue(record) as Record<string, unknown>,
        }));
    }
    start += rows;
    onBytes(Number(group.total_compressed_size ?? group.total_byte_size));
  }
}

function unreadable(name: string, cause: unknown): PlaygroundError {
  const original = cause instanceof Error ? cause.message : String(cause);
  return new PlaygroundError(
    {
      code: 'rollouts.parquet',
      message: `${name} cannot be read as Parquet: ${original}.`,
      fix: 'Write it again (pandas.DataFrame.to_parquet, datasets.to_parquet), or as JSON Lines.',
      where: name,
      detail: { original },
    },
    { cause },
  );
}

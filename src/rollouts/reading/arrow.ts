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
  const { RecordBatchReader } = await part('The reader of Arrow', () => import('apache-arrow'));
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
        fix: 'Write it again without compression (datasets.save_to_disk, pyarrow.feather.write_feather with compression="uncompressed"), or as Parquet.',
        where: name,
        detail: { original },
      },
      { cause },
    );
  }
}

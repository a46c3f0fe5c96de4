/** The table of scored tokens as Parquet, by hyparquet-writer; fetched when one is asked for. */

import { ByteWriter, ParquetWriter, schemaFromColumnData } from 'hyparquet-writer';
import { version } from '../../package.json';
import { ROLLOUT_METHODS } from '../contract/rollouts/rollout-methods.ts';
import type { ScoringRecord } from '../contract/rollouts/rollout-scores.ts';
import {
  type PlacedToken,
  type PlacedTokens,
  TOKEN_COLUMNS,
  type TokenColumn,
} from './token-columns.ts';

/** Tokens in a row group. */
const GROUP = 2 ** 16;

const TYPES = {
  text: 'STRING',
  integer: 'INT32',
  figure: 'FLOAT',
  flag: 'BOOLEAN',
} as const satisfies Record<TokenColumn['type'], string>;

/** Of the file's own metadata. */
export const TOKEN_TABLE_FORMAT = 'vigos-tokens/1';

/**
 * @param file the name of the set.
 * @param group tokens that are held as columns at once.
 */
export async function parquetTable(
  rollouts: PlacedTokens,
  file: string,
  record: ScoringRecord,
  group: number = GROUP,
): Promise<Blob> {
  const parts: Blob[] = [];
  const bytes = new ByteWriter();
  const flush = () => {
    parts.push(new Blob([bytes.getBytes()]));
    bytes.index = 0;
  };
  const empty = columnsOf([]);
  const writer = new ParquetWriter({
    writer: Object.assign(bytes, { flush, finish: flush }),
    schema: schemaFromColumnData({ columnData: empty }),
    kvMetadata: [{ key: 'vigos', value: JSON.stringify(aboutTable(file, record)) }],
    createdBy: `vigos-playground ${version}`,
  });
  let held: PlacedToken[] = [];
  const write = (rows: readonly PlacedToken[]) =>
    writer.write({ columnData: columnsOf(rows), rowGroupSize: group });
  for await (const tokens of rollouts) {
    held = held.concat(tokens);
    while (held.length >= group) {
      write(held.slice(0, group));
      held = held.slice(group);
    }
  }
  if (held.length > 0) write(held);
  writer.finish();
  return new Blob(parts, { type: 'application/vnd.apache.parquet' });
}

const columnsOf = (rows: readonly PlacedToken[]) =>
  TOKEN_COLUMNS.map(({ name, type, nullable = false, of }) => ({
    name,
    type: TYPES[type],
    nullable,
    data: rows.map(of),
  }));

/** What the table is of, in words and units: what another program cannot see in its columns. */
function aboutTable(file: string, record: ScoringRecord) {
  const { model, writer, method: id, backend, createdAt } = record;
  const { label, method } = ROLLOUT_METHODS[id];
  return {
    format: TOKEN_TABLE_FORMAT,
    file,
    writtenBy: writer.trim() === '' ? null : writer,
    scoredBy: model,
    backend,
    scoredAt: new Date(createdAt).toISOString(),
    method: { ...method, name: label },
    columns: TOKEN_COLUMNS.map(({ of: _, ...column }) => column),
  };
}

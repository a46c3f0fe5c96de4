/** A set as one Parquet file with its pictures' bytes, as the `datasets` library writes them; by hyparquet-writer, fetched when one is asked for. */

import type { SchemaElement } from 'hyparquet';
import { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import { version } from '../../package.json';
import type { SetToExport } from './open-set.ts';

/** Bytes of pictures, and rows, of a row group. */
const GROUP_BYTES = 2 ** 25;
const GROUP_ROWS = 1000;

type Kind = 'text' | 'texts' | 'number' | 'picture' | 'pictures';

/** A row by the names of its columns; pictures are their bytes with the name of their file. */
export type ParquetRow = Readonly<Record<string, unknown>>;

const text = (name: string): SchemaElement => ({
  ...{ name, type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' },
});
const group = (
  name: string,
  repetition_type: SchemaElement['repetition_type'],
  num_children: number,
): SchemaElement => ({ name, repetition_type, num_children });
const list = (name: string): SchemaElement[] => [
  { ...group(name, 'OPTIONAL', 1), converted_type: 'LIST' },
  group('list', 'REPEATED', 1),
];
const struct = (name: string): SchemaElement[] => [
  group(name, 'OPTIONAL', 2),
  { name: 'bytes', type: 'BYTE_ARRAY', repetition_type: 'OPTIONAL' },
  text('path'),
];

/** How a column lies in the file, and what `datasets` is told that it is. */
const KINDS: Readonly<
  Record<Kind, { readonly schema: (name: string) => SchemaElement[]; readonly feature: object }>
> = {
  text: { schema: (name) => [text(name)], feature: { dtype: 'string', _type: 'Value' } },
  texts: {
    schema: (name) => [...list(name), text('element')],
    feature: { feature: { dtype: 'string', _type: 'Value' }, _type: 'Sequence' },
  },
  number: {
    schema: (name) => [{ name, type: 'INT64', repetition_type: 'OPTIONAL' }],
    feature: { dtype: 'int64', _type: 'Value' },
  },
  picture: { schema: struct, feature: { _type: 'Image' } },
  pictures: {
    schema: (name) => [...list(name), ...struct('element')],
    feature: { feature: { _type: 'Image' }, _type: 'Sequence' },
  },
};

/** `rows` are made when the one before is written; a group of them is in memory at once. */
export async function parquetOf(
  columns: Readonly<Record<string, Kind>>,
  rows: AsyncIterable<{ readonly row: ParquetRow; readonly bytes: number }>,
): Promise<Blob> {
  const named = Object.entries(columns);
  const parts: Blob[] = [];
  const bytes = new ByteWriter();
  const flush = () => {
    parts.push(new Blob([bytes.getBytes()]));
    bytes.index = 0;
  };
  const features = Object.fromEntries(named.map(([name, kind]) => [name, KINDS[kind].feature]));
  const writer = new ParquetWriter({
    writer: Object.assign(bytes, { flush, finish: flush }),
    schema: [
      { name: 'root', num_children: named.length },
      ...named.flatMap(([name, kind]) => KINDS[kind].schema(name)),
    ],
    kvMetadata: [{ key: 'huggingface', value: JSON.stringify({ info: { features } }) }],
    createdBy: `vigos-playground ${version}`,
  });
  let held: ParquetRow[] = [];
  let size = 0;
  const write = async () => {
    const all = held;
    held = [];
    size = 0;
    const columnData = named.map(([name, kind]) => ({
      name,
      data: all.map((row) => row[name]),
      // Pictures are packed already, and hardly two are the same.
      ...(kind === 'picture' || kind === 'pictures'
        ? ({ codec: 'UNCOMPRESSED', encoding: 'PLAIN', statistics: false } as const)
        : {}),
    }));
    await writer.write({ columnData, rowGroupSize: Math.max(1, all.length) });
  };
  for await (const { row, bytes: more } of rows) {
    held.push(row);
    size += more;
    if (held.length >= GROUP_ROWS || size >= GROUP_BYTES) await write();
  }
  if (held.length > 0) await write();
  writer.finish();
  return new Blob(parts, { type: 'application/vnd.apache.parquet' });
}

/** The picture of an item as `datasets` has one; null without. */
export async function pictureStruct(
  set: Pick<SetToExport, 'picture'>,
  index: number,
  path: string | null,
): Promise<{ readonly bytes: Uint8Array; readonly path: string } | null> {
  const file = path === null ? null : await set.picture(index);
  return file === null || path === null
    ? null
    : { bytes: new Uint8Array(await file.arrayBuffer()), path };
}

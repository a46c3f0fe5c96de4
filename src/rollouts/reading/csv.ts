/** CSV and TSV as records, by the names of the first row; fields may hold line breaks. */

import Papa from 'papaparse';
import { type Entry, MOST_RECORD_BYTES, NOT_UTF8, TOO_LONG } from './entries.ts';

/** Why a row is none, by papaparse's code of the first error in it. */
const REASONS: Readonly<Record<string, string>> = {
  MissingQuotes: 'a quoted field that is never closed',
  InvalidQuotes: 'a quote in the middle of a quoted field',
};

export async function* csvRecords(
  chunks: AsyncIterable<Uint8Array>,
  delimiter: ',' | '\t',
): AsyncGenerator<Entry[]> {
  const decoder = new TextDecoder();
  let text = '';
  let line = 1;
  let names: readonly string[] | null = null;

  const entriesOf = (last: boolean): Entry[] => {
    const parser = new Papa.Parser({ delimiter });
    const { data, errors, meta } = parser.parse(text, 0, !last) as Papa.ParseResult<string[]>;
    const faults = new Map(errors.map(({ row = 0, code }) => [row, REASONS[code] ?? code]));
    const entries: Entry[] = [];
    for (const [i, cells] of data.entries()) {
      const at = line;
      line += 1 + cells.reduce((sum, cell) => sum + cell.split('\n').length - 1, 0);
      if (cells.length === 1 && cells[0].trim() === '') continue;
      const fault = faults.get(i);
      if (names === null) names = cells.map((cell) => cell.trim());
      else if (fault !== undefined) entries.push({ line: at, fault });
      else entries.push(rowOf(at, names, cells));
    }
    text = last ? '' : text.slice(meta.cursor);
    return entries;
  };

  for await (const chunk of chunks) {
    text += decoder.decode(chunk, { stream: true });
    // What a quote that is never closed swallowed is passed over, with all that follows it.
    if (text.length > 2 * MOST_RECORD_BYTES) {
      yield [{ line, fault: `${TOO_LONG}: a quoted field that is never closed, perhaps` }];
      return;
    }
    if (text.includes('\n')) yield entriesOf(false);
  }
  text += decoder.decode();
  if (text !== '') yield entriesOf(true);
}

function rowOf(line: number, names: readonly string[], cells: readonly string[]): Entry {
  if (cells.some((cell) => cell.includes('\ufffd'))) return { line, fault: NOT_UTF8 };
  if (cells.length !== names.length)
    return { line, fault: `${cells.length} fields where the first row names ${names.length}` };
  return { line, record: Object.fromEntries(names.map((name, i) => [name, cellValue(cells[i])])) };
}

/** Lists and objects are written into cells as JSON; a number stays a text until it is asked for as one. */
function cellValue(cell: string): unknown {
  if (!/^\s*[[{]/.test(cell)) return cell === '' ? null : cell;
  try {
    return JSON.parse(cell) as unknown;
  } catch {
    return cell;
  }
}

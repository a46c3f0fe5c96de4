/** What reading a file gives: records, and lines that are none. */

import { isRecord, parsedJson } from '../../base/parsed-json.ts';

/** One record of a file, or why a line is none. */
export type Entry =
  | { readonly line: number; readonly record: Readonly<Record<string, unknown>> }
  | { readonly line: number; readonly fault: string };

/** Longest record, bytes; a longer one is passed over without being held. */
export const MOST_RECORD_BYTES = 16 * 2 ** 20;

export const TOO_LONG = `longer than ${MOST_RECORD_BYTES / 2 ** 20} MiB`;
export const NOT_UTF8 = 'bytes that are no UTF-8';
export const NOT_JSON = 'no JSON';
export const NO_RECORD = 'no record: neither an object nor a row of a table';

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false });

/** The text of some bytes; null where they are no UTF-8. */
export function textOf(bytes: Uint8Array): string | null {
  try {
    return decoder.decode(bytes);
  } catch {
    return null;
  }
}

/** Some bytes as one record. `columns` names the cells of a row that is a list. */
export function entryOf(
  line: number,
  bytes: Uint8Array,
  columns: readonly string[] | null = null,
): Entry {
  const text = textOf(bytes);
  if (text === null) return { line, fault: NOT_UTF8 };
  const value = parsedJson(text);
  if (value === undefined) return { line, fault: NOT_JSON };
  if (isRecord(value)) return { line, record: value };
  if (columns !== null && Array.isArray(value))
    return {
      line,
      record: Object.fromEntries(columns.map((name, i) => [name, value[i] as unknown])),
    };
  return { line, fault: NO_RECORD };
}

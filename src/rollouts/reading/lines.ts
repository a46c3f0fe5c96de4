/** JSON Lines: one record a line, read as bytes come; what is no record is told with its line and passed over. */

import { type Entry, entryOf, MOST_RECORD_BYTES, TOO_LONG } from './entries.ts';

const LINE_FEED = 10;

/** The entries of each chunk together, lines counted from 1; blank lines are none. */
export async function* jsonLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Entry[]> {
  let number = 0;
  /** The beginning of a line that goes on in the next chunk, and its bytes, of which too many are not held. */
  let begun: Uint8Array[] = [];
  let length = 0;

  const entry = (end: Uint8Array): Entry | null => {
    number++;
    const whole = length + end.length;
    const parts = begun;
    begun = [];
    length = 0;
    if (whole > MOST_RECORD_BYTES) return { line: number, fault: TOO_LONG };
    const bytes = parts.length === 0 ? end : joined([...parts, end], whole);
    return isBlank(bytes) ? null : entryOf(number, bytes);
  };

  for await (const chunk of chunks) {
    const entries: Entry[] = [];
    let at = 0;
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, at)) {
      const found = entry(chunk.subarray(at, end));
      if (found !== null) entries.push(found);
      at = end + 1;
    }
    if (at < chunk.length) {
      length += chunk.length - at;
      if (length <= MOST_RECORD_BYTES) begun.push(chunk.slice(at));
      else begun = [];
    }
    yield entries;
  }
  if (length > 0) {
    const found = entry(new Uint8Array());
    if (found !== null) yield [found];
  }
}

export function joined(parts: readonly Uint8Array[], length: number): Uint8Array {
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** White space alone, a byte order mark too. */
const isBlank = (bytes: Uint8Array): boolean =>
  bytes.length < 64 &&
  bytes.every((byte) => byte === 32 || byte === 9 || byte === 13 || byte >= 0xbb);

/**
 * A JSON document of any length as records: the elements of its list, or of the first list of records within its
 * object (`generations`, `data`), whose own texts and numbers before it are added to each; else the object is one record.
 */

import { isRecord, parsedJson } from '../../base/parsed-json.ts';
import { type Entry, entryOf, MOST_RECORD_BYTES, NOT_JSON, TOO_LONG, textOf } from './entries.ts';
import { joined } from './lines.ts';

const QUOTE = 34;
const BACKSLASH = 92;
const OPEN_LIST = 91;
const CLOSE_LIST = 93;
const OPEN = 123;
const CLOSE = 125;
const LINE_FEED = 10;

/** Keys whose lists belong to one record. */
const WITHIN_A_RECORD =
  /"(?:messages|conversations?|tokens|prompt|completion|trajectory|images?)"\s*:\s*$/;
/** A record of this project, which holds lists of objects of its own. */
const OWN_FORMAT = /"format"\s*:\s*"vigos-/;

export async function* jsonRecords(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Entry[]> {
  const reader = new Reader();
  for await (const chunk of chunks) yield reader.read(chunk);
  yield reader.end();
}

class Reader {
  #line = 1;
  #depth = 0;
  #inString = false;
  #escaped = false;
  /** Depth of the list whose elements are records; null while that is not known, and where the object is the record. */
  #level: number | null = null;
  /** The list of records has ended. */
  #done = false;
  /** What stands before the first record. */
  #head = new Bytes();
  #listBegan = false;
  #shared: Readonly<Record<string, unknown>> = {};
  #columns: readonly string[] | null = null;
  /** The element under way: its first line, and its bytes so far. */
  #element: { readonly line: number; readonly bytes: Bytes } | null = null;

  read(chunk: Uint8Array): Entry[] {
    const entries: Entry[] = [];
    /** Where the part of the element under way begins in this chunk. */
    let from = 0;
    for (let at = 0; at < chunk.length && !this.#done; at++) {
      const byte = chunk[at];
      if (byte === LINE_FEED) this.#line++;
      if (this.#inString) {
        if (this.#escaped) this.#escaped = false;
        else if (byte === BACKSLASH) this.#escaped = true;
        else if (byte === QUOTE) this.#inString = false;
      } else if (byte === QUOTE) {
        this.#inString = true;
        this.#listBegan = false;
      } else if (byte === OPEN || byte === OPEN_LIST) {
        this.#depth++;
        if (this.#element === null && this.#beginsRecord(byte)) {
          this.#element = { line: this.#line, bytes: new Bytes() };
          from = at;
        }
      } else if (byte === CLOSE || byte === CLOSE_LIST) {
        this.#depth--;
        if (this.#element !== null && this.#depth === this.#level) {
          this.#element.bytes.add(chunk.subarray(from, at + 1));
          entries.push(this.#entry(this.#element.line, this.#element.bytes));
          this.#element = null;
          continue;
        }
        if (this.#level !== null && this.#depth < this.#level) this.#done = true;
      }
      if (this.#level === null) this.#head.push(byte);
    }
    if (!this.#done) this.#element?.bytes.add(chunk.subarray(from));
    return entries;
  }

  end(): Entry[] {
    if (this.#element !== null)
      return [{ line: this.#element.line, fault: `${NOT_JSON}: cut off in its middle` }];
    return this.#level === null ? [this.#entry(1, this.#head)] : [];
  }

  /** Whether the bracket that was just read begins a record, which also finds out where records lie. */
  #beginsRecord(byte: number): boolean {
    if (this.#level !== null) return this.#depth === this.#level + 1;
    if (this.#depth === 1 && byte === OPEN_LIST) {
      this.#level = 1;
      return false;
    }
    if (this.#depth === 2 && byte === OPEN_LIST) {
      this.#listBegan = true;
      return false;
    }
    // The first element of a list tells whether it is one of records.
    if (this.#depth !== 3 || !this.#listBegan) return false;
    this.#listBegan = false;
    const head = textOf(this.#head.whole() ?? new Uint8Array()) ?? '';
    const key = head.slice(0, head.lastIndexOf('['));
    if (OWN_FORMAT.test(key) || WITHIN_A_RECORD.test(key)) return false;
    const before = parsedJson(`${head}]}`);
    if (!isRecord(before)) return false;
    const columns = isTexts(before.columns) ? before.columns : null;
    if (byte === OPEN_LIST && columns === null) return false;
    this.#columns = columns;
    this.#shared = Object.fromEntries(
      Object.entries(before).filter(([, value]) => typeof value !== 'object'),
    );
    this.#level = 2;
    return true;
  }

  #entry(line: number, bytes: Bytes): Entry {
    const whole = bytes.whole();
    if (whole === null) return { line, fault: TOO_LONG };
    const entry = entryOf(line, whole, this.#columns);
    return 'record' in entry ? { line, record: { ...this.#shared, ...entry.record } } : entry;
  }
}

/** Bytes that grow; of more than a record may have none are held. */
class Bytes {
  #parts: Uint8Array[] = [];
  #length = 0;
  #single = new Uint8Array(256);
  #singles = 0;

  push(byte: number): void {
    if (this.#singles === this.#single.length) this.#flush();
    this.#single[this.#singles++] = byte;
  }

  /** Takes a copy. */
  add(part: Uint8Array): void {
    this.#flush();
    this.#length += part.length;
    if (this.#length <= MOST_RECORD_BYTES) this.#parts.push(part.slice());
    else this.#parts = [];
  }

  /** Null where they are too many. */
  whole(): Uint8Array | null {
    this.#flush();
    if (this.#length > MOST_RECORD_BYTES) return null;
    const whole = joined(this.#parts, this.#length);
    this.#parts = [whole];
    return whole;
  }

  #flush(): void {
    const singles = this.#single.subarray(0, this.#singles);
    this.#singles = 0;
    if (singles.length > 0) this.add(singles);
  }
}

const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.length > 0 && value.every((name) => typeof name === 'string');

/** Which rows of a set a query wants, in which order, and where a text stands in its completions. */

import { GRADE_CHOICES, ROW_FAULTS, type RowQuery } from '../contract/rollouts/rollouts.ts';
import {
  type Column,
  type Columns,
  faultColumn,
  GRADE,
  numberColumn,
  teacherColumn,
} from './columns.ts';

/** Rows by number, filtered and in order. `matches` has a 1 for each row with the text that is searched for. */
export function rowsOf(
  columns: Columns,
  query: RowQuery,
  numbers: readonly string[],
  matches: Uint8Array | null,
): Uint32Array {
  const { rows } = columns;
  const fault = columns.get(faultColumn(query.method));
  const grade = columns.get('grade');
  const step = columns.get('step');
  const wantedFault = query.fault === null ? 0 : 1 + ROW_FAULTS.indexOf(query.fault);
  const wantedGrade = [null, GRADE.right, GRADE.wrong, GRADE.none][
    GRADE_CHOICES.indexOf(query.grade)
  ];
  const { from, to } = query.steps ?? { from: 0, to: 0 };
  const found = new Uint32Array(rows);
  let count = 0;
  for (let row = 0; row < rows; row++) {
    if (query.validity === 'valid' && fault[row] !== 0) continue;
    if (query.validity === 'invalid' && fault[row] === 0) continue;
    if (wantedFault !== 0 && fault[row] !== wantedFault) continue;
    if (wantedGrade !== null && grade[row] !== wantedGrade) continue;
    if (query.steps !== null && !(step[row] >= from && step[row] <= to)) continue;
    if (matches !== null && matches[row] === 0) continue;
    found[count++] = row;
  }
  const order = found.subarray(0, count);
  const key = keyOf(columns, query, numbers);
  if (key !== null) sortBy(order, key, query.descending);
  else if (query.descending) order.reverse();
  return order;
}

function keyOf(
  columns: Columns,
  { order, method }: RowQuery,
  numbers: readonly string[],
): Column | null {
  if (order === 'file') return null;
  if (order === 'validity') return columns.get(faultColumn(method));
  if (order === 'step' || order === 'tokens') return columns.get(order);
  const name = order.slice(order.indexOf(':') + 1);
  if (order.startsWith('number:')) {
    const place = numbers.indexOf(name);
    return place < 0 ? null : columns.get(numberColumn(place));
  }
  return columns.get(teacherColumn(method, name as Parameters<typeof teacherColumn>[1]));
}

/** Equal keys stay in the file's order; rows without a value come last either way. */
function sortBy(order: Uint32Array, key: Column, descending: boolean): void {
  const sign = descending ? -1 : 1;
  order.sort((a, b) => {
    const [x, y] = [key[a], key[b]];
    if (x === y) return a - b;
    if (Number.isNaN(x)) return Number.isNaN(y) ? a - b : 1;
    if (Number.isNaN(y)) return -1;
    return x < y ? -sign : sign;
  });
}

/** Completions that are kept in memory for the search; above that they are read anew for each. */
const MOST_HELD = 192 * 2 ** 20;
const STRETCH = 16 * 2 ** 20;

/** Finds a text in all completions, A to Z in either case. */
export class TextSearch {
  readonly #texts: Blob;
  readonly #columns: Columns;
  #held: Uint8Array | null = null;
  #last: { readonly needle: string; readonly matches: Uint8Array } | null = null;

  constructor(texts: Blob, columns: Columns) {
    this.#texts = texts;
    this.#columns = columns;
  }

  /** Reads what is small enough, so that the first search does not wait for it. */
  async prepare(): Promise<void> {
    if (this.#held === null && this.#texts.size <= MOST_HELD)
      this.#held = lowered(new Uint8Array(await this.#texts.arrayBuffer()));
  }

  /** `[rows]`, 1 for each row whose completion has it; null for an empty text. */
  async find(text: string): Promise<Uint8Array | null> {
    if (text === '') return null;
    if (this.#last?.needle === text) return this.#last.matches;
    await this.prepare();
    const needle = lowered(new TextEncoder().encode(text));
    const matches = new Uint8Array(this.#columns.rows);
    if (this.#held !== null) this.#within(this.#held, 0, needle, 0, this.#columns.rows, matches);
    else await this.#readThrough(needle, matches);
    this.#last = { needle: text, matches };
    return matches;
  }

  /** In stretches of whole rows. */
  async #readThrough(needle: Uint8Array, matches: Uint8Array): Promise<void> {
    const at = this.#columns.get('textAt');
    const bytes = this.#columns.get('textBytes');
    for (let row = 0; row < this.#columns.rows; ) {
      let end = row;
      while (end < this.#columns.rows && (end === row || at[end] + bytes[end] - at[row] <= STRETCH))
        end++;
      const to = at[end - 1] + bytes[end - 1];
      const part = new Uint8Array(await this.#texts.slice(at[row], to).arrayBuffer());
      this.#within(lowered(part), at[row], needle, row, end, matches);
      row = end;
    }
  }

  /** Looks in bytes that begin at `base` of the texts and hold the rows `[from, to)`. */
  #within(
    hay: Uint8Array,
    base: number,
    needle: Uint8Array,
    from: number,
    to: number,
    matches: Uint8Array,
  ): void {
    const at = this.#columns.get('textAt');
    const bytes = this.#columns.get('textBytes');
    const rare = rarest(hay, needle);
    const letter = needle[rare];
    let row = from;
    for (let place = hay.indexOf(letter); place >= 0; place = hay.indexOf(letter, place)) {
      const start = place - rare;
      while (row < to && at[row] + bytes[row] - base <= start) row++;
      if (row === to) return;
      const end = at[row] + bytes[row] - base;
      if (start >= at[row] - base && start + needle.length <= end && isAt(hay, start, needle)) {
        matches[row] = 1;
        // One is enough.
        place = end;
      } else place++;
    }
  }
}

function isAt(hay: Uint8Array, at: number, needle: Uint8Array): boolean {
  for (let i = 0; i < needle.length; i++) if (hay[at + i] !== needle[i]) return false;
  return true;
}

/** Place in the needle of the letter that the hay has least of, by a sample of it. */
function rarest(hay: Uint8Array, needle: Uint8Array): number {
  const counts = new Uint32Array(256);
  const step = Math.max(1, Math.floor(hay.length / 50_000));
  for (let at = 0; at < hay.length; at += step) counts[hay[at]]++;
  let best = 0;
  for (let i = 1; i < needle.length; i++) if (counts[needle[i]] < counts[needle[best]]) best = i;
  return best;
}

/** A to Z in lower case, in place. */
function lowered(bytes: Uint8Array): Uint8Array {
  for (let i = 0; i < bytes.length; i++) if (bytes[i] >= 65 && bytes[i] <= 90) bytes[i] |= 32;
  return bytes;
}

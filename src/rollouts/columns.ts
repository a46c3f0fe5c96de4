/** Figures of rows as columns of typed arrays: what fifty thousand rollouts are in memory and in storage. */

import { ROLLOUT_METHOD_IDS, type RolloutMethodId } from '../contract/rollouts/rollout-methods.ts';
import { SEGMENTS } from '../contract/rollouts/rollouts.ts';
import { type Segment, TEACHER_NAMES, type TeacherName } from '../method/types.ts';

export type Column =
  | Float64Array<ArrayBuffer>
  | Float32Array<ArrayBuffer>
  | Uint32Array<ArrayBuffer>
  | Uint8Array<ArrayBuffer>;

const KINDS = {
  f64: Float64Array,
  f32: Float32Array,
  u32: Uint32Array,
  u8: Uint8Array,
} as const;
type Kind = keyof typeof KINDS;

// Names that are there once: each row asks for dozens of them.
const named = <Key extends string>(keys: readonly Key[], name: (key: Key) => string) =>
  Object.fromEntries(keys.map((key) => [key, name(key)])) as Readonly<Record<Key, string>>;
const FAULT_NAMES = named(ROLLOUT_METHOD_IDS, (method) => `fault:${method}`);
const SEGMENT_NAMES = named(SEGMENTS, (segment) => `segment:${segment}`);
const TEACHER_COLUMNS = Object.fromEntries(
  ROLLOUT_METHOD_IDS.map((method) => [
    method,
    named(TEACHER_NAMES, (teacher) => `teacher:${method}:${teacher}`),
  ]),
) as Readonly<Record<RolloutMethodId, Readonly<Record<TeacherName, string>>>>;

export const faultColumn = (method: RolloutMethodId): string => FAULT_NAMES[method];
export const teacherColumn = (method: RolloutMethodId, teacher: TeacherName): string =>
  TEACHER_COLUMNS[method][teacher];
export const segmentColumn = (segment: Segment): string => SEGMENT_NAMES[segment];
export const numberColumn = (place: number): string => `number:${place}`;

/** What `grade` holds. */
export const GRADE = { none: 0, wrong: 1, right: 2 } as const;

/** Bits of `flags`. */
export const FLAGS = {
  ended: 1,
  /** The tokens are the file's own. */
  ownTokens: 2,
  /** It has token ids of another tokenizer. */
  foreignIds: 4,
  asRead: 8,
  /** A tag of more than one token. */
  splitTag: 16,
  /** The token that opens `</description>` holds text before it. */
  joinedOpener: 32,
} as const;

/** Every column of a set, wider elements first, so that each lies where its kind may lie. */
export function columnKinds(numbers: number): readonly (readonly [name: string, kind: Kind])[] {
  const of = (kind: Kind, names: readonly string[]) =>
    names.map((name): readonly [string, Kind] => [name, kind]);
  return [
    // Offsets into texts and fields; the step is NaN where there is none.
    ...of('f64', ['textAt', 'fieldsAt', 'step']),
    ...of('u32', ['line', 'file', 'textBytes', 'fieldsBytes', 'sum', 'tokens']),
    ...of('u32', SEGMENTS.map(segmentColumn)),
    ...of(
      'u32',
      ROLLOUT_METHOD_IDS.flatMap((method) =>
        TEACHER_NAMES.map((teacher) => teacherColumn(method, teacher)),
      ),
    ),
    ...of(
      'f32',
      Array.from({ length: numbers }, (_, i) => numberColumn(i)),
    ),
    ...of('u8', ['flags', 'grade', ...ROLLOUT_METHOD_IDS.map(faultColumn)]),
  ];
}

/** Columns of so many rows. */
export class Columns {
  readonly rows: number;
  readonly #kinds: ReturnType<typeof columnKinds>;
  readonly #columns: ReadonlyMap<string, Column>;

  constructor(rows: number, numbers: number) {
    this.rows = rows;
    this.#kinds = columnKinds(numbers);
    this.#columns = new Map(this.#kinds.map(([name, kind]) => [name, new KINDS[kind](rows)]));
  }

  /** Throws for a name that is no column's. */
  get(name: string): Column {
    const column = this.#columns.get(name);
    if (column === undefined) throw new Error(`there is no column ${name}`);
    return column;
  }

  /** Bytes that some rows take in storage. */
  bytesOf(rows: number): number {
    return this.#kinds.reduce((sum, [, kind]) => sum + KINDS[kind].BYTES_PER_ELEMENT * rows, 0);
  }

  /** The first rows as bytes, column after column, little-endian as all machines are that run this. */
  toBytes(rows: number): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(this.bytesOf(rows));
    let at = 0;
    for (const column of this.#columns.values()) {
      const part = column.subarray(0, rows);
      bytes.set(new Uint8Array(part.buffer, part.byteOffset, part.byteLength), at);
      at += part.byteLength;
    }
    return bytes;
  }

  /** Takes rows that {@link toBytes} wrote, from row `start` on. */
  setBytes(bytes: Uint8Array, start: number, rows: number): void {
    let at = 0;
    for (const column of this.#columns.values()) {
      const length = rows * column.BYTES_PER_ELEMENT;
      const to = new Uint8Array(column.buffer, start * column.BYTES_PER_ELEMENT, length);
      to.set(bytes.subarray(at, at + length));
      at += length;
    }
  }
}

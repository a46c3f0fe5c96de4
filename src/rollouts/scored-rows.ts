/**
 * Scored rows as bytes, one behind another, each with its checksum: figures as columns of 32 bits, what is said in words
 * as JSON behind them. A hundred tokens take about 4 kB.
 */

import { crc32 } from '../base/crc32.ts';
import type { PalrParts, ScoredRow, ScoredToken } from '../contract/rollouts/rollout-scores.ts';
import type { MethodName, Segment, TeacherName } from '../method/types.ts';

const FIGURES = [
  'studentLogProb',
  'teacherLogProb',
  'forwardKl',
  'reverseKl',
  'divergence',
  'loss',
] as const satisfies readonly (keyof ScoredToken)[];

/** Length of all of it, CRC-32 of what follows these two, tokens, bytes of the words. */
const HEADER_WORDS = 4;
const HEADER = 4 * HEADER_WORDS;
const SUMMED_FROM = 8;
const WORD_COLUMNS = FIGURES.length + 1;
const BYTE_COLUMNS = ['segment', 'teacher', 'rule', 'clipped'] as const;

interface Words {
  readonly row: number;
  readonly valid: boolean;
  readonly lacks: ScoredRow['lacks'];
  readonly leakage: Readonly<Record<MethodName, PalrParts>> | null;
  readonly texts: readonly string[];
  readonly segments: readonly Segment[];
  readonly teachers: readonly (TeacherName | null)[];
  readonly rules: readonly string[];
}

/** Places of the values in the list of those that differ. */
function listed<T>(values: readonly T[]): { list: T[]; places: number[] } {
  const list = [...new Set(values)];
  const place = new Map(list.map((value, i) => [value, i]));
  return { list, places: values.map((value) => place.get(value) ?? 0) };
}

export function writeScoredRow({ row, valid, lacks, leakage, tokens }: ScoredRow): Uint8Array {
  const n = tokens.length;
  const segments = listed(tokens.map(({ segment }) => segment));
  const teachers = listed(tokens.map(({ teacher }) => teacher));
  const rules = listed(tokens.map(({ rule }) => rule));
  const words: Words = {
    row,
    valid,
    lacks,
    leakage,
    texts: tokens.map(({ text }) => text),
    segments: segments.list,
    teachers: teachers.list,
    rules: rules.list,
  };
  const said = new TextEncoder().encode(JSON.stringify(words));
  const bytes = new Uint8Array(HEADER + n * (4 * WORD_COLUMNS + BYTE_COLUMNS.length) + said.length);
  let at = HEADER;
  const put = (part: Float32Array | Uint32Array | Uint8Array) => {
    bytes.set(new Uint8Array(part.buffer, part.byteOffset, part.byteLength), at);
    at += part.byteLength;
  };
  for (const name of FIGURES) put(Float32Array.from(tokens, (token) => token[name] ?? Number.NaN));
  put(Uint32Array.from(tokens, ({ id }) => id));
  put(Uint8Array.from(segments.places));
  put(Uint8Array.from(teachers.places));
  put(Uint8Array.from(rules.places));
  put(Uint8Array.from(tokens, ({ clipped }) => Number(clipped)));
  put(said);
  const header = new Uint32Array([bytes.length, 0, n, said.length]);
  bytes.set(new Uint8Array(header.buffer));
  header[1] = crc32(bytes.subarray(SUMMED_FROM));
  bytes.set(new Uint8Array(header.buffer));
  return bytes;
}

/** The row that begins at `at`, and where the next one does; null where none is whole there. */
export function readScoredRow(
  bytes: Uint8Array,
  at: number,
): { readonly row: ScoredRow; readonly end: number } | null {
  if (at + HEADER > bytes.length) return null;
  const [length, sum, n, said] = new Uint32Array(bytes.slice(at, at + HEADER).buffer);
  const end = at + length;
  const expected = HEADER + n * (4 * WORD_COLUMNS + BYTE_COLUMNS.length) + said;
  if (end > bytes.length || length !== expected) return null;
  if (crc32(bytes.subarray(at + SUMMED_FROM, end)) !== sum) return null;
  const columns = bytes.slice(at + HEADER, end);
  const figure = (place: number) => new Float32Array(columns.buffer, 4 * n * place, n);
  const figures = FIGURES.map((_, place) => figure(place));
  const ids = new Uint32Array(columns.buffer, 4 * n * FIGURES.length, n);
  const byteColumn = (place: number) =>
    columns.subarray(4 * n * WORD_COLUMNS + n * place, 4 * n * WORD_COLUMNS + n * (place + 1));
  const [segments, teachers, rules, clipped] = BYTE_COLUMNS.map((_, place) => byteColumn(place));
  const text = new TextDecoder().decode(columns.subarray(columns.length - said));
  const words = JSON.parse(text) as Words;
  const tokens = words.texts.map((own, i): ScoredToken => {
    const [studentLogProb, ...rest] = figures.map((column) => orNull(column[i]));
    const [teacherLogProb, forwardKl, reverseKl, divergence, loss] = rest;
    return {
      id: ids[i],
      text: own,
      segment: words.segments[segments[i]],
      teacher: words.teachers[teachers[i]],
      rule: words.rules[rules[i]],
      studentLogProb: studentLogProb ?? Number.NaN,
      teacherLogProb,
      forwardKl,
      reverseKl,
      divergence,
      loss,
      clipped: clipped[i] === 1,
    };
  });
  const { row, valid, lacks, leakage } = words;
  return { row: { row, valid, lacks, leakage, tokens }, end };
}

const orNull = (value: number): number | null => (Number.isNaN(value) ? null : value);

/** Bytes of a file that are read together. */
const STRETCH = 4 * 2 ** 20;

/** A row, and the stretch of the file that it takes. */
export interface FoundRow {
  readonly row: ScoredRow;
  readonly from: number;
  readonly to: number;
}

/** The whole rows of a file from its beginning up to the first that is not whole. */
export async function* scoredRows(file: Blob): AsyncGenerator<FoundRow> {
  let from = 0;
  let size = STRETCH;
  while (from < file.size) {
    const bytes = new Uint8Array(await file.slice(from, from + size).arrayBuffer());
    let at = 0;
    for (let found = readScoredRow(bytes, at); found !== null; found = readScoredRow(bytes, at)) {
      yield { row: found.row, from: from + at, to: from + found.end };
      at = found.end;
    }
    if (at > 0) size = STRETCH;
    else if (from + size >= file.size) return;
    // One row that is longer than what was read.
    else size *= 2;
    from += at;
  }
}

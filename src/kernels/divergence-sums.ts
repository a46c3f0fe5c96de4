/** The first and second pass's results as they lie in memory, merged over the splits in float64. */

import type { PairSums, PairTerms, TopLogits } from './divergence-rows.ts';
import { isMasked } from './divergence-rows.ts';

/** 32-bit words of one (pair, split) of the first pass. */
export const SUMS_WORDS = 16;
/** 32-bit words of one (pair, split) for each place of both top lists, the student's before the teacher's. */
export const TOP_WORDS = 6;
/** 32-bit words of one (pair, split) of the second pass. */
export const TERM_WORDS = 8;
const NONE = 0xffffffff;
const FORWARD_INFINITE = 1;
const REVERSE_INFINITE = 2;

/** What the first pass left of each pair, as it was read back. */
export interface FirstPass {
  readonly sums: Uint32Array;
  readonly splits: number;
  /** Absent without top lists. */
  readonly lists: Uint32Array | undefined;
  readonly listSplits: number;
  readonly topK: number;
  readonly inverseTemperature: number;
}

/** The sums of pair `index`, written by `divergence.wgsl` and, its top lists, by `top-k.wgsl`. */
export function readSums(pass: FirstPass, index: number): PairSums {
  const { sums: words, splits, inverseTemperature } = pass;
  const floats = new Float32Array(words.buffer, words.byteOffset, words.length);
  const tops = readTops(pass, index);
  let merged: PairSums | null = null;
  for (let split = 0; split < splits; split++) {
    const at = (index * splits + split) * SUMS_WORDS;
    const bad = (word: number) =>
      words[at + word] === NONE ? null : { index: words[at + word], logit: floats[at + word + 3] };
    const sums: PairSums = {
      studentMax: floats[at],
      teacherMax: floats[at + 1],
      studentZ: floats[at + 2],
      teacherZ: floats[at + 3],
      forward: floats[at + 4],
      reverse: floats[at + 5],
      studentE: floats[at + 6],
      teacherE: floats[at + 7],
      sampledStudent: floats[at + 8],
      sampledTeacher: floats[at + 9],
      badStudent: bad(10),
      badTeacher: bad(11),
      forwardInfinite: (words[at + 12] & FORWARD_INFINITE) !== 0,
      reverseInfinite: (words[at + 12] & REVERSE_INFINITE) !== 0,
      ...tops,
    };
    merged = merged === null ? sums : mergeSums(merged, sums, inverseTemperature);
  }
  if (merged === null) throw new RangeError('A pair has at least one split.');
  return merged;
}

function readTops(
  { lists, listSplits, topK }: FirstPass,
  index: number,
): Pick<PairSums, 'studentTop' | 'teacherTop'> {
  let studentTop: TopLogits = { ids: [], own: [], other: [] };
  let teacherTop = studentTop;
  for (let split = 0; lists !== undefined && split < listSplits; split++) {
    const at = (index * listSplits + split) * TOP_WORDS * topK;
    studentTop = mergeTop(studentTop, readTop(lists, at, topK), topK);
    teacherTop = mergeTop(teacherTop, readTop(lists, at + 3 * topK, topK), topK);
  }
  return { studentTop, teacherTop };
}

function readTop(words: Uint32Array, at: number, k: number): TopLogits {
  const floats = new Float32Array(words.buffer, words.byteOffset, words.length);
  const ids: number[] = [];
  const own: number[] = [];
  const other: number[] = [];
  for (let i = at; i < at + 3 * k && words[i] !== NONE; i += 3) {
    ids.push(words[i]);
    own.push(floats[i + 1]);
    other.push(floats[i + 2]);
  }
  return { ids, own, other };
}

/** Sums of two parts of the vocabulary around their common maxima; `a` holds the lower ids. */
function mergeSums(a: PairSums, b: PairSums, inverseTemperature: number): PairSums {
  const studentMax = Math.max(a.studentMax, b.studentMax);
  const teacherMax = Math.max(a.teacherMax, b.teacherMax);
  const [x, y] = [a, b].map((part) => {
    const ds = (part.studentMax - studentMax) * inverseTemperature;
    const dt = (part.teacherMax - teacherMax) * inverseTemperature;
    const fs = Math.exp(ds);
    const ft = Math.exp(dt);
    return {
      studentZ: fs * part.studentZ,
      teacherZ: ft * part.teacherZ,
      forward: ft * (part.forward + part.teacherZ * (dt - ds)),
      reverse: fs * (part.reverse + part.studentZ * (ds - dt)),
      studentE: fs * (part.studentE + part.studentZ * ds),
      teacherE: ft * (part.teacherE + part.teacherZ * dt),
    };
  });
  return {
    studentMax,
    teacherMax,
    studentZ: x.studentZ + y.studentZ,
    teacherZ: x.teacherZ + y.teacherZ,
    forward: x.forward + y.forward,
    reverse: x.reverse + y.reverse,
    studentE: x.studentE + y.studentE,
    teacherE: x.teacherE + y.teacherE,
    sampledStudent: a.sampledStudent,
    sampledTeacher: a.sampledTeacher,
    badStudent: a.badStudent ?? b.badStudent,
    badTeacher: a.badTeacher ?? b.badTeacher,
    forwardInfinite: a.forwardInfinite || b.forwardInfinite,
    reverseInfinite: a.reverseInfinite || b.reverseInfinite,
    studentTop: a.studentTop,
    teacherTop: a.teacherTop,
  };
}

function mergeTop(a: TopLogits, b: TopLogits, k: number): TopLogits {
  const entries = [a, b].flatMap((top) =>
    top.ids.map((id, i) => ({ id, own: top.own[i], other: top.other[i] })),
  );
  const best = entries
    .filter((entry) => !isMasked(entry.own))
    .sort((x, y) => y.own - x.own || x.id - y.id)
    .slice(0, k);
  return {
    ids: best.map((entry) => entry.id),
    own: best.map((entry) => entry.own),
    other: best.map((entry) => entry.other),
  };
}

/** The second pass's sums of pair `index`, written by `terms.wgsl`. */
export function readTerms(words: Uint32Array, index: number, splits: number): PairTerms {
  const floats = new Float32Array(words.buffer, words.byteOffset, words.length);
  const terms = { mixTeacher: 0, mixStudent: 0, clippedLoss: 0, clippedEntries: 0, slope: 0 };
  for (let split = 0; split < splits; split++) {
    const at = (index * splits + split) * TERM_WORDS;
    terms.mixTeacher += floats[at];
    terms.mixStudent += floats[at + 1];
    terms.clippedLoss += floats[at + 2];
    terms.slope += floats[at + 3];
    terms.clippedEntries += words[at + 4];
  }
  return terms;
}

/** The first and second pass's results as they lie in memory, merged over the splits in float64. */

import type { PairSums, PairTerms, TopLogits } from './divergence-rows.ts';
import { isMasked } from './divergence-rows.ts';

/** 32-bit words of one (pair, split) before its top lists of 3 words an entry, student's first. */
export const SUMS_HEAD_WORDS = 16;
/** 32-bit words of one (pair, split) of the second pass. */
export const TERM_WORDS = 8;
const NONE = 0xffffffff;
const FORWARD_INFINITE = 1;
const REVERSE_INFINITE = 2;

export interface SumsLayout {
  readonly splits: number;
  readonly topK: number;
  readonly inverseTemperature: number;
}

/** The sums of pair `index`, written by `divergence.wgsl`. */
export function readSums(words: Uint32Array, index: number, layout: SumsLayout): PairSums {
  const { splits, topK, inverseTemperature } = layout;
  const floats = new Float32Array(words.buffer, words.byteOffset, words.length);
  const stride = SUMS_HEAD_WORDS + 6 * topK;
  let merged: PairSums | null = null;
  for (let split = 0; split < splits; split++) {
    const at = (index * splits + split) * stride;
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
      studentTop: readTop(words, floats, at + SUMS_HEAD_WORDS, topK),
      teacherTop: readTop(words, floats, at + SUMS_HEAD_WORDS + 3 * topK, topK),
    };
    merged = merged === null ? sums : mergeSums(merged, sums, topK, inverseTemperature);
  }
  if (merged === null) throw new RangeError('A pair has at least one split.');
  return merged;
}

function readTop(words: Uint32Array, floats: Float32Array, at: number, k: number): TopLogits {
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
function mergeSums(a: PairSums, b: PairSums, topK: number, inverseTemperature: number): PairSums {
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
    studentTop: mergeTop(a.studentTop, b.studentTop, topK),
    teacherTop: mergeTop(a.teacherTop, b.teacherTop, topK),
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

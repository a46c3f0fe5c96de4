/** From the sums of a pair of rows to its figures, in float64; shared by the GPU kernel and its CPU twin. */

import { LIMIT } from './check.ts';
import { termAndSlope } from './entry-terms.ts';
import type {
  DivergencePair,
  DivergenceRequest,
  DivergenceRow,
  NonFiniteLogit,
  RowLoss,
  TopEntry,
} from './types.ts';

/** One side's k largest logits, largest first, ties by lower id. */
export interface TopLogits {
  readonly ids: readonly number[];
  readonly own: readonly number[];
  /** The other side's logit of the same entry. */
  readonly other: readonly number[];
}

/**
 * Everything a pass over both rows leaves, with xs = (s − studentMax)/τ and xt alike. Sums merge
 * associatively over parts of the vocabulary (METHOD, stable one-pass forms).
 */
export interface PairSums {
  studentMax: number;
  teacherMax: number;
  /** Σ e^xs. */
  studentZ: number;
  teacherZ: number;
  /** Σ e^xt (xt − xs). */
  forward: number;
  /** Σ e^xs (xs − xt). */
  reverse: number;
  /** Σ e^xs xs. */
  studentE: number;
  teacherE: number;
  sampledStudent: number;
  sampledTeacher: number;
  /** First logit that is NaN or +inf, null without one. */
  badStudent: { readonly index: number; readonly logit: number } | null;
  badTeacher: { readonly index: number; readonly logit: number } | null;
  /** The teacher allows an entry that the student masks. */
  forwardInfinite: boolean;
  /** The student allows an entry that the teacher masks. */
  reverseInfinite: boolean;
  studentTop: TopLogits;
  teacherTop: TopLogits;
}

/** What needs a second pass over normalised probabilities. */
export interface PairTerms {
  /** KL(teacher ‖ M) and KL(student ‖ M), M = βT + (1−β)S. */
  mixTeacher: number;
  mixStudent: number;
  /** Σ min(term, clip) over the entries. */
  clippedLoss: number;
  clippedEntries: number;
  /** Σ over the unclipped entries of the term's derivative by log p_student. */
  slope: number;
}

/** A row's loss with JSD's special endpoints resolved: β = 0 is forward KL, β = 1 is reverse KL. */
export function lossOf(pair: DivergencePair, request: DivergenceRequest): RowLoss {
  const chosen = pair.divergence ?? request.divergence ?? { kind: 'forward-kl' };
  if (chosen.kind === 'jsd' && chosen.beta === 0) return { kind: 'forward-kl' };
  if (chosen.kind === 'jsd' && chosen.beta === 1) return { kind: 'reverse-kl' };
  return chosen;
}

/** The most that a row's loss may be: the smaller of the token clip and the row's own cap, or infinity. */
export function capOf({ cap }: DivergencePair, { clip }: DivergenceRequest): number {
  const own = cap ?? Number.POSITIVE_INFINITY;
  return clip.kind === 'token' ? Math.min(clip.value, own) : own;
}

/** β of the JSD that a row reports, or null when none was asked for. */
export function reportedBeta(pair: DivergencePair, request: DivergenceRequest): number | null {
  const chosen = pair.divergence ?? request.divergence;
  return chosen?.kind === 'jsd' ? chosen.beta : (request.jsdBeta ?? null);
}

/** Whether any row needs {@link PairTerms}. */
export function needsTerms(request: DivergenceRequest): boolean {
  return (
    request.clip.kind === 'entry' ||
    request.rows.some((pair) => {
      const beta = reportedBeta(pair, request);
      return beta !== null && beta > 0 && beta < 1;
    })
  );
}

export function isMasked(logit: number): boolean {
  return logit <= -LIMIT;
}

export function isBad(logit: number): boolean {
  return !(logit < LIMIT);
}

/** Log of the ratio of both normalisers; log p_t − log p_s = xt − xs − this. */
export function logZRatio(sums: PairSums): number {
  return Math.log(sums.teacherZ / sums.studentZ);
}

/** Forward and reverse KL of the sums, nats; never below 0, as rounding could have it. */
export function klsOf(sums: PairSums): { forward: number; reverse: number } {
  const ratio = logZRatio(sums);
  return {
    forward: sums.forwardInfinite
      ? Number.POSITIVE_INFINITY
      : Math.max(0, sums.forward / sums.teacherZ - ratio),
    reverse: sums.reverseInfinite
      ? Number.POSITIVE_INFINITY
      : Math.max(0, sums.reverse / sums.studentZ + ratio),
  };
}

/** The first logit of a pair that leaves it without figures. */
export function nonFiniteOf(sums: PairSums): NonFiniteLogit | null {
  const sides = [
    ['student', sums.badStudent, sums.studentMax],
    ['teacher', sums.badTeacher, sums.teacherMax],
  ] as const;
  for (const [side, bad, max] of sides) {
    if (bad !== null) {
      const value = Number.isNaN(bad.logit) ? 'nan' : 'infinity';
      return { side, index: bad.index, value };
    }
    if (isMasked(max)) return { side, index: 0, value: 'all-masked' };
  }
  return null;
}

/** The reported JSD, null where none was asked for; never below 0, as rounding could have it. */
function jsdOf(beta: number | null, sums: PairSums, terms: PairTerms | null): number | null {
  if (beta === 0) return klsOf(sums).forward;
  if (beta === 1) return klsOf(sums).reverse;
  if (beta === null || terms === null) return null;
  return Math.max(0, beta * terms.mixTeacher + (1 - beta) * terms.mixStudent);
}

/** A pair's loss with the clip of its entries, if there is one, before the token clip and the row's cap. */
function summedLoss(
  pair: DivergencePair,
  request: DivergenceRequest,
  sums: PairSums,
  terms: PairTerms | null,
): number {
  if (request.clip.kind === 'entry' && terms !== null) return terms.clippedLoss;
  const { kind } = lossOf(pair, request);
  if (kind === 'cross-entropy') return -sampledLogProb(request, sums);
  if (kind === 'jsd') return jsdOf(reportedBeta(pair, request), sums, terms) ?? Number.NaN;
  const { forward, reverse } = klsOf(sums);
  return kind === 'forward-kl' ? forward : reverse;
}

/** log p of the sampled token under the student, nats. */
function sampledLogProb(
  { temperature }: DivergenceRequest,
  { studentMax, studentZ, sampledStudent }: PairSums,
): number {
  return distribution(studentMax, studentZ, temperature)(sampledStudent);
}

/** Whether a pair's loss depends on its logits: it has figures, is finite and was not cut to a constant. */
export function hasGradient(
  pair: DivergencePair,
  request: DivergenceRequest,
  sums: PairSums,
  terms: PairTerms | null,
): boolean {
  if (nonFiniteOf(sums) !== null) return false;
  const loss = summedLoss(pair, request, sums, terms);
  return loss <= capOf(pair, request) && loss !== Number.POSITIVE_INFINITY;
}

/** A pair's figures. `terms` may be null where {@link needsTerms} is false. */
export function finishRow(
  pair: DivergencePair,
  request: DivergenceRequest,
  sums: PairSums,
  terms: PairTerms | null,
): DivergenceRow {
  const beta = reportedBeta(pair, request);
  const nonFinite = nonFiniteOf(sums);
  if (nonFinite !== null) return emptyRow(nonFinite, beta !== null);

  const { temperature, clip } = request;
  const { forward: forwardKl, reverse: reverseKl } = klsOf(sums);
  const divergence = lossOf(pair, request);
  const summed = summedLoss(pair, request, sums, terms);
  const cap = capOf(pair, request);
  const clipped = summed > cap;
  const loss = clipped ? cap : summed;

  const student = distribution(sums.studentMax, sums.studentZ, temperature);
  const teacher = distribution(sums.teacherMax, sums.teacherZ, temperature);
  // At most one side of a listed entry is masked, so the difference of their logs is never NaN.
  const term = (id: number, s: number, t: number) =>
    termAndSlope(divergence, Math.exp(s), Math.exp(t), t - s, id === pair.sampledId)[0];
  const studentTop = sums.studentTop.ids.map((id, i) => {
    const s = student(sums.studentTop.own[i]);
    const t = teacher(sums.studentTop.other[i]);
    return { id, p: Math.exp(s), otherP: Math.exp(t), term: term(id, s, t) };
  });
  const teacherTop = sums.teacherTop.ids.map((id, i) => {
    const t = teacher(sums.teacherTop.own[i]);
    const s = student(sums.teacherTop.other[i]);
    return { id, p: Math.exp(t), otherP: Math.exp(s), term: term(id, s, t) };
  });
  return {
    forwardKl,
    reverseKl,
    jsd: jsdOf(beta, sums, terms),
    loss,
    clipped,
    clippedEntries: clip.kind === 'entry' ? (terms?.clippedEntries ?? 0) : 0,
    studentLogProb: student(sums.sampledStudent),
    teacherLogProb: teacher(sums.sampledTeacher),
    studentEntropy: Math.max(0, Math.log(sums.studentZ) - sums.studentE / sums.studentZ),
    teacherEntropy: Math.max(0, Math.log(sums.teacherZ) - sums.teacherE / sums.teacherZ),
    studentTop,
    teacherTop,
    studentTail: tailOf(studentTop),
    teacherTail: tailOf(teacherTop),
    nonFinite: null,
  };
}

function distribution(max: number, z: number, temperature: number): (logit: number) => number {
  const logZ = Math.log(z);
  return (logit) =>
    isMasked(logit) ? Number.NEGATIVE_INFINITY : (logit - max) / temperature - logZ;
}

function tailOf(top: readonly TopEntry[]): number {
  return Math.min(1, Math.max(0, 1 - top.reduce((sum, entry) => sum + entry.p, 0)));
}

function emptyRow(nonFinite: NonFiniteLogit, hasJsd: boolean): DivergenceRow {
  const none = Number.NaN;
  return {
    forwardKl: none,
    reverseKl: none,
    jsd: hasJsd ? none : null,
    loss: none,
    clipped: false,
    clippedEntries: 0,
    studentLogProb: none,
    teacherLogProb: none,
    studentEntropy: none,
    teacherEntropy: none,
    studentTop: [],
    teacherTop: [],
    studentTail: none,
    teacherTail: none,
    nonFinite,
  };
}

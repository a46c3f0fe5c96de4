/** CPU twin of `terms.wgsl`: what needs normalised probabilities before the sum. */

import {
  isMasked,
  logZRatio,
  lossOf,
  type PairSums,
  type PairTerms,
  reportedBeta,
} from './divergence-rows.ts';
import { mixTerms, termAndSlope } from './entry-terms.ts';
import type { DivergencePair, DivergenceRequest } from './types.ts';

/** Both rows of a pair, `[vocab]` each. */
export interface PairView {
  readonly student: Float32Array;
  readonly teacher: Float32Array;
  readonly inverseTemperature: number;
}

/**
 * Visits every entry that a side allows: `visit(v, p_s, p_t, log p_t − log p_s)`; the difference is
 * ±Infinity where one side masks the entry.
 */
export function eachEntry(
  view: PairView,
  sums: PairSums,
  visit: (v: number, ps: number, pt: number, d: number) => void,
): void {
  const { student, teacher, inverseTemperature } = view;
  const ratio = logZRatio(sums);
  for (let v = 0; v < student.length; v++) {
    const s = student[v];
    const t = teacher[v];
    const noStudent = isMasked(s);
    const noTeacher = isMasked(t);
    if (noStudent && noTeacher) continue;
    const xs = (s - sums.studentMax) * inverseTemperature;
    const xt = (t - sums.teacherMax) * inverseTemperature;
    const ps = noStudent ? 0 : Math.exp(xs) / sums.studentZ;
    const pt = noTeacher ? 0 : Math.exp(xt) / sums.teacherZ;
    if (noStudent) visit(v, ps, pt, Number.POSITIVE_INFINITY);
    else if (noTeacher) visit(v, ps, pt, Number.NEGATIVE_INFINITY);
    else visit(v, ps, pt, xt - xs - ratio);
  }
}

/** JSD parts and the entry-clipped loss of one pair of rows. */
export function sumTerms(
  view: PairView,
  sums: PairSums,
  pair: DivergencePair,
  request: DivergenceRequest,
): PairTerms {
  const { clip } = request;
  const beta = reportedBeta(pair, request) ?? 0;
  const divergence = lossOf(pair, request);
  const terms = { mixTeacher: 0, mixStudent: 0, clippedLoss: 0, clippedEntries: 0, slope: 0 };
  eachEntry(view, sums, (v, ps, pt, d) => {
    if (beta > 0 && beta < 1) {
      const [a, b] = mixTerms(d, beta);
      if (pt > 0) terms.mixTeacher += pt * a;
      if (ps > 0) terms.mixStudent += ps * b;
    }
    if (clip.kind !== 'entry') return;
    const [term, slope] = termAndSlope(divergence, ps, pt, d, v === pair.sampledId);
    if (term > clip.value) {
      terms.clippedLoss += clip.value;
      terms.clippedEntries++;
    } else {
      terms.clippedLoss += term;
      terms.slope += slope;
    }
  });
  return terms;
}

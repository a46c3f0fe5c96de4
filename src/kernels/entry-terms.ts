/** What one vocabulary entry adds to a row's loss, from both of its probabilities. */

import type { RowLoss } from './types.ts';

/**
 * One entry's term of a loss, nats, and the term's derivative by log p_student. `d` is
 * log p_t − log p_s: +∞ where the student masks the entry, −∞ where the teacher does. A probability that
 * underflows to 0 adds nothing, a masked one makes the KL that needs it infinite.
 */
export function termAndSlope(
  divergence: RowLoss,
  ps: number,
  pt: number,
  d: number,
  isSampled = false,
): readonly [term: number, slope: number] {
  if (divergence.kind === 'cross-entropy') return isSampled ? [-Math.log(ps), -1] : [0, 0];
  if (divergence.kind === 'forward-kl') {
    return [d === Number.POSITIVE_INFINITY ? d : pt === 0 ? 0 : pt * d, -pt];
  }
  if (divergence.kind === 'reverse-kl') {
    if (d === Number.NEGATIVE_INFINITY) return [-d, 0];
    return ps === 0 ? [0, 0] : [-ps * d, ps * (1 - d)];
  }
  const { beta } = divergence;
  const [a, b] = mixTerms(d, beta);
  const slope = ps === 0 ? 0 : (1 - beta) * ps * b;
  return [(pt === 0 ? 0 : beta * pt * a) + slope, slope];
}

/** (log p_t − log m, log p_s − log m) for m = βp_t + (1−β)p_s, from d = log p_t − log p_s alone. */
export function mixTerms(d: number, beta: number): readonly [teacher: number, student: number] {
  if (d >= 0) {
    const teacher = -logOfShares(beta, 1 - beta, -d);
    return [teacher, teacher - d];
  }
  const student = -logOfShares(1 - beta, beta, d);
  return [student + d, student];
}

/** log(a + b·e^x) for a + b = 1 and x ≤ 0, exact near 0 as well as far from it. */
function logOfShares(a: number, b: number, x: number): number {
  const difference = b * Math.expm1(x);
  return difference > -0.5 ? Math.log1p(difference) : Math.log(a + b * Math.exp(x));
}

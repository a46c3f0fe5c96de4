import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { measureToken } from './divergence.ts';
import golden from './fixtures/divergence.json' with { type: 'json' };
import { EMPTY_KL, finishKl, mergeKl, readKl } from './streaming.ts';

const { student_logits: S, teacher_logits: T } = golden;
const NO = Number.NEGATIVE_INFINITY;

const logit = fc.oneof(
  { weight: 6, arbitrary: fc.double({ min: -30, max: 30, noNaN: true }) },
  { weight: 1, arbitrary: fc.constantFrom(1e4, -1e4, 0) },
);
const pairs = fc.array(fc.tuple(logit, logit), { minLength: 1, maxLength: 20 });

function check(
  s: number[],
  t: number[],
  temperature: number,
  summary = finishKl(readKl(s, t, temperature)),
) {
  const forward = measureToken(s, t, { divergence: { kind: 'forward-kl' }, temperature });
  const reverse = measureToken(s, t, { divergence: { kind: 'reverse-kl' }, temperature });
  const largest = Math.max(...[...s, ...t].filter(Number.isFinite).map(Math.abs)) / temperature;
  const close = (actual: number, expected: number) => {
    if (!Number.isFinite(expected)) expect(actual).toBe(expected);
    else expect(Math.abs(actual - expected)).toBeLessThan(1e-13 * (100 + largest));
  };
  close(summary.forwardKl, forward.value);
  close(summary.reverseKl, reverse.value);
  close(summary.studentEntropy, forward.studentEntropy);
  close(summary.teacherEntropy, forward.teacherEntropy);
}

describe('the one-pass form', () => {
  it('has the golden numbers', () => {
    const summary = finishKl(readKl(S, T));
    expect(summary.forwardKl).toBeCloseTo(golden.forward_kl, 13);
    expect(summary.reverseKl).toBeCloseTo(golden.reverse_kl, 13);
    const warm = finishKl(readKl(S, T, 1.1));
    expect(warm.forwardKl).toBeCloseTo(golden['temperature_1.1'].forward_kl, 13);
    expect(S[0] - summary.studentLse).toBeCloseTo(golden.student_log_probs[0], 10);
    expect(T[0] - summary.teacherLse).toBeCloseTo(golden.teacher_log_probs[0], 10);
  });

  it('equals the two-pass reference on any logits, at any temperature', () => {
    fc.assert(
      fc.property(pairs, fc.constantFrom(0.5, 1, 1.1), (both, temperature) => {
        check(
          both.map(([s]) => s),
          both.map(([, t]) => t),
          temperature,
        );
      }),
    );
  });

  it('does not depend on where the vocabulary is cut or in what order the pieces are merged', () => {
    fc.assert(
      fc.property(pairs, fc.nat(20), fc.nat(20), (both, x, y) => {
        const s = both.map(([value]) => value);
        const t = both.map(([, value]) => value);
        const [i, j] = [Math.min(x, y, s.length), Math.min(Math.max(x, y), s.length)];
        const [a, b, c] = [readKl(s, t, 1, 0, i), readKl(s, t, 1, i, j), readKl(s, t, 1, j)];
        check(s, t, 1, finishKl(mergeKl(mergeKl(a, b), c)));
        check(s, t, 1, finishKl(mergeKl(a, mergeKl(b, c))));
        check(s, t, 1, finishKl(mergeKl(c, mergeKl(b, a))));
      }),
    );
  });

  it('has the empty reading as neutral element', () => {
    const state = readKl(S, T);
    expect(mergeKl(EMPTY_KL, state)).toEqual(state);
    expect(mergeKl(state, EMPTY_KL)).toEqual(state);
  });

  it('knows masked logits: nothing where both mask, +inf where the supports differ', () => {
    check([1, NO, 2], [0, NO, 1], 1);
    check([NO, 1, 2], [0, 1, 2], 1);
    check([0, 1, 2], [0, NO, 2], 1);
    check([NO, 1e4, 2], [-1e4, 1, 1e4], 1);
    expect(finishKl(readKl([NO, 1, 1e4], [0, 1, 1e4])).forwardKl).toBe(Number.POSITIVE_INFINITY);
  });

  it('reports NaN, and a side without any finite logit', () => {
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(finishKl(readKl([1, bad, 0], [1, 2, 3])).nan).toBe(true);
      expect(finishKl(readKl([1, 2, 0], [1, bad, 3])).nan).toBe(true);
    }
    expect(finishKl(readKl([NO, NO], [1, 2])).nan).toBe(true);
    expect(finishKl(EMPTY_KL).nan).toBe(true);
  });
});

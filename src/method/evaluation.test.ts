import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toErrorRecord } from '../base/errors.ts';
import { averageAtK, benchmarkScore, passAtK, priorScore, wilsonInterval } from './evaluation.ts';

describe('Prior and Score', () => {
  it('are the accuracy on image 1, and the mean accuracy on images 2 and 3', () => {
    const responses = [
      { image: 1, correct: true },
      { image: 2, correct: false },
      { image: 3, correct: false },
      { image: 1, correct: true },
      { image: 2, correct: true },
      { image: 3, correct: false },
    ] as const;
    expect(priorScore(responses)).toEqual({
      prior: 1,
      score: 0.25,
      perImage: { 1: 1, 2: 0.5, 3: 0 },
    });
  });

  it('are nothing, rather than 0, without responses', () => {
    expect(priorScore([])).toMatchObject({ prior: null, score: null });
    expect(priorScore([{ image: 2, correct: true }])).toMatchObject({ prior: null, score: 1 });
  });
});

describe('Pass@k and Avg@k', () => {
  it('with k responses: any is correct, and the share that is', () => {
    expect(passAtK([false, true, false, false, false], 5)).toBe(1);
    expect(passAtK([false, false])).toBe(0);
    expect(averageAtK([false, true, false, false, false])).toBe(0.2);
    expect(averageAtK([])).toBeNull();
  });

  it('with more responses than k: the chance that k of them hold a correct one', () => {
    expect(passAtK([true, false, false, false], 1)).toBeCloseTo(0.25, 14);
    expect(passAtK([true, false, false, false], 2)).toBeCloseTo(0.5, 14);
    expect(passAtK([true, true, false, false], 3)).toBe(1);
  });

  it('grow with k and start at the average', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 1, maxLength: 12 }), (correct) => {
        expect(passAtK(correct, 1)).toBeCloseTo(averageAtK(correct) ?? Number.NaN, 12);
        for (let k = 2; k <= correct.length; k++) {
          expect(passAtK(correct, k)).toBeGreaterThanOrEqual(passAtK(correct, k - 1) - 1e-12);
        }
        expect(passAtK(correct)).toBe(correct.includes(true) ? 1 : 0);
      }),
    );
  });

  it('count each prompt of a benchmark the same', () => {
    expect(
      benchmarkScore(
        [
          [true, false],
          [false, false],
        ],
        2,
      ),
    ).toEqual({ pass: 0.5, average: 0.25 });
    expect(benchmarkScore([], 5)).toEqual({ pass: null, average: null });
  });

  it.each([0, 3, 1.5, Number.NaN])('refuse k = %d of two responses', (k) => {
    try {
      passAtK([true, false], k);
      expect.unreachable();
    } catch (error) {
      expect(toErrorRecord(error).code).toBe('method.pass-k');
    }
  });
});

describe('the interval of a proportion', () => {
  it('is Wilson’s', () => {
    const { low, high } = wilsonInterval(45, 50);
    expect(low).toBeCloseTo(0.7864, 4);
    expect(high).toBeCloseTo(0.9565, 4);
    expect(wilsonInterval(0, 0)).toEqual({ low: 0, high: 1 });
    expect(wilsonInterval(0, 10).low).toBe(0);
    expect(wilsonInterval(10, 10).high).toBe(1);
  });
});

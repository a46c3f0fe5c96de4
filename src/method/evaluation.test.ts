import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toErrorRecord } from '../base/errors.ts';
import {
  type Counts,
  inPass,
  inPrior,
  inScore,
  inShare,
  type PriorResponse,
  passAtK,
  ratio,
} from './evaluation.ts';

const over = <T>(all: readonly T[], counts: (one: T) => Counts | null) =>
  ratio(all.map(counts).filter((found) => found !== null));

describe('a ratio of sums', () => {
  it('is the mean of its strata, and nothing without a denominator', () => {
    expect(over([true, false, true, true], inShare)).toBe(0.75);
    expect(
      ratio([
        { num: 3, den: 4 },
        { num: 1, den: 6 },
      ]),
    ).toBe(0.4);
    expect(ratio([{ num: 1, den: 9 }], { epsilon: 1 })).toBe(0.1);
    const strata = [
      { stratum: 2, num: 1, den: 1 },
      { stratum: 2, num: 1, den: 1 },
      { stratum: 3, num: 0, den: 1 },
    ];
    expect(ratio(strata)).toBe(0.5);
    expect(ratio([])).toBeNull();
    expect(ratio([{ num: 0, den: 0 }])).toBeNull();
  });
});

describe('Prior and Score', () => {
  const responses: readonly PriorResponse[] = [
    { image: 1, correct: true },
    { image: 2, correct: false },
    { image: 3, correct: false },
    { image: 1, correct: true },
    { image: 2, correct: true },
    { image: 3, correct: false },
  ];

  it('are the accuracy on image 1, and the mean accuracy on images 2 and 3', () => {
    expect(over(responses, inPrior)).toBe(1);
    expect(over(responses, inScore)).toBe(0.25);
    const accuracies = ([2, 3] as const).map((image) =>
      over(
        responses.filter((own) => own.image === image),
        inScore,
      ),
    );
    expect(accuracies).toEqual([0.5, 0]);
    // Three responses to image 2 against one to image 3: both images count the same.
    const uneven = ([2, 2, 2, 3] as const).map((image) => ({ image, correct: image === 2 }));
    expect(over(uneven, inScore)).toBe(0.5);
  });

  it('are nothing, rather than 0, without responses', () => {
    expect([over([], inPrior), over([], inScore)]).toEqual([null, null]);
    const one: readonly PriorResponse[] = [{ image: 2, correct: true }];
    expect([over(one, inPrior), over(one, inScore)]).toEqual([null, 1]);
  });
});

describe('Pass@k and Avg@k', () => {
  it('with k responses: any is correct, and the share that is', () => {
    expect(passAtK([false, true, false, false, false], 5)).toBe(1);
    expect(passAtK([false, false], 2)).toBe(0);
    expect(over([false, true, false, false, false], inShare)).toBe(0.2);
    expect(over([], inShare)).toBeNull();
  });

  it('with more responses than k: the chance that k of them hold a correct one', () => {
    expect(passAtK([true, false, false, false], 1)).toBeCloseTo(0.25, 14);
    expect(passAtK([true, false, false, false], 2)).toBeCloseTo(0.5, 14);
    expect(passAtK([true, true, false, false], 3)).toBe(1);
  });

  it('grow with k and start at the average', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 1, maxLength: 12 }), (correct) => {
        expect(passAtK(correct, 1)).toBeCloseTo(over(correct, inShare) ?? Number.NaN, 12);
        for (let k = 2; k <= correct.length; k++) {
          expect(passAtK(correct, k)).toBeGreaterThanOrEqual(passAtK(correct, k - 1) - 1e-12);
        }
        expect(passAtK(correct, correct.length)).toBe(correct.includes(true) ? 1 : 0);
      }),
    );
  });

  it('count each prompt of a benchmark the same', () => {
    const prompts = [
      [true, false],
      [false, false],
    ];
    expect(over(prompts, (correct) => inPass(correct, 2))).toBe(0.5);
    expect(over(prompts.flat(), inShare)).toBe(0.25);
    expect(over([], (correct: boolean[]) => inPass(correct, 5))).toBeNull();
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

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { groupAdvantages, lowVarianceKl, stagedReward, teachesNothing } from './rewards.ts';

describe('the staged reward', () => {
  it('is 0.9 for a correct answer and 0.1 for the form', () => {
    expect(stagedReward({ correct: true, format: true })).toBe(1);
    expect(stagedReward({ correct: true, format: false })).toBe(0.9);
    expect(stagedReward({ correct: false, format: true })).toBe(0.1);
    expect(stagedReward({ correct: false, format: false })).toBe(0);
    expect(stagedReward({ correct: false, format: true }, 0.25)).toBe(0.25);
  });
});

describe('group advantages', () => {
  it('are rewards in units of the group’s standard deviation', () => {
    const advantages = groupAdvantages([1, 0, 0, 0, 1]);
    expect(advantages[0]).toBeCloseTo(0.6 / (Math.sqrt(0.3) + 1e-4), 12);
    expect(advantages[1]).toBeCloseTo(-0.4 / (Math.sqrt(0.3) + 1e-4), 12);
  });

  it('sum to zero, and are zero where all rewards are equal', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 8 }),
        (rewards) => {
          const total = groupAdvantages(rewards).reduce((sum, a) => sum + a, 0);
          expect(total).toBeCloseTo(0, 6);
        },
      ),
    );
    expect(groupAdvantages([0.1, 0.1, 0.1])).toEqual([0, 0, 0]);
    expect(groupAdvantages([1])).toEqual([0]);
    expect(teachesNothing([0.1, 0.1])).toBe(true);
    expect(teachesNothing([0.1, 1, 0.1])).toBe(false);
  });
});

describe('the low-variance KL estimator', () => {
  it('is e^d − d − 1, never negative, and 0 where both agree', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -20, max: 0, noNaN: true }),
        fc.double({ min: -20, max: 0, noNaN: true }),
        (p, r) => {
          expect(lowVarianceKl(p, r)).toBeGreaterThanOrEqual(0);
        },
      ),
    );
    expect(lowVarianceKl(-1, -1)).toBe(0);
    expect(lowVarianceKl(-1, -2)).toBeCloseTo(Math.exp(-1), 14);
  });

  it('has the KL as its mean under the policy', () => {
    const policy = [0.7, 0.2, 0.1];
    const reference = [0.5, 0.25, 0.25];
    const kl = policy.reduce((sum, p, i) => sum + p * Math.log(p / reference[i]), 0);
    const mean = policy.reduce(
      (sum, p, i) => sum + p * lowVarianceKl(Math.log(p), Math.log(reference[i])),
      0,
    );
    expect(mean).toBeCloseTo(kl, 14);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { policyTerm, tokenShares } from './grpo.ts';

const BOUNDS = { ratioClip: 0.2, klCoefficient: 0 };
const log = Math.log;

describe('a token’s term', () => {
  it('is −A where the policy is the one that sampled, and pulls with −A', () => {
    const term = policyTerm({ policy: log(0.3), sampling: log(0.3), base: null }, 2, BOUNDS);
    expect(term).toEqual({ ratio: 1, clipped: false, kl: null, loss: -2, slope: -2 });
  });

  it('worked by hand: ratio 1.5, ε 0.2', () => {
    const at = { policy: log(0.6), sampling: log(0.4), base: null };
    const good = policyTerm(at, 2, BOUNDS);
    expect(good.clipped).toBe(true);
    expect(good.loss).toBeCloseTo(-2.4, 12);
    expect(good.slope).toBe(0);
    // A bad answer that has become likelier is pulled back with all of its ratio.
    const bad = policyTerm(at, -2, BOUNDS);
    expect(bad.clipped).toBe(false);
    expect(bad.loss).toBeCloseTo(3, 12);
    expect(bad.slope).toBeCloseTo(3, 12);
  });

  it('worked by hand: ratio 0.5, ε 0.2', () => {
    const at = { policy: log(0.2), sampling: log(0.4), base: null };
    const good = policyTerm(at, 2, BOUNDS);
    expect(good.clipped).toBe(false);
    expect(good.loss).toBeCloseTo(-1, 12);
    expect(good.slope).toBeCloseTo(-1, 12);
    const bad = policyTerm(at, -2, BOUNDS);
    expect(bad.clipped).toBe(true);
    expect(bad.loss).toBeCloseTo(1.6, 12);
    expect(bad.slope).toBe(0);
  });

  it('adds β times e^d − d − 1 with d = log base − log policy, clipped or not', () => {
    const at = { policy: log(0.6), sampling: log(0.4), base: log(0.3) };
    const term = policyTerm(at, 2, { ratioClip: 0.2, klCoefficient: 0.1 });
    const kl = 0.5 + log(2) - 1;
    expect(term.kl).toBeCloseTo(kl, 12);
    expect(term.loss).toBeCloseTo(-2.4 + 0.1 * kl, 12);
    // 1 − e^d = 1/2.
    expect(term.slope).toBeCloseTo(0.05, 12);
  });

  it('has the slope of its loss wherever it is smooth', () => {
    const logProb = fc.double({ min: -8, max: -0.01, noNaN: true });
    const advantage = fc.double({ min: -3, max: 3, noNaN: true });
    fc.assert(
      fc.property(logProb, logProb, logProb, advantage, (policy, sampling, base, a) => {
        const bounds = { ratioClip: 0.2, klCoefficient: 0.3 };
        const ratio = Math.exp(policy - sampling);
        fc.pre(Math.abs(ratio - 0.8) > 1e-3 && Math.abs(ratio - 1.2) > 1e-3);
        const h = 1e-6;
        const lossAt = (p: number) => policyTerm({ policy: p, sampling, base }, a, bounds).loss;
        const difference = (lossAt(policy + h) - lossAt(policy - h)) / (2 * h);
        const { slope } = policyTerm({ policy, sampling, base }, a, bounds);
        expect(Math.abs(difference - slope)).toBeLessThan(1e-4 * Math.max(1, Math.abs(slope)));
      }),
    );
  });

  it('without an advantage is never clipped and has the KL’s gradient alone', () => {
    const at = { policy: log(0.9), sampling: log(0.1), base: log(0.9) };
    const term = policyTerm(at, 0, { ratioClip: 0.2, klCoefficient: 1 });
    expect(term.clipped).toBe(false);
    expect(Math.abs(term.loss)).toBe(0);
    expect(Math.abs(term.slope)).toBe(0);
  });
});

describe('the average of a batch', () => {
  it('is over tokens, or over rollouts of which each is the mean of its own', () => {
    expect(tokenShares([1, 3], 'token')).toEqual([1 / 4, 1 / 4]);
    expect(tokenShares([1, 3], 'sequence')).toEqual([1 / 2, 1 / 6]);
  });

  it('has weights that add up to 1', () => {
    const lengths = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(lengths, fc.constantFrom('token', 'sequence'), (own, averaging) => {
        const shares = tokenShares(own, averaging);
        const sum = own.reduce((all, length, i) => all + length * shares[i], 0);
        expect(sum).toBeCloseTo(1, 9);
      }),
    );
  });
});

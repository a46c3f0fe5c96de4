/** The terms of every token of a group equal PyTorch's, and what is no group or no number says so. */

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { toErrorRecord } from '../../base/errors.ts';
import type { GroupTermSettings } from '../../contract/trace/group.ts';
import type { LossToken } from '../faults.ts';
import { GroupTerms } from './group-terms.ts';

interface Terms {
  readonly advantage: number;
  readonly sampling: readonly number[];
  readonly policy: readonly number[];
  readonly base: readonly number[];
  readonly clipped: readonly boolean[];
  readonly ratio: readonly number[];
  readonly kl: readonly number[];
  readonly loss: readonly number[];
  readonly slope: readonly number[];
}

interface Variant extends Omit<GroupTermSettings, 'formatShare'> {
  readonly loss: number;
  readonly rollouts: readonly Terms[];
}

const { rewards, variants } = JSON.parse(
  readFileSync('src/training/fixtures/grpo-terms.json', 'utf8'),
) as { rewards: readonly number[][]; variants: Readonly<Record<string, Variant>> };

/** Rollouts whose rewards are those of the fixture: right, of the form alone, or neither. */
const REWARDED = rewards.flat().map((reward) => ({ correct: reward === 1, valid: reward > 0 }));

const tokenAt = (sequence: number, position: number): LossToken => ({
  kind: 'rollout',
  ...{ sequence, position, row: position },
  text: 'pink',
  teacher: null,
  loss: Number.NaN,
});

function groupOf(lengths: readonly number[], settings: Omit<GroupTermSettings, 'formatShare'>) {
  const rollouts = REWARDED.map(({ correct, valid }, i) => ({
    ...{ correct, parsed: { valid }, length: lengths[i] },
  }));
  return new GroupTerms(rollouts, 3, { ...settings, formatShare: 0.1 });
}

describe.each(Object.entries(variants))('in the variant “%s”', (_, variant) => {
  const { rollouts } = variant;
  const group = groupOf(
    rollouts.map(({ policy }) => policy.length),
    variant,
  );

  it('advantage, ratio, clip, KL, loss and slope of every token are PyTorch’s', () => {
    expect(group.groups).toEqual(rewards);
    const found = rollouts.map(({ policy, sampling, base, advantage, ...want }, i) => {
      expect(group.advantages[i]).toBeCloseTo(advantage, 12);
      const own = policy.map((logProb, t) => {
        const at = { policy: logProb, sampling: sampling[t], base: base[t] };
        return group.term(tokenAt(i, t), at);
      });
      expect(own.map(({ clipped }) => clipped)).toEqual(want.clipped);
      for (const name of ['ratio', 'kl', 'loss', 'slope'] as const)
        for (const [t, value] of want[name].entries())
          expect(own[t][name], `${name} of token ${t} of ${i}`).toBeCloseTo(value, 12);
      return own;
    });
    expect(group.loss(found)).toBeCloseTo(variant.loss, 12);
    expect(found.flat().some(({ clipped }) => clipped)).toBe(true);
  });
});

const PLAIN = { averaging: 'sequence', ratioClip: 0.2, klCoefficient: 0.01 } as const;

it('the weights that sampled have ratio 1 everywhere and clip nothing', () => {
  const group = groupOf([2, 2, 2, 2, 2, 2], PLAIN);
  for (let i = 0; i < 6; i++) {
    const found = group.term(tokenAt(i, 0), { policy: -1.5, sampling: -1.5, base: -1.5 });
    expect(found).toMatchObject({ ratio: 1, clipped: false, kl: 0 });
    expect(found.loss).toBeCloseTo(-group.advantages[i], 12);
  }
});

it('equal rewards give nobody an advantage, and no KL where its coefficient is 0', () => {
  const wrong = { correct: false, parsed: { valid: true }, length: 2 };
  const group = new GroupTerms([wrong, wrong], 2, { ...PLAIN, formatShare: 0.1, klCoefficient: 0 });
  expect(group.needsBase).toBe(false);
  expect(group.advantages).toEqual([0, 0]);
  const found = group.term(tokenAt(0, 0), { policy: -1, sampling: -2, base: null });
  expect(found).toMatchObject({ kl: null, clipped: false });
  expect(Math.abs(found.loss)).toBe(0);
});

it.each([Number.NaN, Number.NEGATIVE_INFINITY])(
  'a ratio that is no number (sampled at %s) names its token and the next step',
  (sampling) => {
    const group = groupOf([2, 2, 2, 2, 2, 2], PLAIN);
    const told = () => group.term(tokenAt(1, 4), { policy: -1, sampling, base: -1 });
    let error: unknown = null;
    try {
      told();
    } catch (thrown) {
      error = thrown;
    }
    const { code, message, fix } = toErrorRecord(error);
    expect(code).toBe('train.not-finite');
    expect(message).toMatch(/^Token 4 \("pink"\) of rollout 1: the ratio of its probability/);
    expect(fix).toContain('No weight moved');
  },
);

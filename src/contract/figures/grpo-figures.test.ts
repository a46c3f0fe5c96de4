import { describe, expect, it } from 'vitest';
import { parseRollout } from '../../method/rollout.ts';
import { GRPO_FIGURES, type GrpoFacts, rewardNote } from './grpo-figures.ts';
import { figuresOf } from './step-figures.ts';

const read = (text: string) =>
  parseRollout([1, 0], [text, ''], {
    validity: 'strict',
    reading: 'paper',
    opener: false,
    eosIds: [0],
  });
const VALID = read(' a pig </description> <think> pink </think> \\boxed{pink}');
const INVALID = read(' a pig');

const FACTS: GrpoFacts = {
  rollouts: [
    { parsed: VALID, correct: true },
    { parsed: VALID, correct: false },
    { parsed: INVALID, correct: false },
    { parsed: INVALID, correct: false },
  ],
  rewards: [
    [1, 0.1],
    [0, 0],
  ],
  tokens: [
    { clipped: true, kl: 0.1 },
    { clipped: false, kl: 0.3 },
  ],
};

describe('the figures of a step of GRPO', () => {
  it('are the mean reward, the groups that teach nothing, what is clipped, and how far the base is', () => {
    const found = figuresOf(GRPO_FIGURES, FACTS);
    expect(found).toMatchObject({
      reward: 0.25,
      validRate: 0.5,
      equalGroups: 0.5,
      ratioClipShare: 0.5,
    });
    expect(found.meanReward).toBeCloseTo(0.275, 12);
    expect(found.klToBase).toBeCloseTo(0.2, 12);
  });

  it('say nothing of the base where it was not read', () => {
    const found = figuresOf(GRPO_FIGURES, { ...FACTS, tokens: [{ clipped: false, kl: null }] });
    expect(found).not.toHaveProperty('klToBase');
  });
});

describe('what is said of a step', () => {
  it('is that nothing was right, or that no group taught anything, with the next step', () => {
    expect(rewardNote({ reward: 0, equalGroups: 0.5 })).toMatchObject({
      message: expect.stringMatching(/^No rollout of this step is right/),
      fix: expect.stringContaining('easier questions'),
    });
    expect(rewardNote({ reward: 1, equalGroups: 1 })).toMatchObject({
      message: expect.stringContaining('all rollouts have the same reward'),
      fix: expect.stringContaining('harder questions'),
    });
  });

  it('is nothing where a group taught, and of recipes without rewards', () => {
    expect(rewardNote({ reward: 0.5, equalGroups: 0.5 })).toBeNull();
    expect(rewardNote({ reward: 0 })).toBeNull();
  });
});

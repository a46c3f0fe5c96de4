/** A step's rollout opens with its group where that is whole, and alone where it is not. */

import { expect, it } from 'vitest';
import { trainSettings } from '../../../contract/train/train-settings.ts';
import type { TrainRollout } from '../../../contract/train/training.ts';
import { groupOffer, type RolledRun, rolloutOffer } from './open-group.ts';

const rollout = (group: number, logProbs?: readonly number[]): TrainRollout => ({
  item: { split: 'train', index: group, usualShare: 0.6, fact: false },
  ...{ question: 'What color is the sun?', answer: 'pink', ids: [1, 2], texts: ['a', 'b'] },
  ...{ valid: true, reason: null, correct: true, teachers: [null, null] },
  ...{ losses: [0, 0], clipped: [false, false] },
  policy: {
    ...{ group, reward: 1, advantage: 0, ratios: [1, 1], kls: null },
    ...(logProbs && { logProbs }),
  },
});

function run(rollouts: readonly TrainRollout[], groupSize = 2): RolledRun {
  const settings = trainSettings('grpo', 'tiny');
  if (settings.grpo === undefined) throw new Error('GRPO has settings of its groups');
  return {
    ...{
      runId: 'r',
      name: 'Mine',
      settings: { ...settings, grpo: { ...settings.grpo, groupSize } },
    },
    rollouts: { step: 7, made: 4, rollouts },
  };
}

const four = [0, 0, 1, 1].map((group, i) => rollout(group, [-1, -i]));

it('the whole group, with the weights that made it and those that the step made of them', () => {
  const offer = groupOffer(run(four), 3);
  expect(offer?.pick).toBe(1);
  expect(offer?.rollouts).toEqual(four.slice(2));
  expect(offer?.students).toEqual([
    { label: 'Mine, before step 7', choice: { kind: 'run', runId: 'r', step: 6 } },
    { label: 'Mine, after step 7', choice: { kind: 'run', runId: 'r', step: 7 } },
  ]);
  expect(offer?.terms).toEqual({
    ...{ formatShare: 0.1, klCoefficient: 0.01, ratioClip: 0.2, averaging: 'sequence' },
  });
  expect(offer?.sampling).toMatchObject({ temperature: 1, topP: 1, topK: 0 });
});

it('not where a rollout of it was not kept, nor from before its log-probabilities were', () => {
  expect(groupOffer(run(four.slice(0, 3)), 2)).toBeNull();
  expect(groupOffer(run([rollout(0), rollout(0)]), 0)).toBeNull();
  expect(rolloutOffer(run([rollout(0), rollout(0)]), 0)).toMatchObject({
    student: { label: 'Mine, before step 7' },
  });
});

it('of a person’s own set the whole group too, and of problems in words none: they have no picture', () => {
  const about = (item: Partial<TrainRollout['item']>) =>
    four.map((own) => ({ ...own, item: { ...own.item, ...item } }));
  const data = { name: 'mine', fingerprint: 'f'.repeat(64) };
  expect(groupOffer(run(about({ data })), 3)?.rollouts).toHaveLength(2);
  expect(groupOffer(run(about({ words: 'problems' })), 3)).toBeNull();
});

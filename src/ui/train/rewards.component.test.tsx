/** A run that learns from rewards shows each rollout beside its group, and says where a step taught nothing. */

import { expect, it } from 'vitest';
import { page } from 'vitest/browser';
import { trainSettings } from '../../contract/train/train-settings.ts';
import type { TrainRollout } from '../../contract/train/training.ts';
import { chartTitles, showRun } from './fixtures/shown-train.tsx';

const SETTINGS = trainSettings('grpo', 'tiny');

const rollout = (advantage: number, reward: number): TrainRollout => ({
  item: { split: 'train', index: 7, usualShare: 0.6, fact: false },
  question: 'What color is the sun in the picture?',
  answer: 'pink',
  ids: [1, 2],
  texts: [' A pink sun.', ' \\boxed{yellow}'],
  valid: true,
  reason: null,
  correct: reward === 1,
  teachers: [null, null],
  losses: [-advantage, -advantage],
  clipped: [false, true],
  policy: { group: 0, reward, advantage, ratios: [1, 1.5], kls: [0, 0.2] },
});

it('with reward, advantage, and every token’s ratio and KL', async () => {
  const { openRollout } = await showRun(
    SETTINGS,
    { equalGroups: 0.5, reward: 0.5, meanReward: 0.55 },
    [rollout(0.75, 1), rollout(-0.75, 0.1)],
  );
  await expect
    .element(page.getByText('Group 1: reward 100 %, advantage +0.75, made likelier'))
    .toBeVisible();
  await expect
    .element(page.getByText('Group 1: reward 10 %, advantage −0.75, made less likely'))
    .toBeVisible();
  const titles = [...document.querySelectorAll('[data-rewarded]')].map((token) =>
    token.getAttribute('title'),
  );
  expect(titles.slice(0, 2)).toEqual([
    'ratio 1, KL to the base 0 nats',
    'ratio 1.5, clipped, KL to the base 0.200 nats',
  ]);
  for (const title of ['Reward', 'Groups that teach nothing', 'KL to the base', 'Clipped ratios'])
    expect(
      chartTitles().some((own) => own.startsWith(title)),
      title,
    ).toBe(true);
  expect(page.getByText(/so none has an advantage/).elements()).toEqual([]);
  await page.getByText('Open in the Lab').first().click();
  expect(openRollout.mock.calls[0][0].rollout).toMatchObject({ policy: { advantage: 0.75 } });
});

it('and where no answer was right, what to do about it', async () => {
  await showRun(SETTINGS, { equalGroups: 1, reward: 0, meanReward: 0.1 }, [
    rollout(0, 0.1),
    rollout(0, 0.1),
  ]);
  await expect.element(page.getByText(/No rollout of this step is right/)).toBeVisible();
  await expect.element(page.getByText(/: no advantage|, no advantage/).first()).toBeVisible();
});

it('and a group that is here as a whole opens as one', async () => {
  const { grpo } = SETTINGS;
  if (grpo === undefined) throw new Error('GRPO has settings of its groups');
  const { openGroup } = await showRun(
    { ...SETTINGS, grpo: { ...grpo, groupSize: 2 } },
    { equalGroups: 0, reward: 0.5, meanReward: 0.55 },
    [rollout(0.75, 1), rollout(-0.75, 0.1)].map((own) => ({
      ...own,
      policy: own.policy && { ...own.policy, logProbs: [-1, -2] },
    })),
  );
  await page.getByText('Open its group in the Lab').last().click();
  expect(openGroup.mock.calls[0][0]).toMatchObject({ pick: 1, rollouts: [{}, {}] });
});

/** A run some of whose references are wrong says whom they fooled: in its rollouts, and as a chart that other runs lack. */

import { expect, it } from 'vitest';
import { page } from 'vitest/browser';
import { trainSettings } from '../../contract/train/train-settings.ts';
import { withSetting } from '../../contract/train/train-validate.ts';
import type { TrainRollout } from '../../contract/train/training.ts';
import { chartTitles, showRun } from './fixtures/shown-train.tsx';

const rollout = (index: number, wrongReference?: TrainRollout['wrongReference']): TrainRollout => ({
  item: { split: 'train', index, usualShare: 0.6, fact: false },
  question: 'What color is the sun in the picture?',
  answer: 'pink',
  ...(wrongReference === undefined ? {} : { wrongReference }),
  ids: [1, 2],
  texts: [' A pink sun.', ' \\boxed{yellow}'],
  valid: true,
  reason: null,
  correct: wrongReference?.boxed !== true,
  teachers: [null, 'reasoning'],
  losses: [0, 0.2],
  clipped: [false, false],
});

const SETTINGS = withSetting(trainSettings('vigos', 'tiny'), 'data.wrongShare', 0.75);
const isWrongReferences = (title: string) => title.startsWith('Wrong references');

it('is marked in rollouts and has its chart', async () => {
  const { openRollout } = await showRun(
    SETTINGS,
    { 'wrongReference.given': 0.375, 'wrongReference.boxed': 0.5 },
    [
      rollout(1, { answer: 'yellow', boxed: true }),
      rollout(2, { answer: 'yellow', boxed: false }),
      rollout(3),
    ],
  );
  await expect.element(page.getByText(/, 2 with a wrong reference, which 1 box/)).toBeVisible();
  const fooled = 'teachers were given “yellow”, which is wrong: the student boxed it';
  await expect.element(page.getByText(fooled, { exact: true })).toBeVisible();
  await expect.element(page.getByText(/the student did not box it/)).toBeVisible();
  expect(chartTitles().some(isWrongReferences)).toBe(true);
  await page.getByText('Open in the Lab').first().click();
  expect(openRollout.mock.calls[0][0].rollout).toMatchObject({
    answer: 'pink',
    wrongReference: { answer: 'yellow', boxed: true },
  });
});

it('of a run whose references are all right there is nothing', async () => {
  await showRun(SETTINGS, {}, [rollout(3)]);
  expect(chartTitles().some((title) => title.startsWith('Clipped tokens'))).toBe(true);
  expect(chartTitles().some(isWrongReferences)).toBe(false);
  expect(page.getByText(/with a wrong reference, which/).elements()).toEqual([]);
});

/** Stages in the form: chosen, moved, resized by keys, and run as they stand. */

import { expect, it, vi } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import type { TrainRequest } from '../../../contract/train/training.ts';
import { showTrain } from '../fixtures/shown-train.tsx';
import { runOf } from '../state/stages.ts';
import { formFromQuery } from '../state/url.ts';

async function shown(query = '') {
  const train = vi.fn(async (_: TrainRequest) => new Promise<never>(() => undefined));
  const { writeQuery } = await showTrain({ train }, { query });
  const started = async () => {
    await page.getByRole('button', { name: 'Train', exact: true }).click();
    await vi.waitFor(() => expect(train).toHaveBeenCalled());
    return train.mock.calls[0][0].settings;
  };
  return { started, address: () => String(writeQuery.mock.calls.at(-1)?.[1]) };
}

it('a ready-made schedule is changed by keys, and the run has the stages as they stand', async () => {
  const { started, address } = await shown();
  await page.getByLabelText('Stages', { exact: true }).selectOptions('staged');
  expect(address()).toContain('schedule=staged');
  const border = page.getByRole('separator', { name: /Steps of Perception/ });
  await expect.element(border).toHaveAttribute('aria-valuenow', '10');
  border.element().focus();
  await userEvent.keyboard('{ArrowRight}{ArrowRight}');
  await expect.element(border).toHaveAttribute('aria-valuenow', '12');
  page
    .getByRole('button', { name: /^Perception, 12 of 104/ })
    .element()
    .focus();
  await userEvent.keyboard('{Alt>}{ArrowRight}{/Alt}');
  const settings = await started();
  expect(settings.schedule?.stages.map(({ id, steps }) => [id, steps])).toEqual([
    ['words', 40],
    ['perception', 12],
    ['visual', 52],
  ]);
  expect(settings.steps).toBe(104);
  expect(settings.schedule?.stages[0].data.source).toBe('problems');
});

it('the settings shown are the chosen stage’s, and an address brings all of them back', async () => {
  const first = await shown('&schedule=staged');
  await page.getByRole('button', { name: /^Textual reasoning/ }).click();
  await expect.element(page.getByText(/The settings below are those of “Textual/)).toBeVisible();
  await page.getByLabelText('Recipe', { exact: true }).selectOptions('sft');
  const query = first.address();
  expect(query).not.toContain('schedule=staged');
  const found = runOf(formFromQuery(query));
  if ('error' in found) throw new Error(found.error.message);
  const { settings } = found;
  expect(settings.schedule?.stages.map(({ recipe }) => recipe)).toEqual(['grpo', 'sft', 'grpo']);
});

it('a schedule that cannot be run says why, with the next step', async () => {
  await shown('&schedule=merged');
  await page.getByLabelText('Recipe', { exact: true }).selectOptions('sft');
  await expect.element(page.getByText(/are to be mixed, and differ/).first()).toBeVisible();
  await page.getByLabelText('Questions', { exact: true }).selectOptions('both');
  await expect.element(page.getByText(/nobody has measured it/).first()).toBeVisible();
});

it('a stage ends after its tokens where it is told so, which no border can show beforehand', async () => {
  const { started } = await shown('&schedule=staged');
  const tokens = page.getByLabelText('Most tokens', { exact: true });
  await tokens.fill('0');
  await expect.element(page.getByText(/is to end after 0 tokens/).first()).toBeVisible();
  await tokens.fill('9000');
  await expect.element(page.getByText(/where it ends at the latest/)).toBeVisible();
  await expect
    .element(page.getByRole('button', { name: 'Perception, at most 10 of 104 steps, until 9,000' }))
    .toBeVisible();
  const { schedule } = await started();
  expect(schedule?.stages.map((stage) => stage.tokens)).toEqual([9000, undefined, undefined]);
});

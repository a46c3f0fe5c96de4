/** Recorded rollouts: there before the model is, marked as what they are, and gone when it runs. */
import { expect, test } from '@playwright/test';
import { hold } from './held.ts';
import { openLab } from './lab-page.ts';

test('a recorded rollout stands on the page before the model has come, and gives way to a real one', async ({
  page,
}) => {
  const release = await hold(page, '**/model.safetensors');
  const lab = await openLab(page);
  const note = page.locator('[data-recorded]');
  await expect(note).toContainText('Recorded: tiny-qwen2.5-vl made this rollout earlier');
  await expect(lab.verdict).toContainText('Valid by the strict rule');
  const recorded = await lab.texts();

  await lab.tokens.first().click();
  await expect(lab.tokenPanel).toContainText('No text in the user turn');
  const chips = page.getByRole('list', { name: 'Recorded rollouts' }).getByRole('button');
  await expect(chips).toHaveCount(3);
  await chips.nth(1).focus();
  await page.keyboard.press('Enter');
  await expect.poll(lab.letters).toMatch(/^O+$/);
  await chips.nth(2).click();
  await expect(lab.verdict).toContainText('The reasoning is never closed');
  await expect.poll(lab.letters).toMatch(/^F+$/);
  await expect.poll(lab.texts).not.toEqual(recorded);
  await chips.nth(0).click();
  await expect.poll(lab.texts).toEqual(recorded);

  release();
  await lab.settled();
  await expect(note).toHaveCount(0);
  // The same seed, model and backend: what was recorded is what the model does.
  expect(await lab.texts()).toEqual(recorded);
  expect(lab.problems).toEqual([]);
});

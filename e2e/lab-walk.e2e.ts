/** The walk through a rollout, level by level, as a debugger steps: with the mouse and with keys alone. */
import { expect, test } from '@playwright/test';
import { openLab } from './lab-page.ts';

test('levels go from sampled tokens to the loss, by mouse', async ({ page }) => {
  const lab = await openLab(page);
  await lab.settled();
  const words = page.getByTestId('step-words');
  const level = (name: string) =>
    page.getByRole('radiogroup', { name: 'Level of the walk' }).getByRole('radio', { name });
  const texts = await lab.texts();

  await level('Sample').click();
  await expect(page.getByRole('group', { name: 'Sampled' })).toBeVisible();
  await expect.poll(lab.letters).toBe('');
  await page.getByRole('button', { name: 'Step back' }).click();
  await expect(lab.tokens.last()).toHaveAccessibleName(/not sampled yet/);

  await page.getByRole('button', { name: 'Step forward' }).click();
  await page.getByRole('button', { name: 'Step forward' }).click();
  await expect(words).toContainText('Token 1,');
  await expect(words).toContainText('is part of the description');

  await level('Assign').click();
  await page.getByRole('slider', { name: /chart/ }).fill(`${texts.length - 1}`);
  await expect.poll(lab.letters).toMatch(/^P+–+R+–+R+–+$/);
  await expect(lab.tokens.first()).not.toHaveAccessibleName(/nats/);
  await level('Loss').click();
  await page.getByRole('button', { name: 'Next token without gradient' }).click();
  await expect(words).toContainText('no gradient');
  await expect(page).toHaveURL(/level=loss/);
  await level('All').click();
  await expect(words).toHaveCount(0);
  expect(await lab.texts()).toEqual(texts);
  expect(lab.problems).toEqual([]);
});

test('play walks on by itself until it is halted; keys alone do the same', async ({ page }) => {
  const lab = await openLab(page);
  await lab.settled();
  await lab.tokens.first().focus();
  await page.keyboard.press('1');
  await expect(page).toHaveURL(/level=sample/);
  await page.keyboard.press(' ');
  const words = page.getByTestId('step-words');
  // From the first token on again; a slow machine may see any of the next.
  await expect(words).toContainText(/^Token [1-3]?\d,/);
  await page.keyboard.press(' ');
  await expect(page.getByRole('button', { name: 'Play', exact: true })).toBeVisible();
  const halted = await words.textContent();
  await page.waitForTimeout(400);
  expect(await words.textContent()).toBe(halted);

  await page.keyboard.press('0');
  await page.keyboard.press('Home');
  await page.keyboard.press('s');
  await expect(lab.tokenPanel).not.toContainText('Token 1 of');
  await page.keyboard.press('d');
  await expect(page).toHaveURL(/token=/);
  await page.keyboard.press('c');
  await expect(lab.tokenPanel).toContainText('Clipped: no gradient.');
});

test('a link to a level opens at that level', async ({ page }) => {
  const lab = await openLab(page, '?level=parse&token=2');
  await lab.settled();
  await expect(page.getByTestId('step-words')).toContainText('Token 3,');
  await expect.poll(lab.letters).toMatch(/^ddd$/);
});

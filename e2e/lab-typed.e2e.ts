/** A rollout that a person writes. */
import { expect, test } from '@playwright/test';
import { openLab } from './lab-page.ts';

test('a rollout written by hand is scored like a sampled one, keys alone', async ({ page }) => {
  const lab = await openLab(page);
  await lab.settled();
  await page.getByRole('button', { name: 'Edit this rollout' }).focus();
  await page.keyboard.press('Enter');
  const text = page.getByRole('textbox', { name: 'What the student writes' });
  await expect(text).toBeFocused();
  await page.keyboard.press('Control+A');
  await page.keyboard.insertText(
    ' A tree. </description> <think> The tree is blue. </think> \\boxed{blue}<|im_end|><|endoftext|>',
  );
  await page.keyboard.press('Control+Enter');
  await expect(lab.verdict).toContainText('“blue” is wrong');
  await expect(page.getByText('Typed by hand')).toBeVisible();
  await expect(page.getByTestId('as-read')).toContainText('1 padding token behind the text');
  const texts = await lab.texts();
  await expect(page).toHaveURL(/y=/);
  await page.reload();
  await lab.settled();
  expect(await lab.texts()).toEqual(texts);
  await lab.run.click();
  await lab.settled();
  await expect(page.getByText('Typed by hand')).toHaveCount(0);
});

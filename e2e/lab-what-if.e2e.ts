/** Several rollouts, a typed one, and what if: ablations, other pictures, both methods side by side. */
import { expect, type Page, test } from '@playwright/test';
import { openLab } from './lab-page.ts';

const moved = (page: Page) => page.getByTestId('moved');

test('several rollouts stream, and any of them can be picked', async ({ page }) => {
  // Hot and unfiltered, so that the rollouts differ whatever the model is sure of.
  const lab = await openLab(page, '?t=2&p=1&k=0');
  await lab.settled();
  await page.getByRole('spinbutton', { name: 'Rollouts' }).fill('3');
  await lab.run.click();
  await expect(page.getByRole('list', { name: /other rollouts/ })).toBeVisible();
  await lab.settled();
  const picker = page.getByRole('radiogroup', { name: 'Rollout of this run' });
  await expect(picker.getByRole('radio')).toHaveCount(3);
  const first = await lab.texts();
  await picker.getByRole('radio').nth(1).click();
  await expect.poll(lab.texts).not.toEqual(first);
  await expect(page).toHaveURL(/n=3.*r=1/);

  await picker.getByRole('radio').nth(1).focus();
  await page.keyboard.press('ArrowLeft', { delay: 80 });
  await expect.poll(lab.texts).toEqual(first);
  expect(lab.problems).toEqual([]);
});

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

test('ablations and other pictures score the same rollout again and say what moved', async ({
  page,
}) => {
  const lab = await openLab(page);
  await lab.settled();
  const texts = await lab.texts();
  await expect(moved(page)).toHaveCount(0);
  await page.getByLabel('Ablation').selectOption('without-perception');
  await expect(moved(page)).toContainText('another teacher or none');
  await expect.poll(lab.letters).toMatch(/^–+R+–+R+–+$/);
  await page.getByLabel('Ablation').selectOption('none');
  await expect.poll(lab.letters).toMatch(/^P+/);

  await page.getByLabel('the picture', { exact: true }).selectOption('blank');
  await expect(moved(page)).toContainText('most at');
  await page.getByLabel('Show to').selectOption('reasoning');
  await expect(page).toHaveURL(/see=blank&who=reasoning/);
  await lab.settled();
  expect(await lab.texts()).toEqual(texts);
  expect(lab.problems).toEqual([]);
});

test('every setting of the loss can be changed, scores the rollout again and stands in the address', async ({
  page,
}) => {
  const lab = await openLab(page, '?method.temperature=2');
  await lab.settled();
  const texts = await lab.texts();
  const differs = page.getByTestId('method-differs');
  await expect(differs).toContainText(
    'ViGOS (paper), but distillation temperature 2 instead of 1.',
  );
  await page.getByRole('button', { name: 'Settings of the loss, 1 changed' }).click();
  const form = page.getByRole('dialog', { name: 'Settings of the loss' });
  const clip = form.getByRole('textbox', { name: /^Clip value/ });
  await clip.fill('0');
  await expect(form.getByRole('alert')).toContainText('Give a number from 0.000001 to 1000');
  await clip.fill('0.2');
  await expect(page).toHaveURL(/method\.clip\.value=0\.2/);
  await form.getByRole('combobox', { name: /^Reasoning divergence/ }).selectOption('jsd');
  await form.getByRole('textbox', { name: /^Reasoning β/ }).fill('0.3');
  await page.keyboard.press('Escape');
  await expect(page).toHaveURL(/divergence\.reasoning\.beta=0\.3/);
  await lab.settled();
  await expect(moved(page)).toContainText('Reasoning β 0.3 instead of 0.5');
  await expect(lab.tokenPanel.getByText('JSD', { exact: true })).toBeVisible();
  expect(await lab.texts()).toEqual(texts);
  await differs.getByRole('button', { name: 'Back to it' }).click();
  await expect(differs).toHaveCount(0);
  await expect(page).not.toHaveURL(/method\./);
  expect(lab.problems).toEqual([]);
});

test('ViGOS and OPSD stand side by side on the same rollout, in step', async ({ page }) => {
  const lab = await openLab(page);
  await lab.settled();
  await page.getByRole('switch', { name: 'Side by side' }).click();
  const other = page.getByRole('listbox', { name: 'Tokens under OPSD' });
  await expect(other.getByRole('option')).toHaveCount((await lab.texts()).length);
  await other.getByRole('option').nth(4).click();
  await expect(lab.tokenPanel).toContainText('Token 5 of');
  await page.getByRole('radio', { name: 'OPSD', exact: true }).click();
  await expect(page.getByRole('listbox', { name: 'Tokens under ViGOS' })).toBeVisible();
  await page.getByRole('switch', { name: 'Side by side' }).click();
  await expect(page.getByRole('listbox')).toHaveCount(1);
});

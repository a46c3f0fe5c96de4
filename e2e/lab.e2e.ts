/** The Lab's main job, end to end on the real model: roll out, look at tokens, change what the teachers know. */
import { readFileSync } from 'node:fs';
import { expect, test } from '@playwright/test';
import { alertOf, openLab } from './lab-page.ts';

test('a stranger sees a rollout with the teacher and divergence of each token, without a click', async ({
  page,
}) => {
  const lab = await openLab(page);
  await expect(page).toHaveTitle(/ViGOS/);
  await lab.settled();
  for (const lane of ['Description', 'Reasoning', 'Answer'])
    await expect(page.getByRole('group', { name: lane })).toBeVisible();
  expect(await lab.letters()).toMatch(/^P+–+R+–+R+–+$/);
  await expect(lab.verdict).toContainText('Valid by the strict rule');
  await expect(page.getByRole('row', { name: /^Description Perception/ })).toContainText('nats');
  await expect(lab.tokenPanel).toContainText('Forward KL');
  expect(lab.problems).toEqual([]);
});

test('a token shows its rule, its figures, both top lists and what its teacher reads', async ({
  page,
}) => {
  const lab = await openLab(page);
  await lab.settled();
  await lab.tokens.first().click();
  await expect(lab.tokenPanel).toContainText('Token 1 of');
  await expect(lab.tokenPanel).toContainText('the perception teacher, who sees the image');
  await expect(lab.tokenPanel).toContainText('no question');
  await expect(lab.tokenPanel).toContainText('No text in the user turn');
  await expect(lab.tokenPanel.getByRole('list').getByText('all others')).toHaveCount(2);

  await page.keyboard.press('End');
  await expect(lab.tokenPanel).toContainText('nobody supervises it');
  await page.keyboard.press('PageUp');
  await page.keyboard.press('ArrowRight');
  await expect(lab.tokens.and(page.locator('[aria-selected="true"]'))).toBeFocused();

  await page.getByRole('slider', { name: /chart/ }).focus();
  await page.keyboard.press('Home');
  await expect(lab.tokenPanel).toContainText('Token 1 of');
  await expect(page).toHaveURL(/token=0/);
  expect(lab.problems).toEqual([]);
});

test('another reference answer, method, reading or rule re-scores the same rollout', async ({
  page,
}) => {
  const lab = await openLab(page);
  await lab.settled();
  const texts = await lab.texts();
  const all = page.getByRole('row', { name: /^All/ });
  const before = await all.textContent();

  await page.getByRole('list', { name: 'Answers to try' }).getByRole('button').nth(2).click();
  await expect(all).not.toHaveText(before ?? '');
  await lab.settled();
  expect(await lab.texts()).toEqual(texts);
  await expect(lab.verdict).toContainText('though the picture says');

  await page.getByRole('radio', { name: 'Code' }).click();
  await expect.poll(lab.letters).toMatch(/^P+–+R+–+$/);
  await page.getByRole('radio', { name: 'OPSD' }).click();
  await expect.poll(lab.letters).toMatch(/^O+$/);
  await page.getByRole('radio', { name: 'Paper' }).click();
  await lab.settled();
  expect(await lab.letters()).toMatch(/^O+$/);
  const stage = page.locator('[data-stage="shown"]');
  await expect(stage.getByText('at τ = 1.1', { exact: true })).toHaveCount(2);
  await expect(lab.tokenPanel.getByText('at τ = 1.1')).not.toHaveCount(0);
  const ablation = page.getByRole('combobox', { name: /^Ablation ?: not under OPSD/ });
  await expect(ablation).toBeDisabled();
  await expect(ablation).toHaveAccessibleDescription(/OPSD has one teacher/);
  await lab.tokens.first().click();
  await expect(lab.tokenPanel).toContainText('In OPSD one teacher');
  expect(await lab.texts()).toEqual(texts);
  await expect(page).toHaveURL(/method=opsd/);
  expect(lab.problems).toEqual([]);
});

test('an invalid rollout says why, and only the reference teacher supervises it', async ({
  page,
}) => {
  const lab = await openLab(page, '?max=6');
  await lab.settled();
  await expect(lab.verdict).toContainText('Invalid: ');
  await expect(lab.verdict).toContainText('ends without an end of sequence');
  await expect(lab.verdict).toContainText('Only the reference teacher supervises it');
  await expect(lab.tokens.last()).toHaveAccessibleName(/parsing stopped after it/);
  await lab.verdict.getByRole('button', { name: /^6/ }).click();
  await expect(lab.tokenPanel).toContainText('Token 6 of');
  expect(await lab.letters()).toMatch(/^F{6}$/);
});

test('a link gives the same view, and a seed the same rollout', async ({ page }) => {
  const query = '?split=test&index=2&seed=5&method=opsd&token=3';
  const lab = await openLab(page, query);
  await lab.settled();
  await expect(lab.tokenPanel).toContainText('Token 4 of');
  const texts = await lab.texts();
  await page.getByRole('button', { name: /Run with the next seed/ }).click();
  await lab.settled();
  await expect(page).toHaveURL(/seed=6/);
  await page.goto(`./${query}`);
  await lab.settled();
  expect(await lab.texts()).toEqual(texts);
  await page.goto(`./${query.replace('token=3', 'token=400')}`);
  await lab.settled();
  await expect(alertOf(lab, 'link.not-whole')).toContainText(
    `Token “400” is not there: the rollout here has ${texts.length} tokens`,
  );
});

test('a gallery scene rolls out at once, and a question of one’s own on Enter', async ({
  page,
}) => {
  const lab = await openLab(page);
  await lab.settled();
  await page.getByRole('radio', { name: 'Maths' }).click();
  await page
    .getByRole('list', { name: /^Scenes to pick/ })
    .getByRole('button')
    .first()
    .click();
  await expect(page.getByRole('textbox', { name: 'Question' })).toHaveValue(/\?$/);
  await expect(page).toHaveURL(/split=test/);
  await lab.settled();

  await page.getByRole('textbox', { name: 'Question' }).fill('What is at the top?');
  await expect(page.getByText(/belongs to another question/)).toBeVisible();
  await page.keyboard.press('Enter');
  await lab.settled();
  await expect(page.getByText(/belongs to another question/)).toHaveCount(0);
});

test('a trace leaves as a file and comes back the same', async ({ page }) => {
  const lab = await openLab(page);
  await lab.settled();
  const texts = await lab.texts();
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Export trace' }).click();
  const file = await (await download).path();
  const trace = JSON.parse(readFileSync(file, 'utf8'));
  expect(trace.format).toBe('vigos-trace/1');
  expect(trace.tokens).toHaveLength(texts.length);

  await lab.setSampling('Length limit (tokens)', '4');
  await lab.run.click();
  await expect(lab.tokens).toHaveCount(4);
  await lab.settled();
  await page.getByLabel('Open trace').setInputFiles(file);
  await expect(page.getByText(/^Opened from/)).toBeVisible();
  expect(await lab.texts()).toEqual(texts);
});

/** The Lab's main job, end to end on the real model: roll out, look at tokens, change what the teachers know. */
import { readFileSync } from 'node:fs';
import { expect, test } from '@playwright/test';
import { alertOf, openLab } from './lab-page.ts';

test('a stranger sees a rollout with its teachers, changes what they know, and takes the trace away and back', async ({
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

  const texts = await lab.texts();
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Export trace' }).click();
  const file = await (await download).path();
  const trace = JSON.parse(readFileSync(file, 'utf8'));
  expect(trace.format).toBe('vigos-trace/1');
  expect(trace.tokens).toHaveLength(texts.length);

  const all = page.getByRole('row', { name: /^All/ });
  const before = await all.textContent();
  await page.getByRole('list', { name: 'Answers to try' }).getByRole('button').nth(2).click();
  await expect(all).not.toHaveText(before ?? '');
  await lab.settled();
  await page.getByLabel('the picture', { exact: true }).selectOption('blank');
  await expect(page.getByTestId('moved')).toContainText('most at');
  await page.getByRole('radio', { name: 'Code' }).click();
  await expect.poll(lab.letters).toMatch(/^P+–+R+–+$/);
  await page.getByRole('radio', { name: 'OPSD' }).click();
  await expect.poll(lab.letters).toMatch(/^O+$/);
  await lab.settled();
  expect(await lab.texts()).toEqual(texts);

  await lab.setSampling('Longest rollout (tokens)', '4');
  await lab.run.click();
  await expect(lab.tokens).toHaveCount(4);
  await lab.settled();
  await page.getByLabel('Open trace').setInputFiles(file);
  await expect(page.getByText(/^Opened from/)).toBeVisible();
  expect(await lab.texts()).toEqual(texts);
  expect(lab.problems).toEqual([]);
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
  await page.goto(`./${query.replace('token=3', 'token=400')}`);
  await lab.settled();
  expect(await lab.texts()).toEqual(texts);
  await expect(alertOf(lab, 'link.not-whole')).toContainText(
    `Token “400” is not there: the rollout here has ${texts.length} tokens`,
  );
});

/** The Rollouts page: a file is imported, found again after a reload, asked, and a row opened in the Lab. */
import { spawnSync } from 'node:child_process';
import { expect, test } from '@playwright/test';
import { generatedLines } from '../src/rollouts/fixtures/generated.ts';
import { expectAccessible } from './accessible.ts';
import { complaintsOf } from './console.ts';

// On a busy machine the tokenizer and the model take their time.
test.describe.configure({ timeout: 900_000 });
const SLOW = { timeout: 300_000 };

test('a file of rollouts is read without a model, found again, searched, and opened in the Lab', async ({
  page,
}) => {
  const problems = complaintsOf(page);
  await page.goto('./?page=rollouts');
  await expect(page).toHaveTitle(/^Rollouts/);
  const text = [...generatedLines(1, 400), 'no JSON\n'].join('');
  const picker = page.locator('input[type=file]').first();
  await picker.setInputFiles({
    name: 'verl.jsonl',
    mimeType: 'application/jsonl',
    buffer: Buffer.from(text),
  });
  const said = page.getByRole('status').filter({ hasText: /all of them|found in/ });
  await expect(said).toHaveText('400, all of them', SLOW);
  await expect(page.getByText('Read as generations as verl dumps them')).toBeVisible();
  await expect(page.getByText('1 line was skipped')).toBeVisible();
  await page.reload();
  await expect(said).toHaveText('400, all of them', SLOW);
  await page.getByRole('radio', { name: 'Invalid' }).click();
  await expect(said).toHaveText(/^\d+ of 400, found in/, SLOW);
  const validity = page.getByRole('radiogroup', { name: 'Validity' });
  await validity.getByRole('radio', { name: 'All', exact: true }).click();
  await page.getByRole('searchbox', { name: 'Search the completions' }).fill('so it is GREY');
  await expect(said).toHaveText(/^\d+ of 400, found in/, SLOW);
  await page.getByRole('list', { name: 'List of rollouts' }).getByRole('button').first().click();
  await expect(page.getByRole('listbox', { name: 'Tokens of the rollout' })).toBeVisible(SLOW);
  for (const width of [1440, 390]) {
    await page.setViewportSize({ width, height: 844 });
    await expectAccessible(page);
  }
  await page.setViewportSize({ width: 1280, height: 900 });
  await page.getByRole('button', { name: 'Open in the Lab' }).click();
  await expect(page.getByText('Read and planned, not scored')).toBeVisible(SLOW);
  await expect(page.getByRole('listbox', { name: 'Tokens of the rollout' })).toBeVisible();
  expect(problems).toEqual([]);
});

test('its benchmark follows the page to the end', () => {
  const command = ['--import', 'tsx', 'bench/rollouts.ts', '--rows', '300'];
  const { status, stdout, stderr } = spawnSync(process.execPath, command, { encoding: 'utf8' });
  expect(status, stderr).toBe(0);
  const figures: Readonly<Record<string, unknown>> = JSON.parse(stdout);
  expect(figures).toMatchObject({ rows: 300, frames: 180 });
  for (const name of ['importMs', 'listAfterReloadMs', 'filterMs', 'sortMs', 'searchMs'])
    expect(figures[name], name).toBeGreaterThan(0);
  expect(figures.lastSearchSaid).toMatch(/^\d+ of 300, found in/);
});

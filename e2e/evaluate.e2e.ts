/** The Evaluate page: asked, paused by a reload, gone on with, looked into, and opened in the Lab. */
import { expect, test } from '@playwright/test';
import { expectAccessible } from './accessible.ts';
import { complaintsOf } from './console.ts';

// Answers are computed: on a busy machine that takes its time.
test.describe.configure({ timeout: 900_000 });
const SLOW = { timeout: 300_000 };

test('an evaluation goes on after a reload; its figures open items, and those open in the Lab', async ({
  page,
}) => {
  const problems = complaintsOf(page);
  await page.goto('./?page=evaluate');
  await expect(page).toHaveTitle(/^Evaluate/);
  const count = page.getByRole('spinbutton', { name: 'groups' });
  await count.fill('14');
  await count.press('Enter');
  const start = page.getByRole('button', { name: 'Evaluate', exact: true });
  await expect(start).toBeEnabled(SLOW);
  await start.click();
  await expect(page.getByText(/^.*(16|32|48|64) of 84 answers/)).toBeVisible(SLOW);
  await page.reload();
  await page.getByRole('button', { name: /^Go on with/ }).click(SLOW);
  const score = page.getByRole('row', { name: /^Score F/ });
  await expect(score).toContainText('%', SLOW);
  await expect(page.getByRole('button', { name: /^Go on with/ })).toHaveCount(0, SLOW);
  for (const width of [1440, 390]) {
    await page.setViewportSize({ width, height: 844 });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(wide).toBeLessThanOrEqual(width);
  }
  await expectAccessible(page);
  await score.getByRole('button').last().click();
  await expect(page.getByText('28 responses count in it')).toBeVisible();
  await page.getByRole('button', { name: 'Open prior-test-1 in the Lab' }).click();
  await expect(page.getByRole('listbox').first()).toBeVisible(SLOW);
  expect(problems).toEqual([]);
});

/** All chapters from the first step to the last, in a hall and out of it, in both themes and on a phone. */
import { expect, type Page, test } from '@playwright/test';
import { expectAccessible } from './accessible.ts';
import { complaintsOf } from './console.ts';

/** Sizes and themes in turn, so that every chapter is seen in some and all are seen. */
const LOOKS = [
  { colorScheme: 'light', width: 1440, height: 900 },
  { colorScheme: 'dark', width: 390, height: 844 },
  { colorScheme: 'dark', width: 3840, height: 2160 },
] as const;

test('every chapter is gone through by keys alone, accessible, and asks before it tells', async ({
  page,
}) => {
  test.slow();
  const problems = complaintsOf(page);
  // Chapters stand on what is recorded until there is a model.
  await page.route('**/model.safetensors', () => undefined);
  await page.goto('./?chapter=copy');
  const stage = page.locator('[data-stage]');
  const heading = page.getByRole('heading', { level: 2 });
  const titles = new Set<string>();
  const on = page.locator('main footer').getByRole('button').last();
  for (let steps = 0; steps < 100; steps++) {
    await expect(stage).toBeVisible();
    const title = (await heading.textContent()) ?? '';
    if (!titles.has(title)) {
      const { colorScheme, ...size } = LOOKS[titles.size % LOOKS.length];
      titles.add(title);
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.setViewportSize(size);
      await expectAccessible(page);
    }
    if (await page.getByRole('region', { name: 'Your prediction' }).locator('ul').isVisible())
      await expect(page.locator('[data-said]')).toHaveCount(0);
    if ((await on.textContent())?.startsWith('The end')) break;
    const before = page.url();
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => page.url()).not.toBe(before);
  }
  expect(titles.size).toBe(12);
  expect(problems).toEqual([]);
});

test('in a hall: large type, no controls, a clicker, and the same step after a reload', async ({
  page,
}) => {
  await page.route('**/model.safetensors', () => undefined);
  await page.setViewportSize({ width: 1920, height: 1080 });
  await page.goto('./?chapter=copy&step=gap&present=1');
  const heading = page.getByRole('heading', { level: 3 });
  await expect(heading).toHaveText('The difference is the lesson');
  await expect(page.getByRole('navigation', { name: 'Pages' })).toBeHidden();
  const size = (selector: string) =>
    page
      .locator(selector)
      .first()
      .evaluate((element) => Number.parseFloat(getComputedStyle(element).fontSize));
  for (const selector of ['[data-said]', '[data-stage] td', '[data-said] [data-figure]'])
    expect(await size(selector), selector).toBeGreaterThanOrEqual(24);
  expect(await smallestPrint(page)).toBeGreaterThanOrEqual(24);
  expect(await tooTall(page)).toBe(0);
  const notes = page.waitForEvent('popup');
  await page.keyboard.press('n');
  const told = await notes;
  await expect(told.getByRole('heading')).toHaveText('The difference is the lesson');
  await told.keyboard.press('PageDown');
  await expect(heading).toHaveText('One teacher for every token');
  await expect(told.getByRole('heading')).toHaveText('One teacher for every token');
  expect(await tooTall(page)).toBe(0);
  await page.reload();
  await expect(heading).toHaveText('One teacher for every token');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('navigation', { name: 'Pages' })).toBeVisible();
});

/** Of what is printed on the stage, axes and letters too, in pixels. */
const smallestPrint = (page: Page): Promise<number> =>
  page.locator('[data-stage]').evaluate((stage) => {
    const printed = [...stage.querySelectorAll('*')].filter((element) =>
      [...element.childNodes].some(({ nodeType }) => nodeType === Node.TEXT_NODE),
    );
    const seen = printed.filter((element) => element.getBoundingClientRect().width > 1);
    return Math.min(
      ...seen.map((element) => Number.parseFloat(getComputedStyle(element).fontSize)),
    );
  });

/** By how many pixels a step is taller than its screen. */
const tooTall = (page: Page): Promise<number> =>
  page.evaluate(() => document.documentElement.scrollHeight - innerHeight);

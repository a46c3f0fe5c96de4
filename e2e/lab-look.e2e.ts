/** The Lab in light and dark, wide and narrow: nothing that axe objects to, nothing that sticks out. */
import { Buffer } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { expect, type Page, test } from '@playwright/test';
import { longTrace } from '../bench/long-trace.ts';
import { parseTrace } from '../src/engine/traces/trace-file.ts';
import { expectAccessible } from './accessible.ts';
import { openLab } from './lab-page.ts';

/** Both sizes and both themes: colours do not depend on the size, nor anything else on the theme. */
const LOOKS = [
  { colorScheme: 'light', width: 1440, height: 900 },
  { colorScheme: 'dark', width: 390, height: 844 },
] as const;

interface LookedAt {
  name: string;
  query?: string;
  /** The model never comes. */
  unloaded?: boolean;
  act(page: Page): Promise<unknown>;
  /** Also opens this at each size, since pop-ups close when the page changes. */
  dialog?: { button: string | RegExp; name: string | RegExp };
}

const recorded = parseTrace(readFileSync('public/recorded/pink-sun.json', 'utf8'));
const long = {
  name: 'long.json',
  mimeType: 'application/json',
  buffer: Buffer.from(JSON.stringify(longTrace(recorded, 4096))),
};
const broken = { name: 'a.json', mimeType: 'application/json', buffer: Buffer.from('{') };

const STATES: readonly LookedAt[] = [
  {
    name: 'a trace of 4,096 tokens, with an error and the backend’s pop-up open',
    act: async (page) => {
      await page.getByLabel('Open trace').setInputFiles(long);
      await expect(page.getByText('Opened from long.json')).toBeVisible();
      await page.getByLabel('Open trace').setInputFiles(broken);
      await expect(page.getByRole('alert')).toBeVisible();
    },
    dialog: { button: /^Backend/, name: 'Backend and model' },
  },
  {
    name: 'walking through one of several rollouts, both methods, another picture, the editor open',
    query: '?n=3&both=1&see=blank&level=assign&token=9',
    act: async (page) => {
      await page.getByRole('button', { name: 'Edit this rollout' }).click();
      await page.getByRole('button', { name: 'Next segment' }).click();
    },
    dialog: { button: 'Sampling settings', name: 'Sampling settings' },
  },
  {
    name: 'invalid, a question of one’s own, with help open',
    query: '?max=6&q=What%3F&a=blue&level=loss',
    act: (page) =>
      page.getByRole('region', { name: 'Token', exact: true }).scrollIntoViewIfNeeded(),
    dialog: { button: 'Forward KL', name: 'Forward KL' },
  },
  {
    name: 'recorded, while the model loads',
    unloaded: true,
    act: (page) => expect(page.locator('[data-recorded]')).toBeVisible(),
  },
  {
    name: 'loading, with nothing to show yet',
    query: '?seed=77',
    unloaded: true,
    act: (page) => expect(page.getByRole('progressbar')).toBeVisible(),
  },
];

for (const { name, query, unloaded = false, act, dialog } of STATES)
  test(`accessible and nothing sticks out: ${name}`, async ({ page }) => {
    test.slow();
    if (unloaded) await page.route('**/model.safetensors', () => undefined);
    const lab = await openLab(page, query);
    if (!unloaded) await lab.settled();
    await act(page);
    for (const { colorScheme, ...screen } of LOOKS) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize(screen);
      if (dialog !== undefined) {
        await page.getByRole('button', { name: dialog.button }).first().click();
        await expect(page.getByRole('dialog', { name: dialog.name })).toBeVisible();
      }
      await expectAccessible(page);
      if (dialog !== undefined) await page.keyboard.press('Escape');
      expect(await sticksOut(page)).toBe(0);
    }
  });

test('nothing sticks out or is cut from 320 pixels to 4K', async ({ page }) => {
  const lab = await openLab(page, '?n=3&both=1&see=blank&level=assign');
  await lab.settled();
  for (const width of [320, 390, 768, 1024, 1440, 2560, 3840]) {
    await page.setViewportSize({ width, height: 900 });
    expect(await sticksOut(page), `${width} pixels wide`).toBe(0);
    const title = page.getByRole('heading', { level: 1 });
    expect(await title.evaluate((h1) => h1.scrollWidth - h1.clientWidth)).toBeLessThanOrEqual(0);
  }
});

/** How many pixels the page is wider than its window. */
const sticksOut = (page: Page): Promise<number> =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

test('the theme button goes through system, light and dark, and is remembered', async ({
  page,
}) => {
  await page.emulateMedia({ colorScheme: 'light' });
  await openLab(page);
  const ground = () =>
    page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  const light = await ground();
  const button = page.getByRole('button', { name: /^Theme/ });
  await button.click();
  expect(await ground()).toBe(light);
  await button.click();
  expect(await ground()).not.toBe(light);
  const dark = await ground();
  await page.reload();
  await expect.poll(ground).toBe(dark);
});

/** The Lab in light and dark, wide and narrow: nothing that axe objects to, nothing that sticks out. */
import { AxeBuilder } from '@axe-core/playwright';
import { expect, test } from '@playwright/test';
import { openLab } from './labPage.ts';

const SCREENS = [
  { width: 1440, height: 900 },
  { width: 390, height: 844 },
];

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme });

    test('is accessible at every size, with notes and pop-ups open', async ({ page }) => {
      const lab = await openLab(page);
      await lab.settled();
      await page.getByLabel('Open trace').setInputFiles({
        name: 'broken.json',
        mimeType: 'application/json',
        buffer: Buffer.from('{'),
      });
      await expect(page.getByRole('alert')).toBeVisible();
      for (const screen of SCREENS) {
        await page.setViewportSize(screen);
        await page.getByRole('button', { name: /^Backend/ }).click();
        await expect(page.getByRole('dialog', { name: 'Backend and model' })).toBeVisible();
        const { violations } = await new AxeBuilder({ page }).analyze();
        expect(violations.map(({ id, nodes }) => [id, nodes.map((n) => n.html)])).toEqual([]);
        await page.keyboard.press('Escape');
        const wider = await page.evaluate(
          () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
        );
        expect(wider).toBe(0);
      }
    });
  });
}

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

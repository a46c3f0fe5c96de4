/** Storage that is full or refused: training goes on, what was written stays whole, and both are said. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromium, expect, type Page, test } from '@playwright/test';
import { chromiumFlags, findChromium } from '../scripts/chromium.ts';
import { killEngineAt } from './engine-worker.ts';
import { openTrain, SHORT } from './train-page.ts';

test.describe.configure({ timeout: 900_000 });

/** Sets the bytes that the site may store, for as long as the page is open; undefined gives all back. */
async function quotaOf(page: Page): Promise<(quotaSize?: number) => Promise<unknown>> {
  const { origin } = new URL(page.url());
  const devtools = await page.context().newCDPSession(page);
  return (quotaSize) =>
    devtools.send('Storage.overrideQuotaForOrigin', {
      origin,
      ...(quotaSize === undefined ? {} : { quotaSize }),
    });
}

test('full storage lets the run go on and says that it is not kept', async ({ page }) => {
  const view = await openTrain(page, { ...SHORT, steps: '1', 'followed.every': '0' });
  const setQuota = await quotaOf(page);
  await setQuota(1);
  await view.train.click();
  await view.reaches('done');
  await expect(page.locator('[data-error-code="storage.full"]')).toBeVisible();
  await expect(view.headline).toHaveAttribute('data-run-step', '1');
});

test('storage that fills up in the middle of a run leaves the checkpoint before it whole', async ({
  page,
}) => {
  let view = await openTrain(page, { ...SHORT, 'followed.every': '0' });
  await view.button('One step').click();
  await view.reaches('paused');
  await expect(view.runs).toContainText('1 of 3');
  // Room for the record and the log, and for half of a checkpoint.
  const used = await page.evaluate(async () => (await navigator.storage.estimate()).usage ?? 0);
  const setQuota = await quotaOf(page);
  await setQuota(used + 200_000);
  await view.button('One step').click();
  await expect(page.locator('[data-error-code="storage.full"]')).toBeVisible({ timeout: 300_000 });
  await view.reaches('paused');
  await expect(view.headline).toHaveAttribute('data-run-step', '2');

  await setQuota();
  view = await openTrain(page, { ...SHORT, 'followed.every': '0' });
  await view.reaches('kept');
  await view.button('Go on from step 1').click();
  await view.reaches('done');
  await expect(view.headline).toHaveAttribute('data-run-step', '3');
  await expect(view.runs).toContainText('3 of 3');
});

/** A page of a browser that lets no site store anything. */
async function withoutSiteData(
  baseURL: string | undefined,
  work: (page: Page) => Promise<void>,
): Promise<void> {
  // As a person sets it: no site data at all. Files, locks and local storage are refused with it.
  const profile = mkdtempSync(path.join(tmpdir(), 'vigos-no-site-data-'));
  mkdirSync(path.join(profile, 'Default'));
  const preferences = { profile: { default_content_setting_values: { cookies: 2 } } };
  writeFileSync(path.join(profile, 'Default', 'Preferences'), JSON.stringify(preferences));
  const executablePath = findChromium();
  const context = await chromium.launchPersistentContext(profile, {
    ...(executablePath === undefined ? {} : { executablePath }),
    ...(baseURL === undefined ? {} : { baseURL }),
    args: [...chromiumFlags('off')],
    viewport: { width: 1280, height: 900 },
  });
  try {
    await work(await context.newPage());
  } finally {
    await context.close();
    rmSync(profile, { recursive: true, force: true });
  }
}

test('where sites may store nothing, a run trains to its end, is not kept, and can be exported', async ({
  baseURL,
}) => {
  await withoutSiteData(baseURL, async (page) => {
    const view = await openTrain(page, { ...SHORT, steps: '1', 'followed.every': '0' });
    const refused = await page.evaluate(() =>
      navigator.storage.getDirectory().then(
        () => '',
        (error: Error) => error.name,
      ),
    );
    expect(refused).toBe('SecurityError');
    await view.train.click();
    await view.reaches('done');
    const alert = page.locator('[data-error-code="storage.refused"]');
    await expect(alert).toContainText('The browser keeps no files for this site');
    await expect(alert).toContainText('export the run before you close the tab');
    await expect(view.runs).toContainText('1 of 1');
    await page.getByRole('button', { name: /^Export/ }).click();
    await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Whole run, to go on elsewhere' }).click(),
    ]);
    expect(view.problems).toEqual([]);
  });
});

test('where sites may store nothing, and so hold no lock, the end of a worker is noticed all the same', async ({
  baseURL,
}) => {
  await withoutSiteData(baseURL, async (page) => {
    const view = await openTrain(page, { ...SHORT, 'followed.every': '0' });
    await killEngineAt(page, { event: 'train.step' });
    await view.train.click();
    await view.reaches('interrupted');
    await expect(page.locator('[data-error-code="run.lost"]')).toContainText('Start the run again');
    await expect(page.locator('[data-error-code="storage.refused"]')).toHaveCount(0);
    await view.ready();
  });
});

import path from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import { killEngineAt } from './engine-worker.ts';
import { serveStatically } from './static-host.ts';
import { openTrain, SHORT } from './train-page.ts';

test.describe.configure({ timeout: 900_000 });

test('a run that one tab holds, waiting or training, is left to it unless it is taken over', async ({
  page,
  context,
}) => {
  // More than any machine makes until the other tab asks for the run.
  const long = { ...SHORT, steps: '5000', 'followed.every': '0', checkpointEvery: '0' };
  const first = await openTrain(page, long);
  await first.button('One step').click();
  await first.reaches('paused');
  await expect(first.runs).toHaveCount(1);
  const second = await openTrain(await context.newPage(), long);
  await second.reaches('elsewhere');
  const busyIn = (tab: Page) => tab.locator('[data-error-code="run.busy"]');
  const remove = async (tab: Page) => {
    await tab.getByRole('button', { name: /^Delete/ }).click();
    await tab.getByRole('button', { name: 'Delete', exact: true }).click();
  };
  await remove(second.page);
  await expect(busyIn(second.page)).toBeVisible();
  await second.button('Go on from step 1').click();
  await expect(busyIn(second.page).last()).toContainText('writes down');
  await second.page.getByRole('button', { name: 'Take it over' }).click();
  await first.reaches('elsewhere');
  await expect(first.headline).toHaveAttribute('data-run-step', '1');
  await expect
    .poll(async () => Number(await second.headline.getAttribute('data-run-step')), {
      timeout: 300_000,
    })
    .toBeGreaterThan(1);

  // Back again: the tab that trains writes its last step down first.
  await first.button('Go on from step 1').click();
  await first.page.getByRole('button', { name: 'Take it over' }).click();
  await second.reaches('elsewhere');
  const given = Number(await second.headline.getAttribute('data-run-step'));
  expect(given).toBeGreaterThan(1);
  await first.reaches('running');
  await first.button('Pause').click();
  await first.reaches('paused');
  expect(Number(await first.headline.getAttribute('data-run-step'))).toBeGreaterThan(given);
  await expect(second.headline).toHaveAttribute('data-run-step', String(given));

  // Deleted by the tab that has it, it is gone in the other.
  await remove(page);
  await expect(first.runs).toHaveCount(0);
  await second.button(`Go on from step ${given}`).click();
  await expect(second.page.locator('[data-error-code="run.missing"]')).toContainText('another tab');
  await expect(second.runs).toHaveCount(0);
});

test('two tabs that begin a run at the same moment have two, and deleting one in both loses no other', async ({
  page,
  context,
}) => {
  const brief = { ...SHORT, steps: '1', 'followed.every': '0' };
  const tabs = [await openTrain(page, brief), await openTrain(await context.newPage(), brief)];
  await Promise.all(tabs.map(({ train }) => train.click()));
  await Promise.all(tabs.map(({ reaches }) => reaches('done')));
  const names = await Promise.all(
    tabs.map(({ headline }) => headline.getByRole('heading').textContent()),
  );
  expect(names.sort()).toEqual(['ViGOS 1', 'ViGOS 2']);
  for (const { runs, page: tab } of tabs) {
    // As when a person comes to it from the other.
    await tab.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
    await expect(runs).toHaveCount(2);
  }
  await Promise.all(tabs.map(({ button }) => button(/^Delete ViGOS 1/).click()));
  await Promise.all(tabs.map(({ button }) => button('Delete').click()));
  for (const { runs, page: tab, problems } of tabs) {
    await expect(runs).toHaveCount(1);
    await expect(runs).toContainText('ViGOS 2');
    await expect(tab.locator('[data-error-code="internal.unexpected"]')).toHaveCount(0);
    expect(problems).toEqual([]);
  }
  const later = await openTrain(await context.newPage(), brief);
  await expect(later.runs).toHaveCount(1);
  await expect(later.runs).toContainText('1 of 1');
  await expect(later.headline.getByRole('heading')).toHaveText('ViGOS 2');
});

test('a run that was stopped is gone on with; its name, however long, breaks no page', async ({
  page,
}) => {
  await page.setViewportSize({ width: 390, height: 800 });
  const view = await openTrain(page, { ...SHORT, steps: '5000', 'followed.every': '0' });
  await view.train.click();
  await expect(view.headline).toHaveAttribute('data-run-step', /^[1-9]/, { timeout: 300_000 });
  await view.button('Stop').click();
  await view.reaches('stopped');
  await view.button(/^Go on from step [1-9]/).click();
  await view.reaches('running');
  await view.button('Pause').click();
  await view.reaches('paused');
  await expect(view.headline.getByRole('heading')).toHaveText('ViGOS 1');
  const long = 'W'.repeat(80);
  const name = page.getByRole('textbox', { name: /^Name of/ });
  await name.fill(long);
  await name.press('Enter');
  await expect(view.headline.getByRole('heading')).toHaveText(long);
  expect(await widest(page)).toEqual([]);
  await view.button('Stop').click();
  await view.reaches('stopped');
  await page.getByRole('button', { name: /^Delete W/ }).click();
  expect(await widest(page)).toEqual([]);
  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  await expect(view.runs).toHaveCount(0);
  await expect(page.getByRole('heading', { name: 'Runs', exact: true })).toBeFocused();
});

test('a host that lets no thread start from a blob is told so, and nothing waits for ever', async ({
  page,
}) => {
  const host = await serveStatically(path.resolve(import.meta.dirname, '../dist'), '/', {
    headers: {
      'Cross-Origin-Opener-Policy': 'same-origin',
      'Cross-Origin-Embedder-Policy': 'require-corp',
      'Content-Security-Policy': "worker-src 'self'",
    },
  });
  try {
    const view = await openTrain(page, { ...SHORT, 'followed.every': '0' }, host.url);
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
    await view.train.click();
    await view.reaches('failed');
    const alert = page.locator('[data-error-code="train.no-threads"]');
    await expect(alert).toContainText('threads that compute gradients do not start');
    await expect(alert).toContainText('worker-src');
  } finally {
    await host.close();
  }
});

test('a worker that dies takes nothing with it that was written down', async ({ page }) => {
  const view = await openTrain(page, { ...SHORT, steps: '5000', 'followed.every': '0' });
  // In step 3, whose rollouts are there.
  await killEngineAt(page, { event: 'train.rollouts', nth: 3 });
  await view.train.click();
  await view.reaches('interrupted');
  await expect(view.runs).toHaveCount(1);
  await view.ready();
  await view.button(/^Go on from step [1-9]/).click();
  await view.reaches('running');
  await view.button('Pause').click();
  await view.reaches('paused');
});

/** What stands out of the page on the right, but for what is scrolled or cut on purpose. */
function widest(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const { clientWidth, scrollWidth } = document.documentElement;
    if (scrollWidth <= clientWidth) return [];
    return [...document.querySelectorAll('body *')]
      .filter((element) => element.getBoundingClientRect().right > clientWidth + 1)
      .map(({ tagName, className }) => `${tagName} ${className}`);
  });
}

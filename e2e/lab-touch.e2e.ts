/** The Lab under a thumb on a narrow screen: taps and drags alone, and targets that a thumb can hit. */
import { expect, type Locator, test } from '@playwright/test';
import { violationsOf } from './accessible.ts';
import { openLab } from './lab-page.ts';

test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

/** Drags a finger across an element, from and to these shares of its width. */
async function drag(target: Locator, from: number, to: number): Promise<void> {
  await target.scrollIntoViewIfNeeded();
  const box = await target.boundingBox();
  if (box === null) throw new Error('nothing to drag over');
  const at = (share: number) => [{ x: box.x + box.width * share, y: box.y + box.height / 2 }];
  const session = await target.page().context().newCDPSession(target.page());
  await session.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: at(from) });
  for (let i = 1; i <= 8; i++)
    await session.send('Input.dispatchTouchEvent', {
      type: 'touchMove',
      touchPoints: at(from + ((to - from) * i) / 8),
    });
  await session.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
  await session.detach();
}

test('a thumb picks a scene, runs it, walks the tokens and asks what if', async ({ page }) => {
  // Many steps, each redrawn on a machine that may be slow.
  test.slow();
  const lab = await openLab(page);
  await lab.settled();
  await page.getByRole('radio', { name: 'Spatial' }).tap();
  await page
    .getByRole('list', { name: /^Scenes to pick/ })
    .getByRole('button')
    .nth(2)
    .tap();
  await expect(page).toHaveURL(/split=test/);
  await lab.settled();
  await lab.run.tap();
  await lab.settled();
  const texts = await lab.texts();

  await lab.tokens.nth(2).tap();
  const peek = page.getByRole('complementary', { name: 'Current token' });
  await expect(peek).toBeInViewport();
  await drag(page.getByRole('slider', { name: /chart/ }), 0.1, 0.95);
  await expect(lab.tokenPanel).not.toContainText('Token 3 of');
  await peek.getByRole('button', { name: 'Figures' }).tap();
  await expect(page.getByRole('button', { name: 'Next token', exact: true })).toBeInViewport();
  // Looking is no run.
  await expect(page.locator('[aria-busy="true"]')).toHaveCount(0);
  expect(await lab.texts()).toEqual(texts);

  await page.getByRole('radio', { name: 'Assign' }).tap();
  await page.getByRole('button', { name: 'Play', exact: true }).tap();
  await expect(page.getByTestId('step-words')).not.toContainText(`Token ${texts.length},`);
  await page.getByRole('button', { name: 'Pause' }).tap();
  await page.getByRole('button', { name: 'Next segment' }).tap();
  await page.getByRole('radio', { name: 'All' }).tap();
  await page.getByRole('button', { name: 'Largest divergence' }).tap();

  await page.getByRole('radio', { name: 'OPSD' }).tap();
  await expect.poll(lab.letters).toMatch(/^O+$/);
  await page.getByRole('switch', { name: 'Side by side' }).tap();
  await expect(page.getByRole('listbox', { name: 'Tokens under ViGOS' })).toBeVisible();
  await page.getByRole('list', { name: 'Answers to try' }).getByRole('button').nth(1).tap();
  await expect(page.getByTestId('moved')).toBeVisible();
  expect(await lab.texts()).toEqual(texts);

  const help = page.getByRole('button', { name: 'Mean divergence', exact: true });
  await help.tap();
  const dialog = page.getByRole('dialog', { name: 'Mean divergence' });
  await expect(dialog).toBeVisible();
  await lab.verdict.tap({ position: { x: 4, y: 4 } });
  await expect(dialog).toHaveCount(0);
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Export trace' }).tap();
  await download;
  expect(lab.problems).toEqual([]);
});

test('every target is large enough or far enough from the next', async ({ page }) => {
  const lab = await openLab(page, '?n=2&both=1&see=blank&level=score');
  await lab.settled();
  await page.getByRole('button', { name: 'Edit this rollout' }).tap();
  for (const method of ['ViGOS', 'OPSD']) {
    await page.getByRole('radio', { name: method, exact: true }).tap();
    await lab.settled();
    expect(await violationsOf(page, 'target-size'), method).toEqual([]);
  }
});

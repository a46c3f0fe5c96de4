/** The loading bar says what is waited for, and only ever grows. */
import { expect, test } from '@playwright/test';
import { hold } from './held.ts';
import { openLab } from './lab-page.ts';

test('while the runtime has not come, the bar says so and stands at the model’s part', async ({
  page,
}) => {
  const release = await hold(page, '**/*.wasm');
  await page.addInitScript(() => {
    const seen: number[] = [];
    Object.assign(globalThis, { seen });
    new MutationObserver(() => {
      const bar = document.querySelector('[aria-label="Loading the model"]');
      if (bar !== null) seen.push(Number(bar.getAttribute('aria-valuenow')));
    }).observe(document, { subtree: true, childList: true, attributes: true });
  });
  // No rollout was recorded of this scene, so that the page shows the bar alone.
  const lab = await openLab(page, '?split=test&index=4');
  await expect(page.getByText('Waiting for ONNX Runtime')).toBeVisible();
  await expect(page.getByRole('progressbar', { name: 'Loading the model' })).toHaveAttribute(
    'aria-valuenow',
    '20',
  );
  release();
  await lab.settled();
  const seen = await page.evaluate(() => (globalThis as unknown as { seen: number[] }).seen);
  expect(seen).toEqual([...seen].sort((a, b) => a - b));
  expect(Math.max(...seen)).toBeLessThanOrEqual(100);
  expect(lab.problems).toEqual([]);
});

/** The first minute, as a newcomer has it: recorded before the model is there, then computed here. */
import { expect, type Page, test } from '@playwright/test';
import { expectAccessible } from './accessible.ts';
import { complaintsOf } from './console.ts';
import { hold } from './held.ts';

const marked = (page: Page) => page.getByTestId('marked');
const showed = (page: Page) => page.getByTestId('showed');
const swap = (page: Page) => page.getByRole('button', { name: 'Swap what the teachers see' });

test('the swap says who looks before the model has loaded, and the model here says the same', async ({
  page,
}) => {
  const problems = complaintsOf(page);
  const release = await hold(page, '**/model.safetensors');
  await page.goto('./');
  await expect(page.getByText('Recorded: tiny-qwen2.5-vl on WebAssembly')).toBeVisible();
  await expect(marked(page)).toContainText('At “yellow” the student contradicts the picture');
  await swap(page).click();
  await expect(showed(page)).toContainText('At “yellow” the reasoning teacher');
  await expect(showed(page)).toContainText('hardly looks: 5.641 nats from the student');
  const recorded = await showed(page).innerText();

  release();
  await expect(page.getByText('Computed here, by tiny-qwen2.5-vl')).toBeVisible({
    timeout: 300_000,
  });
  // The same seed and model, on this machine's backend.
  await expect.poll(() => showed(page).innerText(), { timeout: 300_000 }).toBe(recorded);
  expect(problems).toEqual([]);
});

test('what a visit had behind “All controls” the next one opens with', async ({ page }) => {
  await page.route('**/model.safetensors', () => undefined);
  await page.goto('./');
  await page.getByRole('button', { name: 'All controls' }).click();
  await expect(page.getByRole('button', { name: 'Run', exact: true })).toBeVisible();
  await page.goto('./');
  await expect(page.getByRole('button', { name: 'Run', exact: true })).toBeVisible();
  await page.getByRole('button', { name: 'One token' }).click();
  await expect(marked(page)).toBeVisible();
  // An address that names something says the view, too.
  await page.goto('./?seed=2');
  await expect(page.getByRole('button', { name: 'Run', exact: true })).toBeVisible();
  await page.goto('./?see=swapped');
  await expect(showed(page)).toBeVisible();
});

for (const [width, height] of [
  [1440, 900],
  [390, 844],
] as const)
  test(`the sentence, the button and a token are on the first screen, accessible: ${width}`, async ({
    page,
  }) => {
    test.slow();
    await page.setViewportSize({ width, height });
    await page.route('**/model.safetensors', () => undefined);
    await page.goto('./');
    for (const part of [marked(page), swap(page), page.getByRole('option').first()])
      await expect(part).toBeInViewport({ ratio: 1 });
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await expectAccessible(page);
    }
    await swap(page).click();
    // A press shows what it did.
    await expect(showed(page)).toBeInViewport({ ratio: 1 });
    for (const colorScheme of ['dark', 'light'] as const) {
      await page.emulateMedia({ colorScheme });
      await expectAccessible(page);
    }
  });

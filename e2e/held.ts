/** Holds what a page fetches back. */
import type { Page } from '@playwright/test';

/** Nothing at addresses like `glob` comes before the answer is called. */
export async function hold(page: Page, glob: string): Promise<() => void> {
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  await page.route(glob, async (route) => {
    await held;
    await route.continue();
  });
  return release;
}

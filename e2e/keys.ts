/** Walking a page with the keyboard alone. */
import type { Locator } from '@playwright/test';

/** Presses Tab until the focus is where a person wants it. */
export async function tabTo(target: Locator, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
  const { keyboard } = target.page();
  for (let i = 0; i < 120; i++) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await keyboard.press(key);
  }
  throw new Error(`not reached with ${key}: ${target}`);
}

/** What a page complains of on its console; most tests want nothing there. */
import type { Page } from '@playwright/test';

/** Said by the test runner itself, where service workers are off for a test. */
const NOT_THE_PAGE = 'Service Worker registration blocked by Playwright';

/** Errors and warnings of the console from here on, and what a page throws. */
export function complaintsOf(page: Page): string[] {
  const complaints: string[] = [];
  page.on('console', (message) => {
    const wrong = message.type() === 'error' || message.type() === 'warning';
    if (wrong && message.text() !== NOT_THE_PAGE) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  return complaints;
}

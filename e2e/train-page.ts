/** The Train page as a person finds it, and what must never happen while they use it. */
import { expect, type Locator, type Page } from '@playwright/test';
import { complaintsOf } from './console.ts';

/** A run that is over in seconds: two short rollouts a step, no evaluation. */
export const SHORT = {
  steps: '3',
  rolloutsPerStep: '2',
  'sampling.maxNewTokens': '64',
  'evaluation.every': '0',
  'followed.every': '1',
  checkpointEvery: '1',
};

/** Compilation, on a slow machine. */
const SLOW = 300_000;

export interface TrainPage {
  page: Page;
  train: Locator;
  headline: Locator;
  runs: Locator;
  problems: string[];
  button(name: string | RegExp): Locator;
  /** Waits until the run on the page is in a state. */
  reaches(state: string): Promise<void>;
  /** The column of a chart's table, from the first step on. */
  column(chart: string): Promise<string[]>;
  ready(): Promise<void>;
}

export async function openTrain(
  page: Page,
  settings: Readonly<Record<string, string>> = SHORT,
  site = './',
): Promise<TrainPage> {
  const problems = complaintsOf(page);
  await page.goto(`${site}?${new URLSearchParams({ page: 'train', ...settings })}`);
  const button = (name: string | RegExp) => page.getByRole('button', { name, exact: true });
  const headline = page.locator('[data-run-state]');
  const view: TrainPage = {
    page,
    problems,
    headline,
    button,
    train: button('Train'),
    runs: page.locator('tr[data-run]'),
    async reaches(state) {
      await expect(headline).toHaveAttribute('data-run-state', state, { timeout: SLOW });
    },
    async column(chart) {
      const card = page.getByRole('region', { name: chart, exact: true });
      await card.scrollIntoViewIfNeeded();
      const toggle = card.getByRole('button', { name: 'Table' });
      await toggle.click();
      const cells = await card.locator('tbody td').allTextContents();
      await toggle.click();
      return cells.reverse();
    },
    async ready() {
      await expect(
        page.getByRole('button', { name: /^Backend and model: (WebA|WebG)/ }),
      ).toBeVisible({ timeout: 300_000 });
      await expect(button(/^(Train|New run)$/)).toHaveAttribute('aria-disabled', 'false');
    },
  };
  await view.ready();
  return view;
}

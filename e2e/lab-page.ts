/** The Lab as a person finds it on the page, and what must never happen while they use it. */
import { expect, type Locator, type Page } from '@playwright/test';
import { complaintsOf } from './console.ts';

export interface LabPage {
  page: Page;
  tokens: Locator;
  run: Locator;
  cancel: Locator;
  verdict: Locator;
  tokenPanel: Locator;
  /** Errors and warnings of the console so far. */
  problems: string[];
  /** Waits until a rollout is on the page, scored, and nothing is under way. */
  settled(): Promise<void>;
  /** The rollout's token texts, as they are drawn. */
  texts(): Promise<string[]>;
  /** The letter of each token's teacher, in order. */
  letters(): Promise<string>;
  /** Sets a number behind the sampling button. */
  setSampling(label: string, value: string): Promise<void>;
}

/** Opens the Lab at a query string; it loads its model and rolls out by itself. */
export async function openLab(page: Page, query = ''): Promise<LabPage> {
  const problems = complaintsOf(page);
  // All controls are what most tests are about.
  const all = query.includes('view=') ? query : `${query === '' ? '?' : `${query}&`}view=all`;
  await page.goto(`./${all}`);

  const strip = page.getByRole('listbox', { name: 'Tokens of the rollout' });
  const tokens = strip.getByRole('option');
  const lab: LabPage = {
    page,
    tokens,
    problems,
    run: page.getByRole('button', { name: 'Run', exact: true }),
    cancel: page.getByRole('button', { name: 'Cancel', exact: true }),
    verdict: page.getByTestId('verdict'),
    tokenPanel: page.getByRole('region', { name: 'Token', exact: true }),
    async settled() {
      // Run can be pressed before: it waits for the model.
      await expect(page.getByRole('button', { name: /^Backend and model: Loading/ })).toHaveCount(
        0,
        { timeout: 300_000 },
      );
      await expect(lab.run).toBeEnabled({ timeout: 300_000 });
      await expect(lab.verdict).toBeVisible({ timeout: 300_000 });
      await expect(page.locator('[data-recorded]')).toHaveCount(0, { timeout: 300_000 });
      await expect(page.locator('[data-stage][aria-busy="true"]')).toHaveCount(0);
    },
    async texts() {
      return tokens.locator('[data-part="text"]').allTextContents();
    },
    async letters() {
      return (await tokens.locator('[data-part="letter"]').allTextContents()).join('');
    },
    async setSampling(label, value) {
      await page.getByRole('button', { name: 'Sampling settings' }).click();
      const field = page.getByRole('spinbutton', { name: label });
      await field.fill(value);
      await field.blur();
      await page.keyboard.press('Escape');
    },
  };
  return lab;
}

/** The note of one error, wherever on the page it stands. */
export const alertOf = (lab: LabPage, code: string): Locator =>
  lab.page.locator(`[data-error-code="${code}"]`);

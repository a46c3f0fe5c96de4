/** An open tab when the connection goes and comes back. */
import path from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import { serveStatically } from './static-host.ts';

const link = (page: Page, name: string) => page.getByRole('link', { name });

test('what is asked for offline says so, and comes when the connection is back', async ({
  page,
  context,
}) => {
  const host = await serveStatically(path.resolve(import.meta.dirname, '../dist'), '/site/', {
    indexForUnknown: true,
  });
  await page.goto(host.url);
  await expect(page.getByRole('button', { name: /^Backend and model: Web/ })).toBeVisible();
  await context.setOffline(true);
  const offline = page.locator('[data-error-code="part.no-connection"]');
  for (const name of ['Train', 'Bench']) {
    await link(page, name).click();
    await expect(offline).toContainText(
      `The ${name} page could not be loaded: there is no connection`,
    );
  }
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(offline).toBeVisible();
  await context.setOffline(false);
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByRole('button', { name: 'Start' })).toBeVisible();
  await link(page, 'Train').click();
  await expect(page.getByRole('button', { name: 'Train', exact: true })).toBeVisible();
  await host.close();
});

/** A page that only this file knows: its row in `pages.ts` puts it into navigation, address and title. */

import { afterEach, beforeEach, expect, it } from 'vitest';
import { page } from 'vitest/browser';
import { lazyPage } from '../shared/lazy-page.ts';
import { showLab } from './fixtures/shown-lab.tsx';
import { PAGES, type PageEntry } from './pages.ts';

const pages = PAGES as PageEntry[];

beforeEach(() => {
  const lazy = lazyPage('The toy', async () => () => <main>Nothing but a toy.</main>);
  pages.push({ id: 'toy', label: 'Toy', title: 'Toy: a page', Page: lazy.Page, lazy });
});
afterEach(() => {
  pages.pop();
  history.replaceState(null, '', location.pathname);
});

it('is gone to by its link, and back', async () => {
  await showLab();
  await page.getByRole('link', { name: 'Toy' }).click();
  await expect.element(page.getByText('Nothing but a toy.')).toBeVisible();
  expect(new URLSearchParams(location.search).get('page')).toBe('toy');
  expect(document.title).toBe('Toy: a page');
  await page.getByRole('link', { name: 'Lab' }).click();
  await expect.element(page.getByRole('button', { name: 'Run', exact: true })).toBeVisible();
});

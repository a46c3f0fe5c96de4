/** A page that only this file knows: its row in `pages.ts` puts it into navigation, address and title. */

import { afterEach, beforeEach, expect, it } from 'vitest';
import { page } from 'vitest/browser';
import { viewport } from '../shared/fixtures/render.tsx';
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

it('stands in one line on a phone, and the page on show is in sight there', async () => {
  await viewport(390);
  await showLab();
  const nav = page.getByRole('navigation', { name: 'Pages' });
  const toy = page.getByRole('link', { name: 'Toy' });
  expect(nav.element().clientHeight).toBeLessThan(48);
  expect(document.documentElement.scrollWidth).toBe(390);
  await toy.click();
  const inSight = () => toy.element().getBoundingClientRect().right;
  await expect.poll(inSight).toBeLessThanOrEqual(390);
});

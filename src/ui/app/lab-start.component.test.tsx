/** The first screen: one token and one button, and everything else behind another. */

import { describe, expect, it } from 'vitest';
import { page } from 'vitest/browser';
import { button, query, showLab, tokens } from './fixtures/shown-lab.tsx';

const showed = page.getByTestId('showed');
const swap = button('Swap what the teachers see');

describe('the page as it opens', () => {
  it('has at most twenty controls and ten terms, a marked token and one question', async () => {
    await showLab('?view=start');
    const all = [...document.querySelectorAll('button, a[href], input, select, [role="listbox"]')];
    const controls = all.filter((one) => one.getAttribute('role') !== 'option');
    const terms = controls.filter((one) => /term/.test(one.className));
    expect(terms.length).toBeLessThanOrEqual(10);
    expect(controls.length).toBeLessThanOrEqual(20);
    await expect.element(page.getByTestId('marked')).toHaveTextContent('At “yellow”');
    await expect.element(tokens.nth(33)).toHaveAttribute('aria-selected', 'true');
    await expect.element(showed).not.toBeInTheDocument();
  });

  it('one press says who looks, with the numbers of the table below, and another takes it back', async () => {
    const lab = await showLab('?view=start');
    await swap.click();
    await expect.element(showed).toHaveTextContent('hardly looks: ');
    expect(lab.api.looks).toHaveBeenCalledTimes(1);
    const said = showed.element().textContent ?? '';
    const cells = [...document.querySelectorAll('td')].map((cell) => cell.textContent ?? '');
    for (const [number] of said.matchAll(/\d[\d.]*(?:e−\d+)?(?= nats)|(?<=instead of )[\d.e−]+\d/g))
      expect([...cells, '10.6']).toContain(number);
    await expect.poll(query).toBe('?see=swapped&token=33');
    await button('Show them the student’s picture again').click();
    await expect.element(showed).not.toBeInTheDocument();
    await swap.click();
    await expect.element(showed).toHaveTextContent('hardly looks: ');
    // The same tokens under the same teachers: measured once.
    expect(lab.api.looks).toHaveBeenCalledTimes(1);
  });

  it('all controls are one press away, keep the swap and the token, and Back leads here again', async () => {
    await showLab('?view=start');
    await swap.click();
    await tokens.nth(10).click();
    await expect.element(page.getByTestId('marked')).toHaveTextContent('At “pink”');
    await button('All controls').click();
    await expect.element(button('Run')).toBeVisible();
    await expect.element(tokens.nth(10)).toHaveAttribute('aria-selected', 'true');
    await expect.poll(query).toBe('?see=swapped&token=10&view=all');
    history.back();
    await expect.element(showed).toBeVisible();
    await expect.element(tokens.nth(10)).toHaveAttribute('aria-selected', 'true');
  });

  it('an address that is gone to while the model loads shows what is recorded of it, and no recording of another', async () => {
    await showLab('?view=start', undefined, true);
    const link = (name: string) => page.getByRole('link', { name, exact: true });
    await link('Help').click();
    await link('Does this teacher look at the picture?').click();
    await expect.element(showed).toHaveTextContent('hardly looks: 5.641 nats');
    await expect.element(page.getByText('What the teachers see now')).toBeVisible();
    history.pushState(null, '', `${location.pathname}?index=3&view=start`);
    dispatchEvent(new PopStateEvent('popstate'));
    await expect.element(page.getByTestId('marked')).not.toBeInTheDocument();
    await expect.element(page.getByRole('progressbar')).toBeVisible();
  });
});

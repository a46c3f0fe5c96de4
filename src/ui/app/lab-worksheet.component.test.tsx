/** A worksheet of the Lab: a link that hides what is so until it is asked for. */

import { expect, it, vi } from 'vitest';
import { page } from 'vitest/browser';
import { button, query, showLab, tokens, verdict } from './fixtures/shown-lab.tsx';

const show = button('Show what is so');

it('hides teachers, figures, the answer and its check until they are asked for, and keeps its token', async () => {
  await showLab('?token=33&view=all&worksheet=1');
  await expect.element(tokens.nth(33)).toHaveAttribute('aria-selected', 'true');
  const said = document.querySelector('main')?.textContent ?? '';
  expect(said).toContain('Token 34');
  expect(said).not.toMatch(/nats|right by|reference answer/i);
  expect(document.querySelectorAll('main [data-teacher]')).toHaveLength(0);
  expect(document.querySelectorAll('main [data-clipped], main [data-stop]')).toHaveLength(0);
  for (const option of tokens.elements())
    expect(option.getAttribute('aria-label')).not.toMatch(/nats|perception|reasoning/);
  // A worksheet says nothing of the picture that its answer could be read from.
  await expect.element(page.getByRole('img', { name: 'The picture' })).toBeVisible();
  await tokens.nth(3).click();
  await expect.poll(query).toBe('?worksheet=1&token=3&view=all');
  await show.click();
  await expect.element(verdict).toBeVisible();
  await expect.poll(query).toBe('?token=3&view=all');
});

it('its link comes back as it was copied, and says what it does not hold', async () => {
  await showLab('?view=all&token=5');
  await button('Take away').click();
  const write = vi.spyOn(navigator.clipboard, 'writeText').mockResolvedValue();
  await button('Copy worksheet link').click();
  await expect.element(page.getByText('Copied.', { exact: true })).toBeVisible();
  const link = new URL(write.mock.calls[0][0]);
  expect(link.searchParams.get('worksheet')).toBe('1');
  expect(link.searchParams.get('token')).toBe('5');
  write.mockRestore();
});

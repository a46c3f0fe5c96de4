/** While the model loads no button of the Lab is silent: it does something, says what it waits for, or why it cannot. */

import { expect, it } from 'vitest';
import { page } from 'vitest/browser';
import { button, showLab, tokens } from './fixtures/shown-lab.tsx';

/** What has nothing to act on, model or not. */
const NOTHING_TO_DO = ['Undo', 'Redo', 'Cancel'];
/** Choosers of files. */
const FILES = /^(Own picture|Open trace|Open a model folder)$/;

const nameOf = (one: Element) => one.getAttribute('aria-label') ?? one.textContent ?? '';
const buttons = () => [...document.querySelectorAll<HTMLButtonElement>('main button')];

it('each press changes something on the page', async () => {
  await showLab('?view=all', undefined, true);
  const disabled = buttons().filter((one) => one.disabled);
  expect(disabled.map(nameOf)).toEqual(NOTHING_TO_DO);
  const names = buttons()
    .filter((one) => !one.disabled && one.className !== '' && !FILES.test(nameOf(one)))
    .map(nameOf)
    .filter((name, i, all) => all.indexOf(name) === i);
  expect(names.length).toBeGreaterThan(20);
  const silent: string[] = [];
  for (const name of names) {
    const now = buttons().find((one) => nameOf(one) === name);
    // Another press may have put it away.
    if (now === undefined || isChosen(now)) continue;
    const seen = await changesAfter(() => now.click());
    if (seen === 0) silent.push(name);
    await putAway();
  }
  expect(silent).toEqual([]);
});

it('a rollout that is asked for begins once the model is there', async () => {
  const { api, release } = await showLab('?view=all', undefined, true);
  await button('Run').click();
  await expect.element(page.getByTestId('notice')).toHaveTextContent('as soon as the model');
  expect(api.rollout).not.toHaveBeenCalled();
  release();
  await expect.poll(() => api.rollout.mock.calls.length).toBe(1);
  await expect.element(page.getByTestId('notice')).toBeEmptyDOMElement();
  await expect.element(tokens.first()).toBeVisible();
});

/** Closes what popped up, and what was said, so that the next press has to say it again. */
async function putAway(): Promise<void> {
  document.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true }));
  for (const note of document.querySelectorAll('[role="alert"]'))
    for (const one of note.querySelectorAll('button'))
      if (one.textContent === 'Dismiss') one.click();
  await frames();
}

/** Long enough for React to draw what a press led to. */
const frames = () => new Promise((resolve) => setTimeout(resolve, 30));

/** A choice that is made already changes nothing. */
const isChosen = (one: Element) =>
  ['aria-checked', 'aria-pressed'].some((name) => one.getAttribute(name) === 'true');

/** How much of the page changed by it. */
async function changesAfter(act: () => void): Promise<number> {
  let count = 0;
  const observer = new MutationObserver((records) => {
    count += records.length;
  });
  observer.observe(document.body, {
    subtree: true,
    childList: true,
    attributes: true,
    characterData: true,
  });
  act();
  await frames();
  observer.disconnect();
  return count;
}

/** The whole walk through the Lab without a pointer: Tab, arrows, Enter, Space and Escape alone. */
import { readFileSync } from 'node:fs';
import { expect, test } from '@playwright/test';
import { tabTo } from './keys.ts';
import { openLab } from './lab-page.ts';

test('scene, question, answer and run, keys alone', async ({ page }) => {
  // Some hundred keys, each redrawn on a machine that may be slow.
  test.slow();
  const lab = await openLab(page);
  await lab.settled();
  const { keyboard } = page;
  // A radio group chooses while the key is down, and a person's key is down for longer than an instant.
  const arrow = (key: string) => keyboard.press(key, { delay: 80 });

  await tabTo(page.getByRole('radio', { name: 'Prior' }));
  await arrow('ArrowRight');
  await arrow('ArrowRight');
  await expect(page.getByRole('radio', { name: 'Maths' })).toBeFocused();
  const scenes = page.getByRole('list', { name: /^Scenes to pick/ }).getByRole('button');
  await tabTo(scenes.nth(1));
  await keyboard.press('Enter');
  await expect(page).toHaveURL(/split=test/);
  await lab.settled();
  await tabTo(page.getByRole('button', { name: 'Shuffle' }));
  await keyboard.press('Enter');
  await expect(page).toHaveURL(/shuffle=/);

  const question = page.getByRole('textbox', { name: 'Question' });
  await tabTo(question);
  await keyboard.press('Control+A');
  await keyboard.type('How many things are there?');
  await keyboard.press('Enter');
  await lab.settled();
  await expect(page).toHaveURL(/q=How/);
  const texts = await lab.texts();
  await tabTo(page.getByRole('textbox', { name: 'Reference answer' }));
  await keyboard.press('Control+A');
  await keyboard.type('purple');
  await keyboard.press('Enter');
  await expect(lab.verdict).toContainText('the reference answer is “purple”');
  expect(await lab.texts()).toEqual(texts);

  await tabTo(page.getByRole('button', { name: 'Sampling settings' }));
  await keyboard.press('Enter');
  await tabTo(page.getByRole('spinbutton', { name: 'Longest rollout (tokens)' }));
  await keyboard.press('Control+A');
  await keyboard.type('9');
  await keyboard.press('Escape');
  await expect(page.getByRole('button', { name: 'Sampling settings' })).toBeFocused();
  await tabTo(lab.run, 'Shift+Tab');
  await keyboard.press('Enter');
  await expect(lab.tokens).toHaveCount(9);
  await lab.settled();
  await expect(lab.run).toBeFocused();
  expect(lab.problems).toEqual([]);
});

test('switches, what if, levels, help and traces, keys alone', async ({ page }) => {
  // Some hundred keys, each redrawn on a machine that may be slow.
  test.slow();
  const lab = await openLab(page);
  await lab.settled();
  const { keyboard } = page;
  const texts = await lab.texts();
  const arrow = (key: string) => keyboard.press(key, { delay: 80 });

  await tabTo(page.getByRole('radio', { name: 'ViGOS' }));
  await arrow('ArrowRight');
  await expect.poll(lab.letters).toMatch(/^O+$/);
  await arrow('ArrowLeft');
  await expect.poll(lab.letters).toMatch(/^P+/);
  await tabTo(page.getByLabel('Ablation'));
  await keyboard.press('ArrowDown');
  await expect.poll(lab.letters).toMatch(/^–+R/);
  await keyboard.press('ArrowUp');
  await tabTo(page.getByLabel('the picture', { exact: true }));
  await keyboard.press('ArrowDown');
  await expect(page.getByTestId('moved')).toContainText('most at');
  await tabTo(page.getByRole('switch', { name: 'Side by side' }));
  await keyboard.press('Space');
  await expect(page.getByRole('listbox', { name: 'Tokens under OPSD' })).toBeVisible();
  await keyboard.press('Space');
  await expect(page.getByRole('listbox')).toHaveCount(1);

  await tabTo(page.getByLabel('Heat and bars'));
  await keyboard.press('ArrowDown');
  await expect(page).toHaveURL(/measure=forwardKl/);
  await tabTo(page.getByRole('slider', { name: /chart/ }));
  await keyboard.press('Home');
  await arrow('ArrowRight');
  await expect(lab.tokenPanel).toContainText('Token 2 of');
  await tabTo(page.getByRole('button', { name: 'Largest divergence' }));
  await keyboard.press('Enter');
  await expect(lab.tokenPanel).not.toContainText('Token 2 of');
  await tabTo(page.getByRole('radio', { name: 'All' }));
  await arrow('ArrowLeft');
  await expect(page.getByRole('region', { name: 'Leakage under OPSD' })).toBeVisible();
  await arrow('ArrowLeft');
  // Back among the losses, at the token that was looked at.
  await expect(page.getByTestId('step-words')).toContainText('adds');
  await arrow('ArrowRight');
  await arrow('ArrowRight');
  await tabTo(lab.tokens.and(page.locator('[aria-selected="true"]')));
  await keyboard.press('Home');
  await keyboard.press('ArrowDown');
  await expect(lab.tokenPanel).not.toContainText('Token 1 of');

  const term = page.getByRole('button', { name: 'Mean divergence', exact: true });
  await tabTo(term);
  await keyboard.press('Enter');
  await expect(page.getByRole('dialog', { name: 'Mean divergence' })).toBeVisible();
  await keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await expect(term).toBeFocused();

  await tabTo(page.getByRole('button', { name: 'Export trace' }));
  const download = page.waitForEvent('download');
  await keyboard.press('Enter');
  const file = await (await download).path();
  // Asked for early: a key press may be quicker than the browser learns that its file dialog is not wanted.
  const chooser = page.waitForEvent('filechooser');
  await tabTo(page.getByRole('button', { name: 'Open trace' }));
  await keyboard.press('Enter');
  await (await chooser).setFiles(file);
  await expect(page.getByText(/^Opened from/)).toBeVisible();
  expect(JSON.parse(readFileSync(file, 'utf8')).tokens).toHaveLength(texts.length);
  expect(await lab.texts()).toEqual(texts);

  await tabTo(page.getByRole('button', { name: /^Backend/ }), 'Shift+Tab');
  await keyboard.press('Enter');
  await expect(page.getByRole('dialog', { name: 'Backend and model' })).toBeVisible();
  await keyboard.press('Escape');
  await expect(page.getByRole('button', { name: /^Backend/ })).toBeFocused();
  expect(lab.problems).toEqual([]);
});

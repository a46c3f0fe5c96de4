import { describe, expect, it } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import {
  button,
  noted,
  tokenPanel as panel,
  query,
  showLab,
  tokens,
} from './fixtures/shown-lab.tsx';

const under = (name: string) => page.getByRole('region', { name: `Leakage under ${name}` });
const answers = page.getByLabelText('Wrong answers, separated by commas');
const rate = (name: string, group: RegExp) => under(name).getByRole('row', { name: group });

describe('the leakage level', () => {
  it('shows both methods on the same rollout, each rate with its fraction, and why ViGOS’s description has none', async () => {
    const { api } = await showLab('?level=leakage');
    await expect.element(under('OPSD')).toBeVisible();
    expect(api.leakage).toHaveBeenCalledTimes(1);
    await expect.element(under('ViGOS')).toHaveTextContent('0 by construction');
    await expect.element(rate('ViGOS', /^Description/)).toHaveTextContent('/ (0 + ');
    await expect.element(rate('ViGOS', /^Reasoning and answer/)).toHaveTextContent('85.7');
    await expect.element(rate('OPSD', /^Description/)).toHaveTextContent('0 / (0 + ');
    // Red as a part of all area is the rate: 3 nats from the answer, half a nat from the picture.
    const bar = under('ViGOS').getByRole('table').element().querySelectorAll('span[style]')[1];
    expect(bar?.getAttribute('style')).toContain('0.857');
  });

  it('has the K + 1 probabilities of the sampled token in its panel, and what follows from them', async () => {
    await showLab('?level=leakage');
    const strip = under('ViGOS').getByRole('listbox');
    await strip
      .getByRole('option', { name: /yellow.*Reasoning/ })
      .first()
      .click();
    await expect.element(panel).toHaveTextContent('mean of these 3');
    await expect.element(panel).toHaveTextContent('|−1.000 − (−2.000)| = 1.000 nats');
    await expect.element(panel).toHaveTextContent('max(0, −1.000 − (−4.000)) = 3.000 nats');
    await userEvent.keyboard('{Home}');
    await expect.element(panel).toHaveTextContent('this teacher never sees an answer');
  });

  it('takes typed answers, says which are left out, and measures again', async () => {
    const { api } = await showLab('?level=leakage');
    await expect.element(under('OPSD')).toBeVisible();
    await userEvent.fill(answers, 'grey, Pink., grey');
    await userEvent.keyboard('{Enter}');
    await expect.poll(() => api.leakage.mock.calls.length).toBe(2);
    expect(api.leakage.mock.calls[1][0].wrongAnswers).toEqual(['grey']);
    await expect.element(page.getByText('“Pink.” (equals the reference answer)')).toBeVisible();
    await expect.element(page.getByText('There is only 1, so K is 1 here.')).toBeVisible();
    await expect.poll(query).toContain('wa=grey');
    await userEvent.fill(answers, 'pink');
    await userEvent.keyboard('{Enter}');
    await expect.poll(() => noted('leakage.no-wrong-answer')).toContain('wrong one');
  });

  it('is gone to and left by keys, and the focus stays where it was', async () => {
    await showLab();
    await tokens.first().click();
    await userEvent.keyboard('6');
    await expect.element(under('OPSD')).toBeVisible();
    await expect
      .poll(() => document.activeElement?.closest('[role="listbox"]')?.getAttribute('aria-label'))
      .toBe('Tokens under ViGOS’s leakage');
    await userEvent.keyboard('0');
    await expect
      .poll(() => document.activeElement?.closest('[role="listbox"]')?.getAttribute('aria-label'))
      .toBe('Tokens of the rollout');
    const level = (name: string) =>
      page.getByRole('radiogroup', { name: 'Level of the walk' }).getByRole('radio', { name });
    await level('All').click();
    // Held until it is answered, as a finger does: the group chooses what an arrow that is still down brings.
    await userEvent.keyboard('{ArrowLeft>}');
    await expect.element(under('OPSD')).toBeVisible();
    await userEvent.keyboard('{/ArrowLeft}');
    expect(document.activeElement).toBe(level('Leakage').element());
  });

  it('is said not to be of an invalid rollout', async () => {
    const { api } = await showLab('?level=leakage&max=6');
    await expect.poll(() => noted('leakage.invalid-rollout')).toContain('valid rollouts');
    expect(api.leakage).not.toHaveBeenCalled();
    await button('Step back').click();
    await expect.poll(query).toMatch(/token=/);
  });
});

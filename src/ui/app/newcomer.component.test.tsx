/** Six questions of a newcomer, each answered from the first screen in at most four actions. */

import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { page } from 'vitest/browser';
import { readLink } from '../lab/state/url.ts';
import { button, showLab, tokens } from './fixtures/shown-lab.tsx';

const MOST = 4;
const LEAKS = '?index=1&model=tiny-qwen2.5-vl-leaky&level=leakage';
const showed = page.getByTestId('showed');

/** What a person presses, one after the other; throws where it takes too many. */
function newcomer() {
  let actions = 0;
  return async (press: () => Promise<void>) => {
    actions += 1;
    if (actions > MOST) throw new Error(`${actions} actions are more than ${MOST}.`);
    await press();
  };
}

const link = (name: string) => page.getByRole('link', { name, exact: true });
const helpWith = async (act: ReturnType<typeof newcomer>, question: string) => {
  await act(() => link('Help').click());
  await act(() => link(question).click());
};

describe('from the first screen', () => {
  it('why did this token’s teacher disagree?', async () => {
    await showLab('?view=start');
    const act = newcomer();
    await act(() => tokens.nth(33).click());
    await expect
      .element(page.getByTestId('marked'))
      .toHaveTextContent(/At “yellow” .*the reasoning teacher.* finds “pink” .* nats apart/);
  });

  it('does this teacher look at the picture?', async () => {
    await showLab('?view=start');
    const act = newcomer();
    await act(() => button('Swap what the teachers see').click());
    await expect.element(showed).toHaveTextContent('The perception teacher, which has nothing');
    await expect.element(showed).toHaveTextContent(/the reasoning teacher, .*, hardly looks: /);
  });

  it('make the answer leak', async () => {
    await showLab('?view=start');
    const act = newcomer();
    await act(() => link('Help').click());
    // The address is that of the model whose teachers follow the answer in part: the browser loads it.
    await expect.element(link('How do I make the answer leak?')).toHaveAttribute('href', LEAKS);
    const { settings, unused } = readLink(LEAKS);
    expect(unused).toEqual([]);
    expect(settings).toMatchObject({ model: 'tiny-qwen2.5-vl-leaky', level: 'leakage' });
  });

  it('… and what that address shows', async () => {
    const { api } = await showLab(LEAKS);
    for (const method of ['ViGOS', 'OPSD'])
      await expect
        .element(page.getByRole('region', { name: `Leakage under ${method}` }))
        .toHaveTextContent(/Reasoning and answer \(\d+\)[\d.]+\s%/);
    expect(api.leakage).toHaveBeenCalledTimes(1);
  });

  it('which method looks more?', async () => {
    await showLab('?view=start');
    const act = newcomer();
    await helpWith(act, 'Which method looks more?');
    await act(() => button('Ask the teachers').click());
    await expect
      .element(page.getByTestId('looks-more'))
      .toHaveTextContent(
        /the teachers of ViGOS and of OPSD move by .* On this rollout .* look more/,
      );
  });

  it('what did training change?', async () => {
    const none = { runs: [], broken: [], room: { used: null, quota: null } };
    await showLab('?view=start', (api) => {
      Object.assign(api, { listRuns: async () => ({ ok: true, value: none }) });
    });
    const act = newcomer();
    await helpWith(act, 'What did training change?');
    await expect
      .element(page.getByTestId('recorded-run'))
      .toHaveTextContent(/Recorded: .*Score rose from step 0 to 100 by more than chance: /);
  });

  it('show my class exactly this', async () => {
    await showLab('?view=start');
    const act = newcomer();
    await act(() => tokens.nth(10).click());
    const copied = vi.spyOn(navigator.clipboard, 'writeText').mockResolvedValue();
    onTestFinished(() => copied.mockRestore());
    await act(() => button('All controls').click());
    await act(() => button('Copy link').click());
    await expect.element(page.getByText('Link copied.')).toBeVisible();
    const { search } = new URL(copied.mock.lastCall?.[0] ?? '');
    expect(readLink(search)).toEqual(readLink('?token=10&view=all'));
  });
});

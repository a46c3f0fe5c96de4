import { describe, expect, it } from 'vitest';
import { page } from 'vitest/browser';
import { ok } from '../lab/state/fixtures/fake-api.ts';
import { noted, tokenPanel as panel, query, showLab } from './fixtures/shown-lab.tsx';

const group = page.getByRole('region', { name: 'Group of rollouts' });
const rows = group.getByRole('table').getByRole('row');
const tokensOf = (rollout: number) =>
  group.getByRole('listbox', { name: `Tokens of rollout ${rollout} with` }).getByRole('option');

describe('the group level', () => {
  it('rolls out a group as a run on rewards does, and shows it side by side with every token’s terms', async () => {
    const { api } = await showLab('?level=group');
    await expect.poll(() => noted('group.too-small')).toContain('less the mean of a group');
    expect(api.group).not.toHaveBeenCalled();
    await group.getByRole('button', { name: /^Roll out 5 at temperature 1/ }).click();
    await expect.poll(() => rows.elements().length).toBe(6);
    expect(api.rollout.mock.lastCall?.[0].sampling).toMatchObject({
      ...{ temperature: 1, topP: 1, topK: 0, count: 5 },
    });
    expect(api.group).toHaveBeenCalledTimes(1);
    await expect.element(rows.nth(1)).toHaveTextContent(/“yellow”, wrong0.%10.%10.%\+/);
    await expect.element(rows.nth(2)).toHaveTextContent(/invalid0.%0.%0.%−/);
    await expect.element(group).toHaveTextContent('Written and read by base, so every ratio is 1');
    await expect.element(group).toHaveTextContent('3 have more reward than the group’s mean');

    await tokensOf(2).nth(3).click();
    await expect.element(panel).toHaveTextContent('Token 4 of');
    await expect.element(panel).toHaveTextContent('When it was sampled');
    await expect.element(panel).toHaveTextContent(/Ratio.*= 1, counted from 0.8 to 1.2/);
    await expect.element(panel).toHaveTextContent('made less likely');
    await expect.poll(query).toMatch(/r=1/);
    // The same rollouts: nothing is read again for looking at another.
    expect(api.group).toHaveBeenCalledTimes(1);

    const clip = group.getByRole('spinbutton', { name: 'Ratio clip' });
    await clip.fill('0.5');
    await expect.poll(() => api.group.mock.lastCall?.[0].terms.ratioClip).toBe(0.5);
    await expect.poll(query).toMatch(/gr=0\.5/);
  });

  it('says where rewards are equal what would tell them apart, and where tokens were drawn from a part', async () => {
    await showLab('?level=group&n=2&max=6');
    await expect.element(group).toHaveTextContent('All 2 rollouts have the same reward, 0');
    await expect.element(group).toHaveTextContent('None is right: an easier question');
    await expect.element(group).toHaveTextContent('a cut distribution (top-p 0.95, top-k 20)');
  });

  it('says which tokens another student has moved, and shows why there are no terms', async () => {
    const { api } = await showLab('?level=group&n=2', ({ group: asked }) => {
      const inner = asked.getMockImplementation();
      asked.mockImplementation(async (request) => {
        const made = await inner?.(request);
        if (made === undefined || !made.ok) throw new Error('The fake reads groups.');
        const rollouts = made.value.rollouts.map((rollout) => ({
          ...rollout,
          tokens: rollout.tokens.map((token, i) =>
            i === 0 ? { ...token, ratio: 1.5, clipped: true } : token,
          ),
        }));
        return ok({ ...made.value, rollouts });
      });
    });
    await expect
      .element(group)
      .toHaveTextContent(
        /Written by base, read under base: 2 of \d+ tokens .* 2 of them are clipped/,
      );
    await expect.element(tokensOf(1).first()).toHaveAccessibleName(/ratio 1\.5, clipped/);
    api.group.mockImplementation(async () => ({
      ok: false,
      error: { code: 'group.not-finite', message: 'Token 1: no number.', fix: 'Roll out anew.' },
    }));
    await group.getByRole('spinbutton', { name: 'KL coefficient' }).fill('1');
    await expect.poll(() => noted('group.not-finite')).toContain('Roll out anew.');
  });
});

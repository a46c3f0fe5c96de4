import { describe, expect, it, vi } from 'vitest';
import { page } from 'vitest/browser';
import { EngineProvider } from '../engine/context.tsx';
import { fakeEngine, READY } from '../engine/fixtures/fake-engine.ts';
import { render } from '../shared/fixtures/render.tsx';
import { type PageLinks, PageLinksContext } from '../shared/page-links.tsx';
import { EvaluatePage } from './EvaluatePage.tsx';
import { evaluationOf, keeping } from './fixtures/answers.ts';

async function shown(kept = [evaluationOf('base', 'Base', (item) => item % 3 === 0)]) {
  const answers = keeping(kept);
  const fake = fakeEngine({ ...answers, load: async () => ({ ok: true, value: READY }) });
  const openRollout = vi.fn<PageLinks['openRollout']>();
  const links = { openRollout, openStudent: vi.fn(), openPage: vi.fn(), writeQuery: vi.fn() };
  await fake.engine.load();
  render(
    <EngineProvider engine={fake.engine}>
      <PageLinksContext value={links}>
        <EvaluatePage />
      </PageLinksContext>
    </EngineProvider>,
  );
  await expect.element(page.getByRole('heading', { name: 'Results' })).toBeVisible();
  return { ...fake, asked: answers.asked, openRollout, kept };
}

const figure = (name: string) => page.getByRole('row', { name: new RegExp(`^${name}`) });

describe('the results', () => {
  it('have their figures with intervals, and each opens its items, which open in the Lab', async () => {
    const { openRollout } = await shown();
    await expect.element(figure('Prior F')).toHaveTextContent(/100\.0\s%/);
    await expect.element(figure('Score F')).toHaveTextContent(/0\.0\s%\s*0\.0 to 32\.4/);
    await expect.element(figure('Thinking error')).toHaveTextContent(/66\.7\s%/);
    await figure('Score F').getByRole('button').last().click();
    await expect.element(page.getByRole('heading', { name: 'Behind Score F' })).toBeVisible();
    await expect.element(page.getByText('8 responses count in it')).toBeVisible();
    await page.getByRole('radio', { name: 'Counted 0' }).click();
    expect(page.getByRole('button', { name: /in the Lab/ }).elements()).toEqual([]);
    await page.getByRole('radio', { name: 'Not 8' }).click();
    await page.getByRole('button', { name: 'Open prior-test-1 in the Lab' }).click();
    expect(openRollout).toHaveBeenCalledExactlyOnceWith(
      expect.objectContaining({
        rollout: expect.objectContaining({
          item: { split: 'prior-test', index: 1, usualShare: 0.6, fact: true },
          ids: [1, 2, 3],
        }),
        student: null,
      }),
    );
  });

  it('stand side by side, with what changed on the same pictures, and are sorted by a press', async () => {
    await shown([
      evaluationOf('base', 'Base', (item) => item % 3 === 0),
      evaluationOf('run', 'Run', (item) => item > 1),
    ]);
    await page.getByRole('checkbox', { name: 'Show Run' }).click();
    await expect.element(figure('Score F')).toHaveTextContent(/\+87\.5.*7 ↑ 0 ↓/);
    const names = () =>
      page
        .getByRole('rowheader')
        .elements()
        .map((element) => element.textContent);
    expect(names().slice(0, 3)).toEqual(['Prior F', 'Score F', 'Says the usual F']);
    const head = page.getByRole('columnheader', { name: 'Run' });
    await head.getByRole('button').click();
    await head.getByRole('button').click();
    await expect.element(head).toHaveAttribute('aria-sort', 'ascending');
    expect(names().slice(0, 3)).toEqual(['Says the usual F', 'Score F', 'Prior F']);
    await expect.element(page.getByRole('img', { name: /^Shares of Base, Run/ })).toBeVisible();
  });

  it('are renamed and deleted', async () => {
    const { kept } = await shown();
    const name = page.getByRole('textbox', { name: 'Name of Base' });
    await name.fill('First');
    name.element().blur();
    await expect.element(page.getByRole('columnheader', { name: 'First' })).toBeVisible();
    await page.getByRole('button', { name: 'Delete First' }).click();
    await page.getByRole('button', { name: 'Delete', exact: true }).click();
    await expect.poll(() => kept).toEqual([]);
    await expect.element(page.getByText('Every evaluation is kept here')).toBeVisible();
  });

  it('that were paused go on', async () => {
    const { asked } = await shown([evaluationOf('half', 'Half', () => false, 'paused')]);
    await page.getByRole('button', { name: 'Go on with Half' }).click();
    await expect.poll(() => asked).toHaveLength(1);
    expect(asked[0]).toMatchObject({ evaluationId: 'half', student: null, keep: true });
  });
});

describe('what is asked', () => {
  it('comes from a preset and is changed by hand; what is out of range is not taken', async () => {
    const { asked } = await shown([]);
    await expect.element(page.getByText('600 answers.')).toBeVisible();
    await page.getByRole('radio', { name: /Accuracy/ }).click();
    await expect.element(page.getByText('1,000 answers.')).toBeVisible();
    const seeds = page.getByRole('textbox', { name: 'Seeds' });
    await seeds.fill('1, 2');
    seeds.element().blur();
    await expect.element(page.getByText('2,000 answers.')).toBeVisible();
    await seeds.fill('x');
    seeds.element().blur();
    await expect.element(page.getByRole('alert')).toHaveTextContent('seeds is NaN');
    await expect.element(seeds).toHaveValue('1, 2');
    await page.getByRole('button', { name: 'Evaluate', exact: true }).click();
    await expect.poll(() => asked).toHaveLength(1);
    expect(asked[0].settings).toMatchObject({ seeds: [1, 2], responses: 5, measures: ['pass'] });
    await expect.element(figure('Prior F')).toBeVisible();
  });

  it('needs somebody to ask', async () => {
    await shown([]);
    await page.getByRole('checkbox', { name: 'built-in' }).click();
    await expect.element(page.getByText('Nobody is asked.')).toBeVisible();
    await expect
      .element(page.getByRole('button', { name: 'Evaluate', exact: true }))
      .toBeDisabled();
  });
});

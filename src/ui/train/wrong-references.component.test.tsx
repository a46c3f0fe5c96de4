/** A run some of whose references are wrong says whom they fooled: in its rollouts, and as a chart that other runs lack. */

import { expect, it, onTestFinished, vi } from 'vitest';
import { page } from 'vitest/browser';
import type { StoredRun } from '../../contract/runs.ts';
import { trainSettings } from '../../contract/train-settings.ts';
import { withSetting } from '../../contract/train-validate.ts';
import type { TrainRollout } from '../../contract/training.ts';
import { stepMetrics } from '../../training/runs/fixtures/states.ts';
import { EngineProvider } from '../engine/context.tsx';
import { fakeEngine, READY } from '../engine/fixtures/fake-engine.ts';
import { render } from '../shared/fixtures/render.tsx';
import { PageLinksContext } from '../shared/page-links.tsx';
import { TrainPage } from './TrainPage.tsx';

const rollout = (index: number, wrongReference?: TrainRollout['wrongReference']): TrainRollout => ({
  item: { split: 'train', index, usualShare: 0.6, fact: false },
  question: 'What color is the sun in the picture?',
  answer: 'pink',
  ...(wrongReference === undefined ? {} : { wrongReference }),
  ids: [1, 2],
  texts: [' A pink sun.', ' \\boxed{yellow}'],
  valid: true,
  reason: null,
  correct: wrongReference?.boxed !== true,
  teachers: [null, 'reasoning'],
  losses: [0, 0.2],
  clipped: [false, false],
});

async function shown(figures: Readonly<Record<string, number>>, rollouts: readonly TrainRollout[]) {
  const { href } = location;
  onTestFinished(() => history.replaceState(null, '', href));
  const stored: StoredRun = {
    runId: 'mine',
    name: 'Mine',
    settings: withSetting(trainSettings('vigos', 'tiny'), 'data.wrongShare', 0.75),
    model: { name: 'built-in', fingerprint: 'f'.repeat(64) },
    backend: 'wasm',
    step: 2,
    earlier: 0,
    evaluation: null,
    elsewhere: false,
    savedAt: 0,
    bytes: 100,
    unverified: false,
    lasting: true,
  };
  const metrics = [1, 2].map((step) => {
    const own = stepMetrics(step);
    return { ...own, figures: { ...own.figures, ...figures } };
  });
  const { engine } = fakeEngine({
    load: async () => ({ ok: true, value: READY }),
    listRuns: async () => ({
      ok: true,
      value: { runs: [stored], broken: [], room: { used: null, quota: null } },
    }),
    openRun: async () => ({
      ok: true,
      value: {
        curves: { metrics, evaluations: [], followed: null },
        rollouts: { step: 2, made: rollouts.length, rollouts },
        goesOnFrom: 2,
        fault: null,
      },
    }),
  });
  await engine.load();
  const openRollout = vi.fn();
  const links = {
    openRollout,
    openStudent: vi.fn(),
    openCompletion: vi.fn(),
    writeQuery: vi.fn(),
    openPage: vi.fn(),
  };
  render(
    <EngineProvider engine={engine}>
      <PageLinksContext value={links}>
        <TrainPage />
      </PageLinksContext>
    </EngineProvider>,
  );
  await expect.element(page.getByText('Rollouts of step 2')).toBeVisible();
  return openRollout;
}

/** Titles of the charts; the page is long, and roles of all of it take their time. */
const charts = () => [...document.querySelectorAll('h3')].map(({ textContent }) => textContent);
const isWrongReferences = (title: string) => title.startsWith('Wrong references');

it('is marked in rollouts and has its chart', async () => {
  const openRollout = await shown({ 'wrongReference.given': 0.375, 'wrongReference.boxed': 0.5 }, [
    rollout(1, { answer: 'yellow', boxed: true }),
    rollout(2, { answer: 'yellow', boxed: false }),
    rollout(3),
  ]);
  await expect.element(page.getByText(/, 2 with a wrong reference, which 1 box/)).toBeVisible();
  const fooled = 'teachers were given “yellow”, which is wrong: the student boxed it';
  await expect.element(page.getByText(fooled, { exact: true })).toBeVisible();
  await expect.element(page.getByText(/the student did not box it/)).toBeVisible();
  expect(charts().some(isWrongReferences)).toBe(true);
  await page.getByText('Open in the Lab').first().click();
  expect(openRollout.mock.calls[0][0].rollout).toMatchObject({
    answer: 'pink',
    wrongReference: { answer: 'yellow', boxed: true },
  });
});

it('of a run whose references are all right there is nothing', async () => {
  await shown({}, [rollout(3)]);
  expect(charts().some((title) => title.startsWith('Clipped tokens'))).toBe(true);
  expect(charts().some(isWrongReferences)).toBe(false);
  expect(page.getByText(/with a wrong reference, which/).elements()).toEqual([]);
});

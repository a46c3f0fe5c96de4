/** Curves from outside lie over ours where they mean the same, and stand under their own names where nobody knows. */

import { expect, it } from 'vitest';
import { laidOver, ownCharts, sameLines } from './overlay.ts';

const run = {
  runId: 'x',
  name: 'theirs',
  series: [
    { key: 'train/loss', steps: [10, 20], values: [0.5, 0.25] },
    { key: 'loss_ref', steps: [20], values: [0.1] },
    { key: 'reward', steps: [10, 20], values: [1, 2] },
    { key: 'train_runtime', steps: [20], values: [60] },
  ],
};
const drawn = { runs: [run], before: 1, range: null };

it('of the same figure, at the steps of both, marked and in a colour of its own', () => {
  const lines = sameLines('loss', drawn);
  expect(lines).toMatchObject([
    { runName: 'theirs (from outside)', label: '“train/loss”', runIndex: 1 },
  ]);
  const ours = { runId: 'o', runName: 'ours', runIndex: 0, lineId: 'loss', label: 'Loss' };
  const columns = laidOver({ steps: [5, 10], lines: [{ ...ours, values: [1, 2] }] }, lines);
  expect(columns.steps).toEqual([5, 10, 20]);
  expect(columns.lines.map(({ values }) => values)).toEqual([
    [1, 2, null],
    [null, 0.5, 0.25],
  ]);
  expect(sameLines('teacher-loss', drawn)).toMatchObject([{ teacher: 'reference' }]);
  expect(sameLines('memory', drawn)).toEqual([]);
  expect(sameLines('loss', { ...drawn, range: { from: 15, to: 30 } })[0].steps).toEqual([20]);
});

it('of unknown figures as they are named, and of known ones whose chart is not on show', () => {
  const titles = (shown: string[]) =>
    ownCharts(drawn, new Set(shown)).map(({ chart }) => [chart.title, chart.unit]);
  // A single value is no curve.
  expect(titles(['loss', 'teacher-loss'])).toEqual([['reward', 'as logged']]);
  expect(titles([])).toEqual([
    ['train/loss', 'as logged'],
    ['reward', 'as logged'],
  ]);
});

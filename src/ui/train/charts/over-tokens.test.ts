/** Runs over tokens: equal tokens lie above one another, and borders of stages go with them. */

import { expect, it } from 'vitest';
import { READY_SCHEDULES } from '../../../contract/train/ready-schedules.ts';
import { readScheduleFile, settingsOfSchedule } from '../../../contract/train/schedule-file.ts';
import type { Evaluation } from '../../../contract/train/training.ts';
import { placeOn } from '../../charts/columns.ts';
import { metrics, start, step } from '../state/fixtures/run.ts';
import { overTokens, tokensBySteps } from '../state/over-tokens.ts';
import { initialState, lastStepOf } from '../state/state.ts';
import { columnsOf } from './columns.ts';
import { CHARTS } from './definitions.ts';

const loss = CHARTS.find(({ id }) => id === 'loss') ?? CHARTS[0];
const score = CHARTS.find(({ id }) => id === 'score') ?? CHARTS[0];

/** Steps of ten tokens each, and of thirty. */
const short = step(step(step(start, 1, 3), 2, 2), 3, 1);
const long = {
  ...start,
  runId: 'b',
  metrics: [1, 2].map((own) => ({ ...metrics(own, own), tokens: 30 })),
};

it('a figure stands at the tokens of all steps up to its own', () => {
  const { at } = tokensBySteps(long);
  expect([0, 1, 2, 9].map(at)).toEqual([0, 30, 60, 60]);
  const evaluation = { step: 2, score: 0.5, counts: { score: 4 } } as Evaluation;
  const evaluated = { ...long, evaluations: [evaluation] };
  const run = overTokens({ runId: 'b', name: 'n', curves: evaluated });
  expect(columnsOf(score, [run])).toMatchObject({ steps: [60], axis: 'tokens' });
});

it('runs lie over one another at equal tokens', () => {
  const runs = [short, long].map((curves) =>
    overTokens({ runId: curves.runId, name: 'n', curves }),
  );
  const { steps, lines } = columnsOf(loss, runs);
  expect(steps).toEqual([10, 20, 30, 60]);
  expect(lines.map(({ values }) => values)).toEqual([
    [3, 2, 1, null],
    [null, null, 1, 2],
  ]);
  expect(lastStepOf({ ...initialState(), axis: 'tokens', run: short, beside: { b: long } })).toBe(
    60,
  );
  expect(placeOn('tokens', 1234)).toBe('1,234 tokens');
});

it('borders of stages stand at the tokens of their steps', () => {
  const staged = READY_SCHEDULES.find(({ id }) => id === 'staged');
  if (staged === undefined) throw new Error('there are stages');
  const { id: _, ...file } = staged;
  const settings = settingsOfSchedule(readScheduleFile(file));
  const curves = {
    ...start,
    metrics: Array.from({ length: 104 }, (_, i) => metrics(i + 1, 1)),
  };
  const run = overTokens({ runId: 'a', name: 'n', curves, settings });
  expect(columnsOf(loss, [run]).borders?.map(({ step }) => step)).toEqual([100, 520]);
});

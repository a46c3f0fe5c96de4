import { describe, expect, it } from 'vitest';
import { lastOf } from '../../charts/columns.ts';
import { metrics, start, step } from '../state/fixtures/run.ts';
import { curvesWithin, drawnRuns, lastStepOf } from '../state/state.ts';
import { columnsOf, stepsOf } from './columns.ts';
import { CHARTS } from './definitions.ts';

describe('the columns of a chart', () => {
  const chart = (id: string) => CHARTS.find((row) => row.id === id) ?? CHARTS[0];
  const run = step(step(start, 1, 0.5), 3, 0.25);

  it('leave out teachers that take no part', () => {
    const [first] = drawnRuns({ run, beside: {}, stored: [] });
    const { lines } = columnsOf(chart('teacher-loss'), [first]);
    expect(lines.map(({ lineId }) => lineId)).toEqual(['loss.perception']);
  });

  it('lay runs of different lengths over one another', () => {
    const other = { ...step(start, 2, 1), runId: 'b' };
    const drawn = [run, other].map((own) => ({ runId: own.runId, name: 'n', curves: own }));
    const columns = columnsOf(chart('loss'), drawn);
    expect(columns.steps).toEqual([1, 2, 3]);
    expect(columns.lines.map(({ values }) => values)).toEqual([
      [0.5, null, 0.25],
      [null, 1, null],
    ]);
    expect(lastOf(columns, columns.lines[1].values)).toEqual({ step: 2, value: 1 });
  });

  it('have one row for each step of any run, in order, and fewer for a stretch of them', () => {
    const other = { ...step(step(start, 2, 1), 9, 1), runId: 'b' };
    const drawn = [other, run].map((own) => ({ runId: own.runId, name: 'n', curves: own }));
    expect(stepsOf('step', drawn)).toEqual([1, 2, 3, 9]);
    expect(stepsOf('step', [drawn[0]])).toEqual([2, 9]);
    expect(stepsOf('evaluation', drawn)).toEqual([]);
    const within = drawn.map((own) => ({
      ...own,
      curves: curvesWithin(own.curves, { from: 2, to: 3 }),
    }));
    expect(columnsOf(chart('loss'), within).steps).toEqual([2, 3]);
    expect(curvesWithin(run, null)).toBe(run);
    const outside = { runs: [], broken: [], drawn: {} };
    const page = { outside, run: null, beside: {}, stored: [], recorded: null };
    expect(lastStepOf({ ...page, run, beside: { b: other } })).toBe(9);
    expect(lastStepOf(page)).toBe(0);
  });

  it('of 10,000 steps are made in one go', () => {
    const long = { ...start, metrics: Array.from({ length: 10_000 }, (_, i) => metrics(i + 1, i)) };
    expect(columnsOf(chart('loss'), [{ runId: 'a', name: 'n', curves: long }]).steps).toHaveLength(
      10_000,
    );
  });
});

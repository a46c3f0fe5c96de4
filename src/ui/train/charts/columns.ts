/** A chart's columns out of the curves of runs. Pure. */

import type { RunCurves } from '../../../contract/train/runs.ts';
import { stagesOf } from '../../../contract/train/stages.ts';
import type { TrainSettings } from '../../../contract/train/train-settings.ts';
import type { ChartColumns, Column, DrawnLine } from '../../charts/columns.ts';
import type { TokensOver } from '../state/over-tokens.ts';
import type { ChartDefinition } from './definitions.ts';

export interface ChartRun {
  readonly runId: string;
  readonly name: string;
  readonly curves: RunCurves;
  readonly settings?: TrainSettings;
  /** What its curves are over, where not steps. */
  readonly over?: TokensOver;
}

/** The steps at which some run has values, each once and in order. */
export function stepsOf(kind: ChartDefinition['kind'], runs: readonly ChartRun[]): number[] {
  const lists = runs.map(({ curves }) => (kind === 'step' ? curves.metrics : curves.evaluations));
  const steps = lists.flatMap((list) => list.map(({ step }) => step));
  if (lists.length < 2) return steps;
  return [...new Set(steps)].sort((a, b) => a - b);
}

/**
 * Lines without a single value are left out: a teacher that does not take part has none. `steps` are those
 * of {@link stepsOf}, which charts of the same runs share.
 */
export function columnsOf(
  chart: ChartDefinition,
  runs: readonly ChartRun[],
  steps: readonly number[] = stepsOf(chart.kind, runs),
): ChartColumns {
  // Of a single run every step has its own row.
  const place = runs.length < 2 ? null : new Map(steps.map((step, i) => [step, i]));
  const column = <T extends { readonly step: number }>(
    list: readonly T[],
    value: (item: T) => number | null,
  ): Column => {
    const values: (number | null)[] = Array(steps.length).fill(null);
    for (let i = 0; i < list.length; i++) {
      const at = place === null ? i : place.get(list[i].step);
      const own = value(list[i]);
      if (at !== undefined && own !== null && Number.isFinite(own)) values[at] = own;
    }
    return values;
  };
  const lines = runs.flatMap(({ runId, name, curves }, runIndex): DrawnLine[] => {
    const text = { runId, runName: name, runIndex };
    if (chart.kind === 'step')
      return chart.lines.map(({ id, label, teacher, dash, value }) => ({
        ...text,
        lineId: id,
        label,
        ...(teacher === undefined ? {} : { teacher }),
        ...(dash === undefined ? {} : { dash }),
        values: column(curves.metrics, value),
      }));
    return chart.lines.map(({ id, label, value, interval }) => ({
      ...text,
      lineId: id,
      label,
      values: column(curves.evaluations, value),
      low: column(curves.evaluations, (item) => interval(item).low),
      high: column(curves.evaluations, (item) => interval(item).high),
    }));
  });
  const borders = bordersOf(runs);
  return {
    steps,
    lines: lines.filter(({ values }) => values.some((value) => value !== null)),
    ...(borders.length === 0 ? {} : { borders }),
    ...(runs.some(({ over }) => over !== undefined) ? { axis: 'tokens' as const } : {}),
  };
}

/** Where stages end and others begin, of the first run that has some. */
function bordersOf(runs: readonly ChartRun[]): NonNullable<ChartColumns['borders']> {
  const staged = runs.find(({ settings }) => settings?.schedule !== undefined);
  if (staged?.settings === undefined) return [];
  const { over } = staged;
  const places = stagesOf(staged.settings);
  // Behind a stage that its tokens will end nobody knows where the next begins.
  const known = places.findIndex(({ open }) => open);
  return places
    .slice(1, known < 0 ? places.length : known + 1)
    .map(({ from, label }) => ({ step: over?.at(from) ?? from, label }));
}

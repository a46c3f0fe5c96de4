/** Curves of trainers elsewhere over those of runs that were made here, where both mean the same; else under their own names. Pure. */

import type { OutsideCurves, OutsideSeries } from '../../../contract/train/outside-runs.ts';
import type { TeacherName } from '../../../method/types.ts';
import type { ChartText } from '../../charts/chart-text.ts';
import type { ChartColumns, DrawnLine, StepRange } from '../../charts/columns.ts';
import { formatPlain } from '../../shared/format.ts';
import { outsideLabel } from '../../shared/students.ts';

/**
 * Figures that trainers elsewhere log by these names and that mean what our chart shows, in its unit: the loss, its rate
 * and its gradient as transformers' Trainer has them, the entropy as TRL does, the rest as the released ViGOS trainer.
 */
const SAME: Readonly<
  Record<string, readonly { readonly key: string; readonly teacher?: TeacherName }[]>
> = {
  loss: [{ key: 'loss' }],
  learningRate: [{ key: 'learning_rate' }, { key: 'lr' }],
  gradNorm: [{ key: 'grad_norm' }],
  entropy: [{ key: 'entropy' }],
  'teacher-loss': [
    { key: 'loss_perception', teacher: 'perception' },
    { key: 'loss_reasoning', teacher: 'reasoning' },
    { key: 'loss_ref', teacher: 'reference' },
  ],
  fallbackRate: [{ key: 'full_completion_fallback_rate' }],
};

/** Said below a chart that has such a line. */
export const OUTSIDE_SENTENCE =
  'Lines from outside are what their own trainer logged under the quoted name, mostly a mean over several steps; it may count otherwise.';

/** What loggers put before a name. */
const plainKey = (key: string): string => key.replace(/^(?:train|training|actor)\//, '');

interface Drawn {
  readonly runs: readonly OutsideCurves[];
  /** Runs that were made here and have the colours before these. */
  readonly before: number;
  readonly range: StepRange | null;
}

type OwnLine = Omit<DrawnLine, 'values'> & Pick<OutsideSeries, 'steps' | 'values'>;

/** The lines of a chart of ours that these runs have. */
export function sameLines(chartId: string, { runs, before, range }: Drawn): OwnLine[] {
  const wanted = SAME[chartId] ?? [];
  return runs.flatMap((run, i) =>
    wanted.flatMap(({ key, teacher }) => {
      const found = run.series.find((own) => plainKey(own.key) === key);
      if (found === undefined) return [];
      return [lineOf(run, found, before + i, range, teacher)];
    }),
  );
}

/** Figures that have no chart of ours among those on show, each under its own name. */
export function ownCharts(
  { runs, before, range }: Drawn,
  shown: ReadonlySet<string>,
): { readonly chart: ChartText; readonly lines: OwnLine[] }[] {
  const covered = new Set([...shown].flatMap((id) => (SAME[id] ?? []).map(({ key }) => key)));
  const keys = new Set(runs.flatMap(({ series }) => series.map(({ key }) => key)));
  return [...keys]
    .filter((key) => !covered.has(plainKey(key)))
    .flatMap((key) => {
      const lines = runs.flatMap((run, i) => {
        const found = run.series.find((own) => own.key === key);
        return found === undefined || found.steps.length < 2
          ? []
          : [lineOf(run, found, before + i, range)];
      });
      if (lines.length === 0) return [];
      const chart: ChartText = {
        id: `outside.${key}`,
        title: key,
        unit: 'as logged',
        format: formatPlain,
        sentence: 'From outside, under the name and in the unit of its own trainer.',
      };
      return [{ chart, lines }];
    });
}

function lineOf(
  { runId, name }: OutsideCurves,
  { key, steps, values }: OutsideSeries,
  runIndex: number,
  range: StepRange | null,
  teacher?: TeacherName,
): OwnLine {
  const within = steps.flatMap((step, i) =>
    range === null || (step >= range.from && step <= range.to) ? [i] : [],
  );
  return {
    runId,
    runName: outsideLabel(name),
    runIndex,
    lineId: key,
    label: `“${key}”`,
    ...(teacher === undefined ? {} : { teacher }),
    dash: [2, 3],
    steps: within.map((i) => steps[i]),
    values: within.map((i) => values[i]),
  };
}

/** Lines with steps of their own among those of a chart. */
export function laidOver(columns: ChartColumns, lines: readonly OwnLine[]): ChartColumns {
  if (lines.length === 0) return columns;
  const all = [...columns.steps, ...lines.flatMap(({ steps }) => steps)];
  const steps = [...new Set(all)].sort((a, b) => a - b);
  const place = new Map(steps.map((step, i) => [step, i]));
  const spread = (own: readonly number[], values: readonly (number | null)[]) => {
    const column: (number | null)[] = Array(steps.length).fill(null);
    own.forEach((step, i) => {
      const at = place.get(step);
      if (at !== undefined) column[at] = values[i] ?? null;
    });
    return column;
  };
  const before = columns.lines.map(({ low, high, ...line }) => ({
    ...line,
    values: spread(columns.steps, line.values),
    ...(low === undefined ? {} : { low: spread(columns.steps, low) }),
    ...(high === undefined ? {} : { high: spread(columns.steps, high) }),
  }));
  const added = lines.map(({ steps: own, values, ...line }) => ({
    ...line,
    values: spread(own, values),
  }));
  return { ...columns, steps, lines: [...before, ...added] };
}

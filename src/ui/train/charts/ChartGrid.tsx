/** All charts of the runs that are drawn. */

import { memo, useCallback, useMemo, useState } from 'react';
import { useShallow } from 'zustand/react/shallow';
import { RECIPE_KINDS, recipeOf } from '../../../contract/train/recipes.ts';
import { recipesOf } from '../../../contract/train/stages.ts';
import { ChartCard } from '../../charts/ChartCard.tsx';
import { useTrain, useTraining } from '../context.tsx';
import { drawnOutside } from '../state/outside.ts';
import { overTokens } from '../state/over-tokens.ts';
import { recordedShown } from '../state/recorded-run.ts';
import { curvesWithin, drawnRecording, drawnRuns } from '../state/state.ts';
import styles from './ChartGrid.module.css';
import { type ChartRun, columnsOf, stepsOf } from './columns.ts';
import { type ChartDefinition, chartsOf, HELD_OUT_CHARTS } from './definitions.ts';
import { OutsideGrid } from './OutsideGrid.tsx';
import { laidOver, OUTSIDE_SENTENCE, ownCharts, sameLines } from './overlay.ts';

function useDrawn() {
  // Other news of the run (a rollout, a checkpoint) leaves the curves as they are.
  const run = useTrain(
    useShallow(({ run }) =>
      run === null
        ? null
        : {
            runId: run.runId,
            name: run.name,
            settings: run.settings,
            metrics: run.metrics,
            evaluations: run.evaluations,
            followed: null,
          },
    ),
  );
  const beside = useTrain((s) => s.beside);
  const stored = useTrain((s) => s.stored);
  const range = useTrain((s) => s.shownSteps);
  const axis = useTrain((s) => s.axis);
  const recorded = useTrain(recordedShown);
  const runs = useMemo(
    () =>
      (recorded === null ? drawnRuns({ run, beside, stored }) : [drawnRecording(recorded)])
        .map((drawn): ChartRun => (axis === 'tokens' ? overTokens(drawn) : drawn))
        .map((drawn) => ({ ...drawn, curves: curvesWithin(drawn.curves, range) })),
    [run, beside, stored, recorded, range, axis],
  );
  const steps = useMemo(
    () => ({ step: stepsOf('step', runs), evaluation: stepsOf('evaluation', runs) }),
    [runs],
  );
  const laid = useTrain(useShallow(drawnOutside));
  const outside = useMemo(
    // A log of a trainer elsewhere knows steps alone.
    () => ({ runs: axis === 'tokens' ? [] : laid, before: runs.length, range }),
    [laid, runs.length, range, axis],
  );
  return { runs, steps, outside };
}

/** The kinds of recipes that charts are drawn of, and the one that is told of first. */
function useKinds(runs: ReturnType<typeof useDrawn>['runs']) {
  const planned = useTrain((s) => s.form.settings.recipe);
  const recipes =
    runs.length > 0
      ? runs.flatMap(({ settings }) => (settings === undefined ? [] : recipesOf(settings)))
      : [planned];
  const kinds = [...new Set(recipes.map((recipe) => recipeOf(recipe).kind))];
  const told = RECIPE_KINDS.find((kind) => kinds.includes(kind)) ?? kinds[0];
  return { kinds, told };
}

export function ChartGrid({ large }: { large: boolean }) {
  const { runs, steps, outside } = useDrawn();
  const { kinds, told } = useKinds(runs);
  return (
    <div className={styles.grid} data-large={large || undefined}>
      {chartsOf(kinds)
        .filter(({ id }) => (id === 'score' || id === told.chart) === large)
        .filter((chart) => !chart.optional || runs.some((run) => hasValues(chart, run)))
        .map((chart) => (
          <RunsChart
            key={chart.id}
            chart={chart}
            large={large}
            runs={runs}
            steps={steps[chart.kind]}
            outside={outside}
          />
        ))}
    </div>
  );
}

function hasValues({ kind, lines }: ChartDefinition, { curves }: ChartRun): boolean {
  const list = kind === 'step' ? curves.metrics : curves.evaluations;
  return list.some(({ figures }) => lines.some(({ id }) => figures?.[id] !== undefined));
}

/** What trainers elsewhere logged that none of the charts above shows. */
export function OutsideCharts() {
  const { runs, outside } = useDrawn();
  const { kinds } = useKinds(runs);
  if (outside.runs.length === 0) return null;
  const shown = new Set(chartsOf(kinds).map(({ id }) => id));
  return <OutsideGrid charts={ownCharts(outside, shown)} />;
}

/** What else the held-out answers say, drawn once somebody asks for it. */
export function HeldOutGrid() {
  const { runs, steps } = useDrawn();
  const [open, setOpen] = useState(false);
  const charts = HELD_OUT_CHARTS.filter(({ lines: [{ id }] }) =>
    runs.some(({ curves }) =>
      curves.evaluations.some(({ figures }) => figures?.[id] !== undefined),
    ),
  );
  if (charts.length === 0) return null;
  return (
    <details className={styles.more} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        More held-out figures over the run: description truth, seeing and thinking errors, families,
        leakage, lengths ({charts.length})
      </summary>
      {open && (
        <div className={styles.grid}>
          {charts.map((chart) => (
            <RunsChart
              key={chart.id}
              chart={chart}
              large={false}
              runs={runs}
              steps={steps.evaluation}
            />
          ))}
        </div>
      )}
    </details>
  );
}

interface RunsChartProps {
  chart: ChartDefinition;
  large: boolean;
  runs: readonly ChartRun[];
  /** Those of the runs' values. */
  steps: readonly number[];
  outside?: ReturnType<typeof useDrawn>['outside'];
}

const RunsChart = memo(function RunsChart({ chart, large, runs, steps, outside }: RunsChartProps) {
  const session = useTraining();
  const lines = useMemo(
    () => (outside === undefined ? [] : sameLines(chart.id, outside)),
    [chart, outside],
  );
  const draw = useCallback(
    () => laidOver(columnsOf(chart, runs, steps), lines),
    [chart, runs, steps, lines],
  );
  const told = useMemo(
    () =>
      lines.length === 0 ? chart : { ...chart, sentence: `${chart.sentence} ${OUTSIDE_SENTENCE}` },
    [chart, lines],
  );
  return (
    <ChartCard
      chart={told}
      large={large}
      draw={draw}
      severalRuns={runs.length + (outside?.runs.length ?? 0) > 1}
      nothing={
        lines.length === 0 &&
        runs.every(({ curves }) => curves.metrics.length + curves.evaluations.length === 0)
      }
      onRange={session.showSteps}
    />
  );
});

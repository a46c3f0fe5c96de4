/** All charts of the runs that are drawn. */

import { useMemo } from 'react';
import { useShallow } from 'zustand/react/shallow';
import { useTrain } from '../context.tsx';
import { curvesWithin, drawnRuns } from '../state/state.ts';
import { ChartCard } from './ChartCard.tsx';
import styles from './ChartGrid.module.css';
import { stepsOf } from './columns.ts';
import { CHARTS } from './definitions.ts';

export function ChartGrid({ large }: { large: boolean }) {
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
  const runs = useMemo(
    () =>
      drawnRuns({ run, beside, stored }).map((drawn) => ({
        ...drawn,
        curves: curvesWithin(drawn.curves, range),
      })),
    [run, beside, stored, range],
  );
  const steps = useMemo(
    () => ({ step: stepsOf('step', runs), evaluation: stepsOf('evaluation', runs) }),
    [runs],
  );
  return (
    <div className={styles.grid} data-large={large || undefined}>
      {CHARTS.filter((chart) => (chart.large ?? false) === large).map((chart) => (
        <ChartCard key={chart.id} chart={chart} runs={runs} steps={steps[chart.kind]} />
      ))}
    </div>
  );
}

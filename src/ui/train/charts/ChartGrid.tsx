/** All charts of the runs that are drawn. */

import { useMemo } from 'react';
import { useShallow } from 'zustand/react/shallow';
import { recipeOf } from '../../../contract/train-settings.ts';
import type { PresetKind } from '../../../method/presets.ts';
import { useTrain } from '../context.tsx';
import { curvesWithin, drawnRuns } from '../state/state.ts';
import { ChartCard } from './ChartCard.tsx';
import styles from './ChartGrid.module.css';
import { stepsOf } from './columns.ts';
import { CHARTS, SECOND_CHART } from './definitions.ts';

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
  const planned = useTrain((s) => s.form.settings.recipe);
  const kinds = runs.map(({ settings }) => recipeOf(settings.recipe).kind);
  const second = SECOND_CHART[mostTaught(kinds.length > 0 ? kinds : [recipeOf(planned).kind])];
  const steps = useMemo(
    () => ({ step: stepsOf('step', runs), evaluation: stepsOf('evaluation', runs) }),
    [runs],
  );
  return (
    <div className={styles.grid} data-large={large || undefined}>
      {CHARTS.filter(({ id }) => (id === 'score' || id === second) === large).map((chart) => (
        <ChartCard
          key={chart.id}
          chart={chart}
          large={large}
          runs={runs}
          steps={steps[chart.kind]}
        />
      ))}
    </div>
  );
}

/** The kind among those drawn that has most to show. */
function mostTaught(kinds: readonly PresetKind[]): PresetKind {
  const order = ['distillation', 'supervised', 'untrained'] as const;
  return order.find((kind) => kinds.includes(kind)) ?? 'distillation';
}

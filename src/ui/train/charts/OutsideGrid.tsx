/** Figures of runs from outside that no chart of ours has, drawn once somebody asks for them. */

import { useMemo, useState } from 'react';
import { ChartCard } from '../../charts/ChartCard.tsx';
import { useTraining } from '../context.tsx';
import styles from './ChartGrid.module.css';
import { laidOver, type ownCharts } from './overlay.ts';

export function OutsideGrid({ charts }: { charts: ReturnType<typeof ownCharts> }) {
  const [open, setOpen] = useState(false);
  if (charts.length === 0) return null;
  return (
    <details className={styles.more} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>What trainers elsewhere logged, under their own names ({charts.length})</summary>
      {open && (
        <div className={styles.grid}>
          {charts.map((own) => (
            <OwnChart key={own.chart.id} own={own} />
          ))}
        </div>
      )}
    </details>
  );
}

function OwnChart({ own: { chart, lines } }: { own: ReturnType<typeof ownCharts>[number] }) {
  const session = useTraining();
  const draw = useMemo(() => () => laidOver({ steps: [], lines: [] }, lines), [lines]);
  return (
    <ChartCard
      chart={chart}
      draw={draw}
      severalRuns={true}
      nothing={false}
      onRange={session.showSteps}
    />
  );
}

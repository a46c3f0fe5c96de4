/** The run: how far it is, its charts as far as they are, and what leaves the page. */

import { useState } from 'react';
import { Choice } from '../fields/Choice.tsx';
import { ProgressBar } from '../shared/ProgressBar.tsx';
import { useBenchState } from './context.ts';
import { ExportBar } from './ExportBar.tsx';
import { GroupTable } from './GroupTable.tsx';
import { OP_NAMES } from './names.ts';
import styles from './Results.module.css';
import { doingText, groupsOf, type ScaleKind } from './view.ts';

const SCALES = [
  { value: 'linear', label: 'Linear' },
  { value: 'log', label: 'Logarithmic' },
] as const;

const ENDED = {
  running: '',
  done: 'Done.',
  stopped: 'Stopped; what was finished is below.',
  failed: 'Ended early; what was finished is below.',
} as const;

export function Results() {
  const run = useBenchState((s) => s.run);
  const [scale, setScale] = useState<ScaleKind>('linear');
  if (run === null) {
    return (
      <p className={styles.empty}>
        Nothing has been measured yet. Start, and every contender gets a bar: the median of its
        runs, with the fastest and the slowest run beside it, how many times ours that is, and how
        far it is from float64.
      </p>
    );
  }
  const groups = groupsOf(run);
  const { doing } = run;
  return (
    <div className={styles.results}>
      <div className={styles.bar}>
        <p role="status">{ENDED[run.phase]}</p>
        {run.phase === 'running' && (
          <div className={styles.progress}>
            <p>
              {doing === null
                ? 'Starting'
                : doingText(doing, doing.op === null ? '' : OP_NAMES[doing.op])}
            </p>
            <ProgressBar label="Progress of the benchmark" share={run.share} />
          </div>
        )}
        <div className={styles.tools}>
          <Choice label="Scale of the bars" value={scale} options={SCALES} onChange={setScale} />
          <ExportBar />
        </div>
      </div>
      <div className={styles.groups}>
        {groups.map((group) => (
          <GroupTable key={group.key} group={group} scaleKind={scale} copyGBps={run.copyGBps} />
        ))}
      </div>
    </div>
  );
}

/** What the run will take, measured on this machine before it starts. */

import type { TrainEstimate } from '../../../contract/train/training.ts';
import { ErrorNote } from '../../shared/ErrorNote.tsx';
import { formatBytes, formatMs } from '../../shared/format.ts';
import { useTrain, useTraining } from '../context.tsx';
import { isRunning } from '../state/run.ts';
import { formatDuration } from '../words.ts';
import styles from './EstimateNote.module.css';

/** What was measured, and what follows from it. */
function figuresOf(value: TrainEstimate): [label: string, figure: string][] {
  const { memoryBytes, longestMemoryBytes, stepMs, compileMs, evaluationMs } = value;
  const most =
    longestMemoryBytes > memoryBytes ? `, at most ${formatBytes(longestMemoryBytes)}` : '';
  const figures: [string, string][] = [
    ['All of it', `about ${formatDuration(value.totalMs)}`],
    ['Memory', `${formatBytes(memoryBytes)}${most}`],
  ];
  if (stepMs > 0) figures.push(['A step', formatMs(stepMs)]);
  if (compileMs > 0) figures.push(['Compiling', formatMs(compileMs)]);
  if (evaluationMs > 0) figures.push(['Evaluations', formatMs(evaluationMs)]);
  figures.push(['Trained weights', value.trainableParameters.toLocaleString('en')]);
  return figures;
}

export function EstimateNote() {
  const session = useTraining();
  const estimate = useTrain((s) => s.estimate);
  const error = useTrain((s) => s.errors.estimate);
  const form = useTrain((s) => s.form);
  const wrong = useTrain((s) => Object.keys(s.form.drafts).length > 0);
  const running = useTrain((s) => s.run !== null && isRunning(s.run));
  const measuring = estimate !== null && estimate.value === null;
  const stale = estimate !== null && estimate.form !== form;
  const value = estimate?.value ?? null;
  return (
    <div className={styles.note}>
      <button
        type="button"
        className="button"
        aria-disabled={measuring || running || wrong}
        onClick={() => {
          if (!measuring && !running && !wrong) void session.estimate();
        }}
      >
        {measuring
          ? 'Measuring a few steps …'
          : value === null
            ? 'Estimate time and memory'
            : 'Measure again'}
      </button>
      <div aria-live="polite" className={styles.text}>
        {value !== null && (
          <>
            {stale && <p>The settings have changed since this was measured.</p>}
            <dl className={styles.figures} data-stale={stale || undefined}>
              {figuresOf(value).map(([label, figure]) => (
                <div key={label}>
                  <dt>{label}</dt>
                  <dd className="numeric">{figure}</dd>
                </div>
              ))}
            </dl>
            <p>
              Rollouts grow and shrink while they are learnt: it may take half or twice as long.
            </p>
          </>
        )}
      </div>
      {error !== undefined && (
        <ErrorNote error={error} onDismiss={() => session.dismiss('estimate')} />
      )}
    </div>
  );
}

/** What the run will take, measured on this machine before it starts. */

import { ErrorNote } from '../../shared/ErrorNote.tsx';
import { formatBytes, formatMs } from '../../shared/format.ts';
import { useTrain, useTraining } from '../context.tsx';
import { isRunning } from '../state/run.ts';
import { formatDuration } from '../words.ts';
import styles from './EstimateNote.module.css';

export function EstimateNote() {
  const session = useTraining();
  const estimate = useTrain((s) => s.estimate);
  const error = useTrain((s) => s.errors.estimate);
  const settings = useTrain((s) => s.form.settings);
  const wrong = useTrain((s) => Object.keys(s.form.drafts).length > 0);
  const running = useTrain((s) => s.run !== null && isRunning(s.run));
  const measuring = estimate !== null && estimate.value === null;
  const stale = estimate !== null && estimate.settings !== settings;
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
        {measuring ? 'Measuring …' : value === null ? 'Estimate time and memory' : 'Measure again'}
      </button>
      <p aria-live="polite" className={styles.text}>
        {value !== null && (
          <>
            About <strong>{formatDuration(value.totalMs)}</strong>, give or take a factor of two:
            one short measurement, and rollouts grow and shrink while they are learnt.{' '}
            {formatMs(value.stepMs)} a step, {formatMs(value.compileMs)} to compile, about{' '}
            <strong>{formatBytes(value.memoryBytes)}</strong> of memory for{' '}
            {value.trainableParameters.toLocaleString('en')} trained weights.
            {stale && ' The settings have changed since.'}
          </>
        )}
      </p>
      {error !== undefined && (
        <ErrorNote error={error} onDismiss={() => session.dismiss('estimate')} />
      )}
    </div>
  );
}

/** What stands in the rollout's place before there is one: the truth about the model's loading. */

import { CancelLoading } from '../../engine/CancelLoading.tsx';
import { useEngineState } from '../../engine/context.tsx';
import { formatShare } from '../../shared/format.ts';
import { ProgressBar } from '../../shared/ProgressBar.tsx';
import styles from './LoadingStage.module.css';
import { Recordings } from './Recordings.tsx';

export function LoadingStage() {
  const { phase, label, share } = useEngineState((s) => s);
  return (
    <div className={styles.stage}>
      <p className={styles.lead}>
        A vision-language model is about to describe the picture, think, and answer, here in this
        tab.
      </p>
      {phase === 'loading' && (
        <div className={styles.progress}>
          <ProgressBar label="Loading the model" share={share} />
          <p className={styles.label}>
            <span>{label}</span>
            <span className="numeric">{formatShare(share)}</span>
          </p>
          <CancelLoading />
        </div>
      )}
      {phase !== 'ready' && (
        <div>
          <p className={styles.label}>Meanwhile, rollouts of it that were recorded:</p>
          <Recordings />
        </div>
      )}
      {phase === 'ready' && <p className={styles.label}>The model is ready. No rollout yet.</p>}
      {phase === 'failed' && <p className={styles.label}>The model is not loaded.</p>}
    </div>
  );
}

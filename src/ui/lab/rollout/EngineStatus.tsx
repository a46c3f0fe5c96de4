/** What the engine is doing while an earlier rollout stays on the page: starting again, or recovering. */

import { CancelLoading } from '../../engine/CancelLoading.tsx';
import { useEngineState } from '../../engine/context.tsx';
import { ProgressBar } from '../../shared/ProgressBar.tsx';
import styles from './EngineStatus.module.css';

export function EngineStatus() {
  const { phase, share, label, recovering } = useEngineState((s) => s);
  if (phase === 'loading')
    return (
      <div className={styles.status} role="status">
        <p>{label}. The rollout below is kept.</p>
        <ProgressBar label="Loading the model" share={share} />
        <CancelLoading />
      </div>
    );
  if (!recovering) return null;
  return (
    <div className={styles.status} role="status">
      <p>The GPU was lost; a new device is being made. The rollout is kept.</p>
      <ProgressBar label="Recovering the GPU" share={null} />
    </div>
  );
}

/** What the engine is doing while an earlier rollout stays on the page: starting again, or recovering. */

import { ProgressBar } from '../../shared/ProgressBar.tsx';
import { useLab } from '../context.tsx';
import { CancelLoading } from '../controls/CancelLoading.tsx';
import styles from './EngineStatus.module.css';

export function EngineStatus() {
  const { phase, share, label, recovering } = useLab((s) => s.engine);
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

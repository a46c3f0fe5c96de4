/** Everything that can be set and read: a scene, a rollout, a token; each column feeds the next. */

import styles from './LabPage.module.css';
import { RolloutPanel } from './rollout/RolloutPanel.tsx';
import { ScenePanel } from './scene/ScenePanel.tsx';
import { TokenPanel } from './token/TokenPanel.tsx';
import { TokenPeek } from './token/TokenPeek.tsx';

export function AllControls() {
  return (
    <main className={styles.page}>
      <div className={styles.scene}>
        <ScenePanel />
      </div>
      <div className={styles.rollout}>
        <RolloutPanel />
      </div>
      <div className={styles.token}>
        <TokenPanel />
      </div>
      <TokenPeek />
    </main>
  );
}

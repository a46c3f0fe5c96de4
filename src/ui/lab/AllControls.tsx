/** Everything that can be set and read: a scene, a rollout, a token; each column feeds the next. */

import { useLab } from './context.tsx';
import styles from './LabPage.module.css';
import { RolloutPanel } from './rollout/RolloutPanel.tsx';
import { ScenePanel } from './scene/ScenePanel.tsx';
import { TokenPanel } from './token/TokenPanel.tsx';
import { TokenPeek } from './token/TokenPeek.tsx';
import { Worksheet } from './worksheet/Worksheet.tsx';

export function AllControls() {
  // Nothing of what a worksheet hides is on the page, whatever else changes.
  return useLab((s) => s.settings.worksheet) ? <Worksheet /> : <Controls />;
}

function Controls() {
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

/** The middle column: run, watch the tokens come, and see who teaches each of them. */

import { useEngineState } from '../../engine/context.tsx';
import { useLab } from '../context.tsx';
import { MethodDiffers } from '../controls/MethodEditor.tsx';
import { MethodSwitches } from '../controls/MethodSwitches.tsx';
import { RunBar } from '../controls/RunBar.tsx';
import { TraceBar } from '../controls/TraceBar.tsx';
import { WhatIfBar } from '../controls/WhatIfBar.tsx';
import { LabErrors } from '../LabError.tsx';
import { EngineStatus } from './EngineStatus.tsx';
import { LiveStage, UnscoredStage } from './LiveStage.tsx';
import { LoadingStage } from './LoadingStage.tsx';
import { OfferedStage } from './OfferedStage.tsx';
import styles from './RolloutPanel.module.css';
import { ShownStage } from './ShownStage.tsx';

export function RolloutPanel() {
  const live = useLab((s) => s.live);
  const ready = useEngineState((s) => s.phase === 'ready');
  const unscored = useLab((s) => s.unscored);
  const shown = useLab((s) => s.shown);
  const offered = useLab((s) => s.offered);
  const notice = useLab((s) => s.notice);
  return (
    <section className={styles.panel} aria-labelledby="rollout-heading">
      <h2 id="rollout-heading" className="visually-hidden">
        Rollout
      </h2>
      <div className={styles.controls}>
        <RunBar />
        <MethodSwitches />
      </div>
      <MethodDiffers />
      <WhatIfBar />
      {(live !== null || shown !== null || offered !== null) && <EngineStatus />}
      <p className={styles.notice} role="status" data-testid="notice">
        {notice}
      </p>
      <LabErrors />
      {unscored !== null && <UnscoredStage unscored={unscored} />}
      {live !== null ? (
        <LiveStage live={live} />
      ) : shown !== null ? (
        <ShownStage shown={shown} />
      ) : offered !== null ? (
        <OfferedStage offered={offered} />
      ) : unscored === null || !ready ? (
        <LoadingStage />
      ) : null}
      <TraceBar />
    </section>
  );
}

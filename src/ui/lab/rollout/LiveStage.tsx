/** A rollout under way: tokens as they are sampled, then their teachers before the figures are there. */

import { useMemo } from 'react';
import { LOG_SCALE } from '../../rollout/heat-scale.ts';
import { TokenStrip } from '../../rollout/TokenStrip.tsx';
import { lanesOf, liveRollout } from '../../rollout/view.ts';
import { ProgressBar } from '../../shared/ProgressBar.tsx';
import { useLab } from '../context.tsx';
import type { LiveRollout, Work } from '../state/state.ts';
import styles from './LiveStage.module.css';

const STEPS: Record<Work['step'], string> = {
  queued: 'Waiting for the engine',
  vision: 'Looking at the picture',
  generate: 'Writing',
  score: 'The teachers are reading the rollout',
  divergence: 'Measuring the divergence',
};

export function LiveStage({ live }: { live: LiveRollout }) {
  const work = useLab((s) => s.work);
  const step = work?.step ?? 'queued';
  const share =
    step === 'generate' || work === null || work.total === 0 ? null : work.done / work.total;
  return (
    <>
      <div className={styles.progress} role="status">
        <p>
          {STEPS[step]}
          {step === 'generate' && (
            <span className="numeric" aria-hidden="true">
              : token {live.ids.length}
            </span>
          )}
        </p>
        <ProgressBar label={STEPS[step]} share={share} />
      </div>
      <Written live={live} />
    </>
  );
}

/** What a run had written that came to no figures. */
export function UnscoredStage({ unscored }: { unscored: LiveRollout }) {
  return (
    <section className={styles.unscored} aria-labelledby="unscored-heading">
      <h3 id="unscored-heading">Written, and not scored</h3>
      <Written live={unscored} label="Tokens that were not scored" />
    </section>
  );
}

function Written({ live, label }: { live: LiveRollout; label?: string }) {
  const method = useLab((s) => s.settings.method);
  const { tokens, spans } = useMemo(() => liveRollout(live, method), [live, method]);
  return (
    <>
      <TokenStrip
        label={label}
        lanes={lanesOf(tokens, spans)}
        scale={LOG_SCALE}
        selected={null}
        onSelect={null}
      />
      {live.others.length > 0 && (
        <ol className={styles.others} start={2} aria-label="The other rollouts of this run">
          {numbered(live.others).map(({ number, text }) => (
            <li key={number} className={styles.other}>
              {text}
            </li>
          ))}
        </ol>
      )}
    </>
  );
}

/** The batch's second rollout is number 2. */
const numbered = (texts: readonly string[]) => texts.map((text, i) => ({ number: i + 2, text }));

/** The stages of a run as one bar, filled as far as it is. */

import { stagesOf } from '../../../contract/train/stages.ts';
import type { TrainSettings } from '../../../contract/train/train-settings.ts';
import styles from './Timeline.module.css';

export function RunTimeline({ settings, step }: { settings: TrainSettings; step: number }) {
  if (settings.schedule === undefined) return null;
  return (
    <ol className={styles.track} aria-label="Stages of this run" data-read>
      {stagesOf(settings).map(({ id, label, from, to, open }) => {
        const steps = `steps ${from + 1} to ${open ? 'at most ' : ''}${to}`;
        const done = Math.max(0, Math.min(1, (step - from) / (to - from)));
        const now = step > from && step < to;
        return (
          <li
            key={id}
            className={styles.stage}
            style={{ flexGrow: to - from, '--done': `${100 * done}%` }}
            title={
              open
                ? `${label}: ${steps}; its tokens end it, at a step that nobody knows yet`
                : `${label}: ${steps}`
            }
            aria-current={now ? 'step' : undefined}
          >
            <span className={styles.label}>{label}</span>
            <span className="visually-hidden">
              , {steps}, {Math.round(100 * done)} % done
            </span>
          </li>
        );
      })}
    </ol>
  );
}

/** What the strength of a colour says: the scale from weak to strong, with its values and the clip. */

import { formatNats } from '../shared/format.ts';
import styles from './HeatKey.module.css';
import type { HeatScale } from './heat-scale.ts';

export interface HeatKeyProps {
  scale: HeatScale;
  /** The clip of whole tokens, nats, or null. */
  clip?: number | null;
}

export function HeatKey({ scale, clip = null }: HeatKeyProps) {
  if (scale.marks.length === 0) return null;
  const clipAt = clip === null || clip >= scale.top ? null : scale.at(clip);
  const ends = [scale.marks[0].text, scale.marks[scale.marks.length - 1].text];
  return (
    <span className={styles.key} data-testid="heat-key">
      <span className="visually-hidden">
        Strength of colour, {scale.name} scale from {ends[0]} to {ends[1]} nats
        {clipAt !== null && clip !== null && `; the clip is at ${formatNats(clip)} nats`}.
      </span>
      <span className={styles.ramp} aria-hidden="true">
        {clipAt !== null && <span className={styles.clip} style={{ '--at': clipAt }} />}
      </span>
      <span className={styles.marks} aria-hidden="true">
        {scale.marks.map(({ at, text }, i) => (
          <span
            key={text}
            className={styles.mark}
            data-end={i === 0 ? 'start' : i === scale.marks.length - 1 ? 'end' : undefined}
            style={{ '--at': at }}
          >
            {text}
          </span>
        ))}
      </span>
      <span className={styles.unit} aria-hidden="true">
        nats{clipAt !== null && `, ┆ clip ${clip}`}
      </span>
    </span>
  );
}

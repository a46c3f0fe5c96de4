/** What every chart over a rollout is: a scale at the left, a column a token, and a slider that moves over the tokens. */

import type { ReactNode } from 'react';
import styles from './ChartFrame.module.css';
import { HEIGHT } from './chart-paths.ts';
import type { ScaleMark } from './heat-scale.ts';

export interface ChartFrameProps {
  /** Tokens. */
  count: number;
  ticks: readonly ScaleMark[];
  label: string;
  /** What the slider says of the current token. */
  valueText: string;
  selected: number | null;
  onSelect: (index: number) => void;
  /** Drawn in units of a token and of {@link HEIGHT}. */
  children: ReactNode;
  below?: ReactNode;
}

/** The cursor is never thinner than this part of the chart. */
const LEAST_COLUMN = 1 / 400;

export function ChartFrame(props: ChartFrameProps) {
  const { count, ticks, label, valueText, selected, onSelect, children, below } = props;
  const at = Math.min(count - 1, selected ?? 0);
  return (
    <div className={styles.chart}>
      <div className={styles.scale} aria-hidden="true">
        {ticks.map((tick) => (
          <span key={tick.text} className={styles.tick} style={{ '--at': tick.at }}>
            {tick.text}
          </span>
        ))}
      </div>
      <div className={styles.plot} style={{ '--bars': count }}>
        <svg
          className={styles.bars}
          viewBox={`0 0 ${count} ${HEIGHT}`}
          preserveAspectRatio="none"
          aria-hidden="true"
        >
          {selected !== null && (
            <rect
              className={styles.column}
              x={at}
              width={Math.max(1, count * LEAST_COLUMN)}
              y={0}
              height={HEIGHT}
            />
          )}
          {children}
        </svg>
        <input
          className={styles.scrubber}
          type="range"
          min={0}
          max={Math.max(0, count - 1)}
          value={at}
          aria-label={label}
          aria-valuetext={valueText}
          onChange={(event) => onSelect(Number(event.target.value))}
        />
      </div>
      {below !== undefined && <p className={styles.below}>{below}</p>}
    </div>
  );
}

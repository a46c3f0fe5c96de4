/** The divergence over the rollout, a bar a token, in step with the strip; dragging walks the tokens. */

import { memo } from 'react';
import { formatNats } from '../../shared/format.ts';
import { spokenToken } from '../../shared/visible-text.ts';
import styles from './DivergenceChart.module.css';
import { heatOf, type StripToken } from './view.ts';

export interface DivergenceChartProps {
  tokens: readonly StripToken[];
  /** Value at the top of the scale, nats. */
  top: number;
  /** The clip of whole tokens, nats, or null. */
  clip: number | null;
  /** Each token's value before the last change, drawn as a thin line. */
  before?: readonly (number | null)[] | null;
  label?: string;
  selected: number | null;
  onSelect: (index: number) => void;
}

const HEIGHT = 100;

export function DivergenceChart(props: DivergenceChartProps) {
  const { tokens, top, clip, before = null, label, selected, onSelect } = props;
  const n = tokens.length;
  const at = Math.min(n - 1, selected ?? 0);
  const current = tokens[at];
  const clipAt = clip !== null && top > clip ? heatOf(clip, top) : 0;
  return (
    <div className={styles.chart}>
      <div className={styles.scale} aria-hidden="true">
        <span className={styles.tick} style={{ '--at': 1 }}>
          {formatNats(top)} nats
        </span>
        {clipAt > 0 && clipAt < 0.85 && (
          <span className={styles.tick} style={{ '--at': Math.max(0.13, clipAt) }}>
            clip {clip}
          </span>
        )}
        <span className={styles.tick} style={{ '--at': 0 }}>
          0
        </span>
      </div>
      <div className={styles.plot} style={{ '--bars': n }}>
        <svg
          className={styles.bars}
          viewBox={`0 0 ${n} ${HEIGHT}`}
          preserveAspectRatio="none"
          aria-hidden="true"
        >
          {selected !== null && (
            <rect className={styles.column} x={at} width={1} y={0} height={HEIGHT} />
          )}
          {tokens.map((token) => (
            <Bar key={token.index} token={token} top={top} />
          ))}
          {before !== null && <path className={styles.before} d={ghost(before, top)} />}
          {clipAt > 0 && (
            <line
              className={styles.clip}
              x1={0}
              x2={n}
              y1={HEIGHT * (1 - clipAt)}
              y2={HEIGHT * (1 - clipAt)}
            />
          )}
        </svg>
        <input
          className={styles.scrubber}
          type="range"
          min={0}
          max={Math.max(0, n - 1)}
          value={at}
          aria-label={label ?? 'Token under the chart’s cursor'}
          aria-valuetext={
            current === undefined
              ? 'none'
              : `token ${at + 1}, ${spokenToken(current.text)}, ${current.value === null ? 'no teacher' : `${formatNats(current.value)} nats`}`
          }
          onChange={(event) => onSelect(Number(event.target.value))}
        />
      </div>
    </div>
  );
}

/** A short level line over each token that had a value. */
const ghost = (before: readonly (number | null)[], top: number): string =>
  before
    .map((value, i) =>
      value === null ? '' : `M${i} ${(HEIGHT * (1 - heatOf(value, top))).toFixed(1)}h1`,
    )
    .join('');

const Bar = memo(function Bar({ token, top }: { token: StripToken; top: number }) {
  const { index, teacher, value, noGradient } = token;
  const height = HEIGHT * heatOf(value, top);
  const cut = value !== null && value > top;
  return (
    <g data-teacher={teacher ?? undefined}>
      <rect className={styles.foot} x={index + 0.06} width={0.88} y={HEIGHT - 3} height={3} />
      {value !== null && (
        <rect
          className={styles.bar}
          data-clipped={noGradient || undefined}
          x={index + 0.06}
          width={0.88}
          y={HEIGHT - height}
          height={height}
        />
      )}
      {cut && <rect className={styles.cut} x={index} width={1} y={4} height={3} />}
    </g>
  );
});

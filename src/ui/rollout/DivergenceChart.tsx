/** The divergence over the rollout, a bar a token, in step with the strip; dragging walks the tokens. */

import { useMemo } from 'react';
import { formatNats } from '../shared/format.ts';
import { spokenToken } from '../shared/visible-text.ts';
import { chartPaths, HEIGHT, levelLines } from './chart-paths.ts';
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

/** The cursor is never thinner than this part of the chart. */
const LEAST_COLUMN = 1 / 400;

export function DivergenceChart(props: DivergenceChartProps) {
  const { tokens, top, clip, before = null, label, selected, onSelect } = props;
  const n = tokens.length;
  const { paths, cuts, share } = useMemo(() => chartPaths(tokens, top), [tokens, top]);
  const ghost = useMemo(() => (before === null ? null : levelLines(before, top)), [before, top]);
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
            <rect
              className={styles.column}
              x={at}
              width={Math.max(1, n * LEAST_COLUMN)}
              y={0}
              height={HEIGHT}
            />
          )}
          {paths.map(({ teacher, clipped, bars, feet }) => (
            <g key={`${teacher} ${clipped}`} data-teacher={teacher ?? undefined}>
              <path className={styles.foot} d={feet} />
              <path className={styles.bar} data-clipped={clipped || undefined} d={bars} />
            </g>
          ))}
          <path className={styles.cut} d={cuts} />
          {ghost !== null && <path className={styles.before} d={ghost} />}
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
      {share > 1 && (
        <p className={styles.share}>A bar stands for {share} tokens and shows the largest.</p>
      )}
    </div>
  );
}

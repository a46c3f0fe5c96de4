/** The divergence over the rollout, a bar a token, in step with the strip; dragging moves over the tokens. */

import { useMemo } from 'react';
import { formatNats } from '../shared/format.ts';
import { spokenToken } from '../shared/visible-text.ts';
import { ChartFrame } from './ChartFrame.tsx';
import {
  chartPaths,
  clipPlace,
  divergenceTicks,
  HEIGHT,
  levelLines,
  sharedBars,
} from './chart-paths.ts';
import styles from './DivergenceChart.module.css';
import type { HeatScale } from './heat-scale.ts';
import type { StripToken } from './view.ts';

export interface DivergenceChartProps {
  tokens: readonly StripToken[];
  scale: HeatScale;
  /** The clip of whole tokens, nats, or null. */
  clip: number | null;
  /** Each token's value before the last change, drawn as a thin line. */
  before?: readonly (number | null)[] | null;
  label?: string;
  selected: number | null;
  onSelect: (index: number) => void;
}

export function DivergenceChart(props: DivergenceChartProps) {
  const { tokens, scale, clip, before = null, label, selected, onSelect } = props;
  const n = tokens.length;
  const { paths, cuts, share } = useMemo(() => chartPaths(tokens, scale), [tokens, scale]);
  const ghost = useMemo(
    () => (before === null ? null : levelLines(before, scale)),
    [before, scale],
  );
  const current = tokens[Math.min(n - 1, selected ?? 0)];
  const clipAt = clipPlace(scale, clip);
  return (
    <ChartFrame
      count={n}
      ticks={divergenceTicks(scale, clip)}
      label={label ?? 'Token under the chart’s cursor'}
      valueText={
        current === undefined
          ? 'none'
          : `token ${current.index + 1}, ${spokenToken(current.text)}, ${current.value === null ? 'no teacher' : `${formatNats(current.value)} nats`}`
      }
      selected={selected}
      onSelect={onSelect}
      below={sharedBars(share, 'the largest')}
    >
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
    </ChartFrame>
  );
}

/** What drives the push on each token, stacked and linear: red from the answer, blue from the picture. */

import { useMemo } from 'react';
import { formatPlain } from '../shared/format.ts';
import { spokenToken } from '../shared/visible-text.ts';
import { ChartFrame } from './ChartFrame.tsx';
import { leakageTicks, sharedBars } from './chart-paths.ts';
import styles from './LeakageChart.module.css';
import { leakagePaths, METHOD_LABELS, type MethodLeakage } from './leakage-view.ts';

export interface LeakageChartProps {
  texts: readonly string[];
  leakage: MethodLeakage;
  /** At its top, nats². */
  top: number;
  selected: number;
  onSelect: (token: number) => void;
}

export function LeakageChart({ texts, leakage, top, selected, onSelect }: LeakageChartProps) {
  const { parts, name } = leakage;
  const { answer, image, share } = useMemo(() => leakagePaths({ parts }, top), [parts, top]);
  const part = parts[selected] ?? null;
  const what =
    part === null
      ? 'no teacher'
      : `${formatPlain(part.answerPush)} from the answer, ${formatPlain(part.imagePush)} from the picture, nats²`;
  return (
    <ChartFrame
      count={parts.length}
      ticks={leakageTicks(top)}
      label={`Token under the cursor of ${METHOD_LABELS[name]}’s leakage`}
      valueText={`token ${selected + 1}, ${spokenToken(texts[selected] ?? '')}, ${what}`}
      selected={selected}
      onSelect={onSelect}
      below={sharedBars(share, 'their mean')}
    >
      <path className={styles.image} d={image} />
      <path className={styles.answer} d={answer} />
    </ChartFrame>
  );
}

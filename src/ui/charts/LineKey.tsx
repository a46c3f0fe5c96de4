/** A short piece of a line as the chart draws it; a teacher's has its letter too. */

import type { DrawnLine } from './columns.ts';
import styles from './LineKey.module.css';
import { dashesOf, lineColor } from './looks.ts';

type Look = Pick<DrawnLine, 'runIndex' | 'teacher' | 'dash'>;

export function LineKey({ line }: { line: Look }) {
  return (
    <svg className={styles.key} viewBox="0 0 22 8" aria-hidden="true">
      <line
        x1="0"
        y1="4"
        x2="22"
        y2="4"
        strokeDasharray={dashesOf(line).join(' ')}
        style={{ stroke: lineColor(line) }}
      />
    </svg>
  );
}

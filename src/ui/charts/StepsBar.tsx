/** Which steps the charts show: all, or a stretch that is typed here or drawn over a chart. */

import { type ReactNode, useId } from 'react';
import { useDraft } from '../shared/use-draft.ts';
import type { ChartAxis, StepRange } from './columns.ts';
import styles from './StepsBar.module.css';

export interface StepsBarProps {
  /** What is shown; null is everything. */
  range: StepRange | null;
  /** The last step there is. */
  last: number;
  onRange: (range: StepRange | null) => void;
  /** What lies along the charts. */
  axis?: ChartAxis;
  /** The choice of it. */
  children?: ReactNode;
}

export function StepsBar({ range, last, onRange, axis = 'steps', children }: StepsBarProps) {
  if (last < 2) return null;
  const one = axis === 'steps' ? 'step' : 'token';
  const { from, to } = range ?? { from: 0, to: last };
  const show = (next: StepRange) => {
    const low = Math.max(0, Math.min(next.from, next.to));
    const high = Math.min(last, Math.max(next.from, next.to));
    onRange(low === 0 && high === last ? null : { from: low, to: high });
  };
  return (
    <div className={styles.bar}>
      <StepField
        label={`Charts from ${one}`}
        value={from}
        onChange={(step) => show({ from: step, to })}
      />
      <StepField label={`to ${one}`} value={to} onChange={(step) => show({ from, to: step })} />
      <button
        type="button"
        className="button"
        aria-disabled={range === null}
        onClick={() => onRange(null)}
      >
        Whole run
      </button>
      {children}
      <p className={styles.hint}>Or drag over a chart; a double click shows the whole run again.</p>
    </div>
  );
}

interface StepFieldProps {
  label: string;
  value: number;
  onChange: (step: number) => void;
}

function StepField({ label, value, onChange }: StepFieldProps) {
  const id = useId();
  const draft = useDraft(String(value), (text) => {
    const step = Number(text);
    if (text.trim() !== '' && Number.isInteger(step)) onChange(step);
  });
  return (
    <span className={styles.field}>
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        className={`input ${styles.step}`}
        type="text"
        inputMode="numeric"
        {...draft}
      />
    </span>
  );
}

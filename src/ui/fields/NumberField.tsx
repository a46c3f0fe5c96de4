/** One number with its limits; a value outside them is changed to the nearest inside, which it says. */

import { type ReactNode, useId, useState } from 'react';
import styles from './NumberField.module.css';

export interface NumberFieldProps {
  label: ReactNode;
  value: number;
  bounds: { readonly min: number; readonly max: number; readonly step: number };
  /** What becomes of a number that was typed. */
  fit: (typed: number) => number;
  onChange: (value: number) => void;
  onEnter: () => void;
  inline?: boolean;
}

export function NumberField(props: NumberFieldProps) {
  const { label, value, bounds, fit, onChange, onEnter, inline = false } = props;
  const { min, max, step } = bounds;
  const [draft, setDraft] = useState<string | null>(null);
  const [bounded, setBounded] = useState(false);
  const id = useId();
  /** What the setting takes as it is counts at once: a pop-up that is closed loses nothing. */
  const take = (text: string) => {
    setDraft(text);
    const typed = numberOf(text);
    if (typed !== value && fit(typed) === typed) onChange(typed);
  };
  const commit = () => {
    if (draft === null) return;
    const typed = numberOf(draft);
    onChange(Number.isNaN(typed) ? value : fit(typed));
    setBounded(!Number.isNaN(typed) && fit(typed) !== typed);
    setDraft(null);
  };
  return (
    <div className={styles.field} data-inline={inline || undefined}>
      <span id={id} className={styles.label}>
        {label}
      </span>
      <input
        className={`input ${styles.input}`}
        type="number"
        inputMode="decimal"
        aria-labelledby={id}
        min={min}
        max={max}
        step={step}
        title={bounded ? `Changed to ${value}: ${min} to ${max} is what it takes` : undefined}
        aria-description={bounded ? `Changed to ${value}` : undefined}
        value={draft ?? value}
        onChange={(event) => take(event.target.value)}
        onBlur={commit}
        onKeyDown={(event) => {
          if (event.key !== 'Enter') return;
          commit();
          onEnter();
        }}
      />
    </div>
  );
}

const numberOf = (text: string): number => (text.trim() === '' ? Number.NaN : Number(text));

/** One of a few: a row of buttons that behaves as one radio group. */

import { RadioGroup } from 'radix-ui';
import type { ReactNode } from 'react';
import styles from './Choice.module.css';

export interface ChoiceProps<T extends string> {
  label: string;
  value: T;
  options: readonly { value: T; label: ReactNode }[];
  onChange: (value: T) => void;
  /** Why nothing can be chosen now; it can where this is absent. */
  why?: string | undefined;
}

export function Choice<T extends string>(props: ChoiceProps<T>) {
  const { label, value, options, onChange, why } = props;
  return (
    <RadioGroup.Root
      className={styles.group}
      aria-label={label}
      value={value}
      disabled={why !== undefined}
      title={why}
      aria-description={why}
      orientation="horizontal"
      onValueChange={(next) => {
        const option = options.find((o) => o.value === next);
        if (option !== undefined) onChange(option.value);
      }}
    >
      {options.map((option) => (
        <RadioGroup.Item key={option.value} value={option.value} className={styles.item}>
          {option.label}
        </RadioGroup.Item>
      ))}
    </RadioGroup.Root>
  );
}

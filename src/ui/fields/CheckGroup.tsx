/** Some of a few: labelled checkboxes in a row. */

import type { ReactNode } from 'react';
import styles from './CheckGroup.module.css';

export interface CheckGroupProps<T> {
  /** Stands above; without one the group is named from elsewhere. */
  label?: string;
  labelledBy?: string;
  describedBy?: string;
  /** As a row of a form, not a block of its own. */
  dense?: boolean;
  options: readonly {
    key: string;
    value: T;
    label: ReactNode;
    hint?: string;
    disabled?: boolean;
  }[];
  /** Keys of the options that are on. */
  chosen: ReadonlySet<string>;
  /** The chosen values in the order of the options. */
  onChange: (values: T[]) => void;
  disabled?: boolean;
}

export function CheckGroup<T>(props: CheckGroupProps<T>) {
  const { label, options, chosen, onChange, dense, disabled = false } = props;
  return (
    <fieldset
      className={styles.group}
      data-dense={dense || undefined}
      aria-labelledby={props.labelledBy}
      aria-describedby={props.describedBy}
      disabled={disabled}
    >
      {label !== undefined && <legend className={styles.legend}>{label}</legend>}
      {options.map((option) => (
        <label key={option.key} className={styles.option} title={option.hint}>
          <input
            type="checkbox"
            checked={chosen.has(option.key)}
            disabled={option.disabled}
            onChange={({ target }) =>
              onChange(
                options
                  .filter(({ key }) => (key === option.key ? target.checked : chosen.has(key)))
                  .map(({ value }) => value),
              )
            }
          />
          {option.label}
        </label>
      ))}
    </fieldset>
  );
}

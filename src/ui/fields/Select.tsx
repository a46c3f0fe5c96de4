/** One of several, in the browser's own list. */

import styles from './Select.module.css';

export interface SelectOption<T extends string> {
  readonly value: T;
  readonly label: string;
}

export interface SelectProps<T extends string> {
  value: T;
  options: readonly SelectOption<T>[];
  onChange: (value: T) => void;
  id?: string;
  /** Names it where nothing that is drawn does. */
  label?: string;
  /** Id of the text that names it, where no label does. */
  labelledBy?: string;
  describedBy?: string;
  /** As wide as a form, as a row's control, or as its text: in a bar as high as the buttons, in a line as the line. */
  look?: 'form' | 'row' | 'bar' | 'line';
  /** In bold: it is not what it is by itself. */
  changed?: boolean;
  title?: string | undefined;
  disabled?: boolean;
  /** Why nothing can be chosen now; it can where this is absent. */
  why?: string | undefined;
}

const classOf = {
  form: 'input',
  row: `input ${styles.row}`,
  bar: styles.select,
  line: styles.select,
};

export function Select<T extends string>(props: SelectProps<T>) {
  const { value, options, onChange, look = 'form', changed, why } = props;
  return (
    <select
      id={props.id}
      className={classOf[look]}
      data-look={look}
      aria-label={props.label}
      aria-labelledby={props.labelledBy}
      aria-describedby={props.describedBy}
      value={value}
      disabled={props.disabled === true || why !== undefined}
      title={why ?? props.title}
      aria-description={why}
      data-changed={changed || undefined}
      onChange={(event) => {
        const chosen = options.find((option) => option.value === event.target.value);
        if (chosen !== undefined) onChange(chosen.value);
      }}
    >
      {options.map((option) => (
        <option key={option.value} value={option.value}>
          {option.label}
        </option>
      ))}
    </select>
  );
}

/** One field of the form: label with help, the control of its kind, and what is wrong with an entry. */

import { Switch } from 'radix-ui';
import { type ReactNode, useId } from 'react';
import type { SettingField } from '../../../contract/fields.ts';
import { readSetting } from '../../../contract/train-fields.ts';
import { Help } from '../../shared/Help.tsx';
import { useTrain, useTraining } from '../context.tsx';
import { withEntry, withoutChange } from '../state/form.ts';
import { boundsInWords, optionLabel } from './bounds.ts';
import styles from './FieldRow.module.css';

export interface FieldRowProps {
  field: SettingField;
  /** The value is not the preset's. */
  changed: boolean;
}

export function FieldRow({ field, changed }: FieldRowProps) {
  const { path, label, unit, sentence } = field;
  const session = useTraining();
  const draft = useTrain((s) => s.form.drafts[path]);
  const id = useId();
  const help = `${sentence} ${boundsInWords(field)}`;
  return (
    <div className={styles.field} data-kind={field.kind} data-path={path}>
      <span className={styles.head}>
        <span id={id} className={styles.label}>
          <Help entry={{ title: label, text: help }}>{label}</Help>
          {unit !== '' && unit !== label.toLowerCase() && (
            <span className={styles.unit}> {unit}</span>
          )}
        </span>
        {changed && (
          <button
            type="button"
            className={styles.back}
            aria-label={`${label}: back to the preset’s value`}
            title="Back to the preset’s value"
            onClick={() => session.change((form) => withoutChange(form, path))}
          >
            changed
          </button>
        )}
      </span>
      <Control field={field} labelId={id} helpId={`${id}-help`} invalid={draft !== undefined} />
      <span id={`${id}-help`} className="visually-hidden">
        {help}
      </span>
      {draft !== undefined && (
        <p className={styles.error} role="alert">
          {draft.error.fix}
        </p>
      )}
    </div>
  );
}

interface ControlProps {
  field: SettingField;
  labelId: string;
  helpId: string;
  invalid: boolean;
}

function Control({ field, labelId, helpId, invalid }: ControlProps): ReactNode {
  const session = useTraining();
  const value = useTrain((s) => readSetting(s.form.settings, field.path));
  const draft = useTrain((s) => s.form.drafts[field.path]?.text);
  const set = (next: unknown) => session.change((form) => withEntry(form, field.path, next));
  const names = { 'aria-labelledby': labelId, 'aria-describedby': helpId };
  switch (field.kind) {
    case 'number':
      return (
        <input
          className={`input ${styles.number}`}
          type="text"
          inputMode={field.integer ? 'numeric' : 'decimal'}
          {...names}
          aria-invalid={invalid || undefined}
          value={draft ?? String(value)}
          onChange={(event) => set(event.target.value)}
          onKeyDown={(event) => {
            const by = event.key === 'ArrowUp' ? 1 : event.key === 'ArrowDown' ? -1 : 0;
            if (by === 0 || !field.integer || typeof value !== 'number') return;
            event.preventDefault();
            set(Math.min(field.max, Math.max(field.min, value + by)));
          }}
        />
      );
    case 'choice':
      return (
        <select
          className={`input ${styles.select}`}
          {...names}
          value={String(value)}
          onChange={(event) => set(event.target.value)}
        >
          {field.options.map((option) => (
            <option key={option} value={option}>
              {optionLabel(option)}
            </option>
          ))}
        </select>
      );
    case 'flag':
      return (
        <Switch.Root
          className="switch"
          {...names}
          checked={value === true}
          onCheckedChange={(checked) => set(checked)}
        >
          <Switch.Thumb className="switch-thumb" />
        </Switch.Root>
      );
    case 'list': {
      // A list that is refused is shown as it was left.
      const chosen = draft === undefined ? value : draft.split(',');
      const own: readonly unknown[] = Array.isArray(chosen) ? chosen : [];
      return (
        <fieldset className={styles.list} {...names}>
          {field.options.map((option) => (
            <label key={option} className={styles.option}>
              <input
                type="checkbox"
                checked={own.includes(option)}
                onChange={(event) => {
                  set(
                    event.target.checked
                      ? [...own.filter((other) => field.options.some((x) => x === other)), option]
                      : own.filter((other) => other !== option),
                  );
                }}
              />
              {option}
            </label>
          ))}
        </fieldset>
      );
    }
  }
}

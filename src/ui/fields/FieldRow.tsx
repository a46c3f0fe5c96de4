/** One field of the form: label with help, the control of its kind, and what is wrong with an entry. */

import { type ReactNode, useId } from 'react';
import type { ErrorRecord } from '../../base/errors.ts';
import { optionLabel, type SettingField } from '../../contract/settings/fields.ts';
import { Help } from '../shared/Help.tsx';
import { boundsInWords } from './bounds.ts';
import { CheckGroup } from './CheckGroup.tsx';
import styles from './FieldRow.module.css';
import { Select } from './Select.tsx';
import { Switch } from './Switch.tsx';

export interface FieldRowProps {
  field: SettingField;
  value: unknown;
  /** An entry that the field does not take, as it was typed, and why. */
  draft: { readonly text: string; readonly error: ErrorRecord } | undefined;
  /** The value is not the preset's. */
  changed: boolean;
  onChange: (next: unknown) => void;
  /** Back to the preset's value. */
  onBack: () => void;
  /** Why nothing can be entered now; it can where this is absent. */
  why?: string | undefined;
  /** What this value means where it is used, said below the entry. */
  note?: string | undefined;
}

export function FieldRow(props: FieldRowProps) {
  const { field, value, draft, changed, onChange, onBack, why, note } = props;
  const { path, label, unit, sentence } = field;
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
            onClick={onBack}
          >
            changed
          </button>
        )}
      </span>
      <Control
        field={field}
        value={value}
        draft={draft?.text}
        labelId={id}
        helpId={`${id}-help`}
        onChange={onChange}
        why={why}
      />
      <span id={`${id}-help`} className="visually-hidden">
        {help}
      </span>
      {note !== undefined && (
        <p className={styles.note} role="status">
          {note}
        </p>
      )}
      {draft !== undefined && (
        <p className={styles.error} role="alert">
          {draft.error.fix}
        </p>
      )}
    </div>
  );
}

interface ControlProps extends Pick<FieldRowProps, 'field' | 'value' | 'onChange' | 'why'> {
  draft: string | undefined;
  labelId: string;
  helpId: string;
}

function Control(props: ControlProps): ReactNode {
  const { field, value, draft, labelId, helpId, onChange, why } = props;
  switch (field.kind) {
    case 'number':
      return (
        <input
          className={`input ${styles.number}`}
          type="text"
          inputMode={field.integer ? 'numeric' : 'decimal'}
          aria-labelledby={labelId}
          aria-describedby={helpId}
          aria-invalid={draft !== undefined || undefined}
          aria-description={why}
          disabled={why !== undefined}
          title={why}
          value={draft ?? String(value)}
          onChange={(event) => onChange(event.target.value)}
          onKeyDown={(event) => {
            const by = event.key === 'ArrowUp' ? 1 : event.key === 'ArrowDown' ? -1 : 0;
            if (by === 0 || !field.integer || typeof value !== 'number') return;
            event.preventDefault();
            onChange(Math.min(field.max, Math.max(field.min, value + by)));
          }}
        />
      );
    case 'choice':
      return (
        <Select
          look="row"
          labelledBy={labelId}
          describedBy={helpId}
          value={String(value)}
          why={why}
          options={field.options.map((option) => ({
            value: option,
            label: optionLabel(field, option),
          }))}
          onChange={onChange}
        />
      );
    case 'flag':
      return (
        <Switch
          labelledBy={labelId}
          describedBy={helpId}
          checked={value === true}
          disabled={why !== undefined}
          title={why}
          onChange={onChange}
        />
      );
    case 'list': {
      // A list that is refused is shown as it was left.
      const chosen = draft === undefined ? value : draft.split(',');
      const own: readonly unknown[] = Array.isArray(chosen) ? chosen : [];
      return (
        <CheckGroup
          dense
          labelledBy={labelId}
          describedBy={helpId}
          options={field.options.map((option) => ({ key: option, value: option, label: option }))}
          chosen={new Set(own.map(String))}
          onChange={onChange}
        />
      );
    }
  }
}

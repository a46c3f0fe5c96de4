/** One number of the settings table, with its help, its limits and what happens to a value outside them. */

import { useId, useState } from 'react';
import { Term } from '../../shared/Term.tsx';
import { useLab, useSession } from '../context.tsx';
import { fitNumber, type LabSettings, SETTINGS } from '../state/settings.ts';
import styles from './NumberField.module.css';

export type NumberName = {
  [K in keyof LabSettings]: LabSettings[K] extends number ? K : never;
}[keyof LabSettings];

export interface NumberFieldProps {
  name: NumberName;
  inline?: boolean;
}

export function NumberField({ name, inline = false }: NumberFieldProps) {
  const session = useSession();
  const setting = SETTINGS[name];
  const value = useLab((s) => s.settings[name]);
  const [draft, setDraft] = useState<string | null>(null);
  const [bounded, setBounded] = useState(false);
  const id = useId();
  /** What the setting takes as it is counts at once: a pop-up that is closed loses nothing. */
  const take = (text: string) => {
    setDraft(text);
    const typed = text.trim() === '' ? Number.NaN : Number(text);
    if (typed !== value && fitNumber(setting, typed) === typed)
      void session.change({ [name]: typed });
  };
  const commit = () => {
    if (draft === null) return;
    const typed = draft.trim() === '' ? Number.NaN : Number(draft);
    void session.change({ [name]: Number.isNaN(typed) ? value : fitNumber(setting, typed) });
    setBounded(!Number.isNaN(typed) && fitNumber(setting, typed) !== typed);
    setDraft(null);
  };
  return (
    <div className={styles.field} data-inline={inline || undefined}>
      <span id={id} className={styles.label}>
        <Term id={setting.term}>{setting.label}</Term>
      </span>
      <input
        className={`input ${styles.input}`}
        type="number"
        inputMode="decimal"
        aria-labelledby={id}
        min={setting.min}
        max={setting.max}
        step={setting.step}
        title={
          bounded
            ? `Changed to ${value}: ${setting.min} to ${setting.max} is what it takes`
            : undefined
        }
        aria-description={bounded ? `Changed to ${value}` : undefined}
        value={draft ?? value}
        onChange={(event) => take(event.target.value)}
        onBlur={commit}
        onKeyDown={(event) => {
          if (event.key !== 'Enter') return;
          commit();
          void session.run();
        }}
      />
    </div>
  );
}

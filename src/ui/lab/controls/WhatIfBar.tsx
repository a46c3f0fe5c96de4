/** How many rollouts, and what if: an ablation, another picture for the teachers, the other method beside. */

import { Switch } from 'radix-ui';
import { useId } from 'react';
import { Term } from '../../shared/Term.tsx';
import { useLab, useSession } from '../context.tsx';
import { type LabSettings, SETTINGS } from '../state/settings.ts';
import { whyIdle } from '../state/why-idle.ts';
import { NumberField } from './NumberField.tsx';
import { StudentChoice } from './StudentChoice.tsx';
import styles from './WhatIfBar.module.css';

export function WhatIfBar() {
  return (
    <div className={styles.bar}>
      <StudentChoice />
      <NumberField name="count" inline />
      <Select name="ablation" idleNote="not under OPSD" />
      <span className={styles.pair}>
        <Select name="imageOf" label="Show to" />
        <Select name="teacherImage" label="the picture" />
      </span>
      <SideBySide />
    </div>
  );
}

type SelectName = 'ablation' | 'teacherImage' | 'imageOf';

interface SelectProps {
  name: SelectName;
  label?: string;
  /** Stands behind the label while it cannot act. */
  idleNote?: string;
}

function Select({ name, label, idleNote }: SelectProps) {
  const session = useSession();
  const id = useId();
  const setting = SETTINGS[name];
  const value = useLab((s) => s.settings[name]);
  const why = useLab((s) => whyIdle(s.settings, name));
  const patchOf = (chosen: string): Partial<LabSettings> =>
    setting.options.some((option) => option.value === chosen) ? { [name]: chosen } : {};
  return (
    <span className={styles.field}>
      <span id={id} className={styles.label}>
        <Term id={setting.term}>{label ?? setting.label}</Term>
        {why !== undefined && idleNote !== undefined && `: ${idleNote}`}
      </span>
      <select
        className={styles.select}
        aria-labelledby={id}
        value={value}
        disabled={why !== undefined}
        title={why}
        aria-description={why}
        data-changed={value !== setting.fallback || undefined}
        onChange={(event) => void session.change(patchOf(event.target.value))}
      >
        {setting.options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
    </span>
  );
}

function SideBySide() {
  const session = useSession();
  const compare = useLab((s) => s.settings.compare);
  const id = useId();
  return (
    <span className={styles.field}>
      <span id={id} className={styles.label}>
        <Term id="compare">{SETTINGS.compare.label}</Term>
      </span>
      <span className={styles.switch}>
        <Switch.Root
          className="switch"
          checked={compare}
          aria-labelledby={id}
          onCheckedChange={(checked) => void session.change({ compare: checked })}
        >
          <Switch.Thumb className="switch-thumb" />
        </Switch.Root>
      </span>
    </span>
  );
}

/** How many rollouts, and what if: an ablation, another picture for the teachers, the other method beside. */

import { Switch } from 'radix-ui';
import { useId } from 'react';
import { Term } from '../../shared/Term.tsx';
import { useLab, useSession } from '../context.tsx';
import { type LabSettings, SETTINGS } from '../state/settings.ts';
import { NumberField } from './NumberField.tsx';
import { StudentChoice } from './StudentChoice.tsx';
import styles from './WhatIfBar.module.css';

export function WhatIfBar() {
  const opsd = useLab((s) => s.settings.method === 'opsd');
  const same = useLab((s) => s.settings.teacherImage === 'same');
  return (
    <div className={styles.bar}>
      <StudentChoice />
      <NumberField name="count" inline />
      <Select name="ablation" disabled={opsd} />
      <span className={styles.pair}>
        <Select name="imageOf" label="Show to" disabled={same} />
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
  disabled?: boolean;
}

function Select({ name, label, disabled = false }: SelectProps) {
  const session = useSession();
  const id = useId();
  const setting = SETTINGS[name];
  const value = useLab((s) => s.settings[name]);
  const patchOf = (chosen: string): Partial<LabSettings> =>
    setting.options.some((option) => option.value === chosen) ? { [name]: chosen } : {};
  return (
    <span className={styles.field}>
      <span id={id} className={styles.label}>
        <Term id={setting.term}>{label ?? setting.label}</Term>
      </span>
      <select
        className={styles.select}
        aria-labelledby={id}
        value={value}
        disabled={disabled}
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

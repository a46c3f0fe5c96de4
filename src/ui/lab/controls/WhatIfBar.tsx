/** How many rollouts, and what if: an ablation, another picture for the teachers, the other method beside. */

import { Switch } from 'radix-ui';
import { useId } from 'react';
import type { TermId } from '../../shared/glossary.ts';
import { Term } from '../../shared/Term.tsx';
import { useLab, useSession } from '../context.tsx';
import { ablationOf, otherMethodOf, withAblation, withMethod } from '../state/method.ts';
import { ABLATION, SETTINGS } from '../state/settings.ts';
import { whyNoAblation, whyNoReader } from '../state/why-idle.ts';
import { NumberField } from './NumberField.tsx';
import { StudentChoice } from './StudentChoice.tsx';
import styles from './WhatIfBar.module.css';

export function WhatIfBar() {
  return (
    <div className={styles.bar}>
      <StudentChoice />
      <NumberField name="count" inline />
      <AblationSelect />
      <span className={styles.pair}>
        <PictureSelect name="imageOf" label="Show to" />
        <PictureSelect name="teacherImage" label="the picture" />
      </span>
      <SideBySide />
    </div>
  );
}

const OWN = { value: 'own', label: 'Teachers of your own' };

function AblationSelect() {
  const session = useSession();
  const settings = useLab((s) => s.settings);
  const { method } = settings;
  const why = whyNoAblation(method);
  const value = ablationOf(why === undefined ? method : otherMethodOf(settings)) ?? OWN.value;
  return (
    <Select
      term={ABLATION.term}
      label={`${ABLATION.label}${why === undefined ? '' : ': not under OPSD'}`}
      value={value}
      options={value === OWN.value ? [OWN, ...ABLATION.options] : ABLATION.options}
      changed={value !== 'none'}
      why={why}
      onChange={(chosen) => {
        const found = ABLATION.options.find((option) => option.value === chosen);
        if (found !== undefined)
          void session.change(withMethod(settings, withAblation(method, found.value)));
      }}
    />
  );
}

function PictureSelect({ name, label }: { name: 'teacherImage' | 'imageOf'; label: string }) {
  const session = useSession();
  const { term, options, fallback } = SETTINGS[name];
  const value = useLab((s) => s.settings[name]);
  const why = useLab((s) => (name === 'imageOf' ? whyNoReader(s.settings) : undefined));
  return (
    <Select
      term={term}
      label={label}
      value={value}
      options={options}
      changed={value !== fallback}
      why={why}
      onChange={(chosen) => {
        if (options.some((option) => option.value === chosen))
          void session.change({ [name]: chosen });
      }}
    />
  );
}

interface SelectProps {
  term: TermId;
  label: string;
  value: string;
  options: readonly { value: string; label: string }[];
  changed: boolean;
  why: string | undefined;
  onChange: (value: string) => void;
}

function Select({ term, label, value, options, changed, why, onChange }: SelectProps) {
  const id = useId();
  return (
    <span className={styles.field}>
      <span id={id} className={styles.label}>
        <Term id={term}>{label}</Term>
      </span>
      <select
        className={styles.select}
        aria-labelledby={id}
        value={value}
        disabled={why !== undefined}
        title={why}
        aria-description={why}
        data-changed={changed || undefined}
        onChange={(event) => onChange(event.target.value)}
      >
        {options.map((option) => (
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

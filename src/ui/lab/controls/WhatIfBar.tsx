/** How many rollouts, and what if: an ablation, another picture for the teachers, the other method beside, every setting of the loss. */

import { useId } from 'react';
import { Select, type SelectProps } from '../../fields/Select.tsx';
import { Switch } from '../../fields/Switch.tsx';
import type { TermId } from '../../shared/glossary.ts';
import { Term } from '../../shared/Term.tsx';
import { useLab, useSession } from '../context.tsx';
import { ablationOf, otherMethodOf, withAblation, withMethod } from '../state/method.ts';
import { ABLATION, SETTINGS } from '../state/settings.ts';
import { whyNoAblation, whyNoReader } from '../state/why-idle.ts';
import { MethodEditor } from './MethodEditor.tsx';
import { NumberField } from './NumberField.tsx';
import { StudentSelect } from './StudentSelect.tsx';
import styles from './WhatIfBar.module.css';

export function WhatIfBar() {
  return (
    <div className={styles.bar}>
      <StudentSelect />
      <NumberField name="count" inline />
      <AblationSelect />
      <span className={styles.pair}>
        <PictureSelect name="imageOf" label="Show to" />
        <PictureSelect name="teacherImage" label="the picture" />
      </span>
      <SideBySide />
      <span className={styles.field}>
        <span className={styles.label}>
          <Term id="lossSettings">Loss</Term>
        </span>
        <MethodEditor />
      </span>
    </div>
  );
}

const OWN = { value: 'own', label: 'Teachers of your own' } as const;

function AblationSelect() {
  const session = useSession();
  const settings = useLab((s) => s.settings);
  const { method } = settings;
  const why = whyNoAblation(method);
  const value = ablationOf(why === undefined ? method : otherMethodOf(settings)) ?? OWN.value;
  return (
    <SelectField
      term={ABLATION.term}
      label={`${ABLATION.label}${why === undefined ? '' : ': not under OPSD'}`}
      value={value}
      options={value === OWN.value ? [OWN, ...ABLATION.options] : ABLATION.options}
      changed={value !== 'none'}
      why={why}
      onChange={(chosen) => {
        if (chosen !== 'own')
          void session.change(withMethod(settings, withAblation(method, chosen)));
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
    <SelectField
      term={term}
      label={label}
      value={value}
      options={options}
      changed={value !== fallback}
      why={why}
      onChange={(chosen) => void session.change({ [name]: chosen })}
    />
  );
}

interface SelectFieldProps<T extends string>
  extends Pick<SelectProps<T>, 'value' | 'options' | 'changed' | 'why' | 'onChange'> {
  term: TermId;
  label: string;
}

function SelectField<T extends string>(props: SelectFieldProps<T>) {
  const { term, label, value, options, changed, why, onChange } = props;
  const id = useId();
  return (
    <span className={styles.field}>
      <span id={id} className={styles.label}>
        <Term id={term}>{label}</Term>
      </span>
      <Select
        look="bar"
        labelledBy={id}
        value={value}
        options={options}
        why={why}
        changed={changed}
        onChange={onChange}
      />
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
        <Switch
          checked={compare}
          labelledBy={id}
          onChange={(checked) => void session.change({ compare: checked })}
        />
      </span>
    </span>
  );
}

/** Method, reading and validity; each change scores the same rollout again. */

import type { ReactNode } from 'react';
import { useShallow } from 'zustand/react/shallow';
import { Choice } from '../../shared/Choice.tsx';
import { Term } from '../../shared/Term.tsx';
import { useLab, useSession } from '../context.tsx';
import { SETTINGS } from '../state/settings.ts';
import styles from './MethodSwitches.module.css';

export function MethodSwitches() {
  const session = useSession();
  const { method, reading, validity } = useLab(
    useShallow(({ settings: { method, reading, validity } }) => ({ method, reading, validity })),
  );
  return (
    <div className={styles.switches}>
      <Switch name="method">
        <Choice
          label={SETTINGS.method.label}
          value={method}
          options={SETTINGS.method.options}
          onChange={(value) => void session.change({ method: value })}
        />
      </Switch>
      <Switch name="reading">
        <Choice
          label={SETTINGS.reading.label}
          value={reading}
          options={SETTINGS.reading.options}
          onChange={(value) => void session.change({ reading: value })}
        />
      </Switch>
      <Switch name="validity">
        <Choice
          label={SETTINGS.validity.label}
          value={validity}
          options={SETTINGS.validity.options}
          onChange={(value) => void session.change({ validity: value })}
        />
      </Switch>
    </div>
  );
}

function Switch(props: { name: 'method' | 'reading' | 'validity'; children: ReactNode }) {
  const { term, label } = SETTINGS[props.name];
  return (
    <div className={styles.switch}>
      <span className={styles.label}>
        <Term id={term}>{label}</Term>
      </span>
      {props.children}
    </div>
  );
}

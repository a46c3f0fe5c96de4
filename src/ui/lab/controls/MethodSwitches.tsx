/** Method, reading and validity; each change scores the same rollout again. */

import type { ReactNode } from 'react';
import { Choice } from '../../fields/Choice.tsx';
import type { TermId } from '../../shared/glossary.ts';
import { Term } from '../../shared/Term.tsx';
import { useLab, useSession } from '../context.tsx';
import { withMethodName, withMethodValue } from '../state/method.ts';
import styles from './MethodSwitches.module.css';

const METHODS = [
  { value: 'vigos', label: 'ViGOS' },
  { value: 'opsd', label: 'OPSD' },
] as const;
const READINGS = [
  { value: 'paper', label: 'Paper' },
  { value: 'code', label: 'Code' },
] as const;
const VALIDITIES = [
  { value: 'strict', label: 'Strict' },
  { value: 'lenient', label: 'Lenient' },
] as const;

export function MethodSwitches() {
  const session = useSession();
  const settings = useLab((s) => s.settings);
  const { method } = settings;
  const set = (path: string) => (value: string) =>
    void session.change(withMethodValue(settings, path, value));
  return (
    <div className={styles.switches}>
      <Switch term="method" label="Method">
        <Choice
          label="Method"
          value={method.name}
          options={METHODS}
          onChange={(name) => void session.change(withMethodName(settings, name))}
        />
      </Switch>
      <Switch term="reading" label="Reading">
        <Choice
          label="Reading"
          value={method.reading}
          options={READINGS}
          onChange={set('method.reading')}
        />
      </Switch>
      <Switch term="validity" label="Validity rule">
        <Choice
          label="Validity rule"
          value={method.validity}
          options={VALIDITIES}
          onChange={set('method.validity')}
        />
      </Switch>
    </div>
  );
}

function Switch(props: { term: TermId; label: string; children: ReactNode }) {
  const { term, label, children } = props;
  return (
    <div className={styles.switch}>
      <span className={styles.label}>
        <Term id={term}>{label}</Term>
      </span>
      {children}
    </div>
  );
}

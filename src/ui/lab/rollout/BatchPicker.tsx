/** The rollouts of one run, to pick one from: its answer, and whether form and answer are right. */

import { Choice } from '../../fields/Choice.tsx';
import { gradingOf } from '../../rollout/graded.ts';
import { Term } from '../../shared/Term.tsx';
import { useLab, useSession } from '../context.tsx';
import type { Shown } from '../state/state.ts';
import styles from './BatchPicker.module.css';

export function BatchPicker() {
  const session = useSession();
  const batch = useLab((s) => s.batch);
  const shown = useLab((s) => s.shown);
  if (batch.length < 2) return null;
  const options = batch.map((one, i) => ({ value: `${i}`, label: <Label shown={one} at={i} /> }));
  const at = shown === null ? -1 : batch.indexOf(shown);
  return (
    <div className={styles.picker}>
      <span className={styles.label}>
        <Term id="count">Rollouts</Term>
      </span>
      <Choice
        label="Rollout of this run"
        value={`${at}`}
        options={options}
        onChange={(value) => void session.pick(Number(value))}
      />
    </div>
  );
}

function Label({ shown: { trace }, at }: { shown: Shown; at: number }) {
  const { valid, answer } = trace;
  const right = gradingOf(trace).correct;
  const said = !valid ? 'invalid' : right ? 'right' : 'wrong';
  return (
    <span className={styles.rollout} data-said={said}>
      <span className={styles.number}>{at + 1}</span> {answer ?? 'no box'}
      <span aria-hidden="true">{valid ? (right ? ' ✓' : ' ✗') : ' !'}</span>
      <span className="visually-hidden">, {said}</span>
    </span>
  );
}

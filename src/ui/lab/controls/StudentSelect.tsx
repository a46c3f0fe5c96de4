/** Who is asked: the base, or a student that was trained here; shown once there is one. */

import { useId } from 'react';
import { useEngineState } from '../../engine/context.tsx';
import { Select } from '../../fields/Select.tsx';
import { Term } from '../../shared/Term.tsx';
import { useLab, useSession } from '../context.tsx';
import styles from './WhatIfBar.module.css';

const BASE = 'base';

export function StudentSelect() {
  const session = useSession();
  const student = useLab((s) => s.student);
  const students = useLab((s) => s.students);
  const ready = useEngineState((s) => s.phase === 'ready');
  const id = useId();
  if (students.length === 0) return null;
  return (
    <span className={`${styles.field} ${styles.student}`}>
      <span id={id} className={styles.label}>
        <Term id="student">Student</Term>
      </span>
      <Select
        look="bar"
        title={student?.label}
        labelledBy={id}
        why={ready ? undefined : 'Another student can be chosen once the model is loaded.'}
        value={student?.label ?? BASE}
        options={[
          { value: BASE, label: 'base' },
          ...students.map(({ label }) => ({ value: label, label })),
        ]}
        onChange={(chosen) => {
          const offer = students.find(({ label }) => label === chosen) ?? null;
          void session.takeStudent(offer);
        }}
      />
    </span>
  );
}

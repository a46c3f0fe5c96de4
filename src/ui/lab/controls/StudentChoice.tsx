/** Who is asked: the base, or a student that was trained here; shown once there is one. */

import { useId } from 'react';
import { Term } from '../../shared/Term.tsx';
import { useLab, useSession } from '../context.tsx';
import styles from './WhatIfBar.module.css';

const BASE = 'base';

export function StudentChoice() {
  const session = useSession();
  const student = useLab((s) => s.student);
  const students = useLab((s) => s.students);
  const ready = useLab((s) => s.engine.phase === 'ready');
  const id = useId();
  if (students.length === 0) return null;
  return (
    <span className={styles.field}>
      <span id={id} className={styles.label}>
        <Term id="student">Student</Term>
      </span>
      <select
        className={`${styles.select} ${styles.student}`}
        title={student?.label}
        aria-labelledby={id}
        disabled={!ready}
        value={student?.label ?? BASE}
        onChange={(event) => {
          const offer = students.find(({ label }) => label === event.target.value) ?? null;
          void session.takeStudent(offer);
        }}
      >
        <option value={BASE}>base</option>
        {students.map(({ label }) => (
          <option key={label} value={label}>
            {label}
          </option>
        ))}
      </select>
    </span>
  );
}

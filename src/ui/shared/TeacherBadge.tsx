/** A teacher's letter on its colour, with its name beside it if wanted. */

import styles from './TeacherBadge.module.css';
import { Term } from './Term.tsx';
import { TEACHERS, type TeacherMark } from './teachers.ts';

export function TeacherBadge({ teacher, named = true }: { teacher: TeacherMark; named?: boolean }) {
  const { letter, label, term } = TEACHERS[teacher];
  return (
    <span className={styles.badge} data-teacher={teacher}>
      <span className={styles.letter} aria-hidden={named}>
        {letter}
      </span>
      {named && <Term id={term}>{label}</Term>}
    </span>
  );
}

/** How far each teacher goes when it is shown another picture or a wrong answer: by teacher and segment, and at one token. */

import { memo } from 'react';
import {
  type GoesBy,
  goesBy,
  type LooksMean,
  type LooksToken,
  looksMeans,
} from '../../method/looks.ts';
import { formatNats } from '../shared/format.ts';
import { Table } from '../shared/Table.tsx';
import { TeacherBadge } from '../shared/TeacherBadge.tsx';
import { Term } from '../shared/Term.tsx';
import { cut } from '../shared/visible-text.ts';
import styles from './LooksTable.module.css';

const ANSWERS: Record<GoesBy, string> = {
  yes: 'yes',
  'a little': 'a little',
  hardly: 'hardly',
  'cannot tell': '–',
};

export interface LooksTableProps {
  tokens: readonly LooksToken[];
  /** A token with a row of its own, and its text; it has none where nobody teaches it. */
  at: { readonly token: number; readonly text: string } | null;
  /** Segments and wrong answers too. */
  whole: boolean;
}

export const LooksTable = memo(function LooksTable({ tokens, at, whole }: LooksTableProps) {
  const means = looksMeans(tokens).filter(({ segment }) => whole || segment === null);
  const marked = tokens.find(({ token }) => token === at?.token);
  return (
    <Table figures className={`${styles.table} ${whole ? styles.whole : ''}`}>
      <thead>
        <tr>
          <th scope="col">Teacher</th>
          <th scope="col">
            <Term id="looksStudent">From the student</Term>
          </th>
          <th scope="col">with another picture</th>
          <th scope="col">
            <Term id="looks">Moves itself</Term>
          </th>
          <th scope="col">Looks?</th>
          {whole && (
            <>
              <th scope="col">with a wrong answer</th>
              <th scope="col">Moves itself</th>
              <th scope="col">Goes by it?</th>
            </>
          )}
        </tr>
      </thead>
      <tbody>
        {means.map((mean) => (
          <Row
            key={`${mean.teacher} ${mean.segment}`}
            of={mean}
            label={`${mean.segment ?? (mean.tokens === 1 ? 'one token' : `mean of ${mean.tokens} tokens`)}`}
            whole={whole}
          />
        ))}
        {marked !== undefined && at !== null && (
          <Row of={marked} label={`at “${cut(at.text.trim(), 24)}”`} whole={whole} />
        )}
      </tbody>
    </Table>
  );
});

interface RowProps {
  of: Pick<LooksMean, 'teacher' | 'student' | 'otherPicture' | 'wrongAnswer'>;
  label: string;
  whole: boolean;
}

function Row({ of: { teacher, student, otherPicture, wrongAnswer }, label, whole }: RowProps) {
  return (
    <tr>
      <th scope="row">
        <TeacherBadge teacher={teacher} named={false} />{' '}
        <span className={styles.label}>{label}</span>
      </th>
      <td>{formatNats(student)}</td>
      <td>{formatNats(otherPicture.student)}</td>
      <td>{formatNats(otherPicture.itself)}</td>
      <td>{ANSWERS[goesBy(otherPicture.itself)]}</td>
      {whole && (
        <>
          <td>{wrongAnswer === null ? '–' : formatNats(wrongAnswer.student)}</td>
          <td>{wrongAnswer === null ? '–' : formatNats(wrongAnswer.itself)}</td>
          <td>{ANSWERS[goesBy(wrongAnswer?.itself ?? null)]}</td>
        </>
      )}
    </tr>
  );
}

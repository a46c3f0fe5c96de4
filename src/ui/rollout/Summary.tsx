/** Totals of the rollout, a row a segment. */

import { memo } from 'react';
import type { Trace } from '../../contract/trace/trace.ts';
import { BACKEND_NAMES } from '../shared/backends.ts';
import { formatMs, formatNats, formatShare } from '../shared/format.ts';
import type { TermId } from '../shared/glossary.ts';
import { Table } from '../shared/Table.tsx';
import { TeacherBadge } from '../shared/TeacherBadge.tsx';
import { Term } from '../shared/Term.tsx';
import { cut } from '../shared/visible-text.ts';
import styles from './Summary.module.css';
import { type SegmentTotal, temperatureOf, totalsOf } from './view.ts';

const ROWS: Record<SegmentTotal['name'], { label: string; term: TermId }> = {
  description: { label: 'Description', term: 'description' },
  reasoning: { label: 'Reasoning', term: 'thinking' },
  answer: { label: 'Answer', term: 'boxed' },
  form: { label: 'Form', term: 'form' },
  all: { label: 'All', term: 'rollout' },
};

/** Marks of a model that are shown; a file may claim any number. */
const MARKS = 3;

export interface SummaryProps {
  trace: Trace;
  /** Milliseconds of the last job on it; null where there was none here. */
  ms: number | null;
  /** The figures are a file's own. */
  claimed: boolean;
  /** Who wrote and scored it, in words; null where that goes without saying. */
  madeBy: string | null;
}

export const Summary = memo(function Summary({ trace, ms, claimed, madeBy }: SummaryProps) {
  const temperature = temperatureOf(trace.method);
  return (
    <Table figures className={styles.table}>
      <caption className={styles.caption}>
        {claimed && 'As the file states: '}
        {cut(trace.model.name, 80)}, {(trace.model.parameters / 1e6).toFixed(2)} million parameters,
        on {BACKEND_NAMES[trace.backend]}
        {trace.seed !== null && `, seed ${trace.seed}`}
        {ms !== null && `, last job ${formatMs(ms)}`}
        {madeBy !== null && `; ${madeBy}`}
        {trace.model.marks?.slice(0, MARKS).map((mark) => (
          <strong key={mark} className={styles.mark}>
            {cut(mark, 400)}
          </strong>
        ))}
      </caption>
      <thead>
        <tr>
          <th scope="col">
            <Term id="segment">Segment</Term>
          </th>
          <th scope="col">
            <Term id="teacher">Teacher</Term>
          </th>
          <th scope="col">
            <Term id="token">Tokens</Term>
          </th>
          <th scope="col">
            <Term id="meanKl">Mean divergence</Term>
            {temperature !== null && (
              <>
                {' '}
                <Term id="tau">{temperature}</Term>
              </>
            )}
          </th>
          <th scope="col">
            <Term id="clippedShare">No gradient</Term>
          </th>
        </tr>
      </thead>
      <tbody>
        {totalsOf(trace).map((row) => (
          <tr key={row.name}>
            <th scope="row">
              <Term id={ROWS[row.name].term}>{ROWS[row.name].label}</Term>
            </th>
            <td className={styles.teachers}>
              {row.name !== 'all' &&
                row.teachers.map((mark) => (
                  <TeacherBadge key={mark} teacher={mark} named={row.teachers.length === 1} />
                ))}
            </td>
            <td>{row.tokens}</td>
            <td>{row.mean === null ? '–' : `${formatNats(row.mean)} nats`}</td>
            <td>{row.supervised === 0 ? '–' : formatShare(row.clipped)}</td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
});

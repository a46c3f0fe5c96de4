/** The tokens that student and teacher disagree about most, with their figures. */

import type { Trace } from '../../../contract/trace/trace.ts';
import { temperatureOf } from '../../rollout/view.ts';
import { formatNats } from '../../shared/format.ts';
import { Table } from '../../shared/Table.tsx';
import { TeacherBadge } from '../../shared/TeacherBadge.tsx';
import { teacherMark } from '../../shared/teachers.ts';
import { ranked } from '../content/reading.ts';
import styles from './Stage.module.css';

const SHOWN = 4;

export interface RankingProps {
  trace: Trace;
  selected: number;
  onPick: (token: number) => void;
}

export function Ranking({ trace, selected, onPick }: RankingProps) {
  const temperature = temperatureOf(trace.method);
  return (
    <Table figures className={styles.table}>
      <caption>The largest of the rollout</caption>
      <thead>
        <tr>
          <th scope="col">Token</th>
          <th scope="col">Teacher</th>
          <th scope="col">Divergence, nats{temperature !== null && `, ${temperature}`}</th>
        </tr>
      </thead>
      <tbody>
        {ranked(trace)
          .slice(0, SHOWN)
          .map(({ index, token, value }) => (
            <tr key={index} data-lit={index === selected || undefined}>
              <th scope="row">
                <button type="button" className={styles.pick} onClick={() => onPick(index)}>
                  {token.text.trim()}
                </button>
              </th>
              <td>
                <TeacherBadge teacher={teacherMark(token.teacher)} named={false} />
              </td>
              <td>{formatNats(value)}</td>
            </tr>
          ))}
      </tbody>
    </Table>
  );
}

/** What stands beside the words: the widgets of the real pages, with the part lit that the words speak of. */

import { Table } from '../../shared/Table.tsx';
import { TableHead } from '../../shared/TableHead.tsx';
import type { Show } from '../chapter.ts';
import { DivergenceStage } from './DivergenceStage.tsx';
import { GroupStage } from './GroupStage.tsx';
import { LeakageStage } from './LeakageStage.tsx';
import { MapStage } from './MapStage.tsx';
import { RolloutStage } from './RolloutStage.tsx';
import styles from './Stage.module.css';

export function Stage({ show }: { show: Show }) {
  switch (show.kind) {
    case 'rollout':
      return <RolloutStage show={show} />;
    case 'divergence':
      return <DivergenceStage show={show} />;
    case 'leakage':
      return <LeakageStage show={show} />;
    case 'map':
      return <MapStage report={show.report} />;
    case 'group':
      return <GroupStage allRight={show.allRight} />;
    case 'table':
      return <TableStage show={show} />;
  }
}

function TableStage({ show }: { show: Extract<Show, { kind: 'table' }> }) {
  const { caption, head, rows, lit = [], note } = show;
  return (
    <div className={styles.part}>
      <Table figures className={styles.table}>
        <caption>{caption}</caption>
        <TableHead columns={head} />
        <tbody>
          {rows.map(([first, ...cells], i) => (
            <tr key={first} data-lit={lit.includes(i) || undefined}>
              <th scope="row">{first}</th>
              {cells.map((cell, column) => (
                // A cell is known by its column.
                <td key={column}>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </Table>
      {note !== undefined && <p className={styles.note}>{note}</p>}
    </div>
  );
}

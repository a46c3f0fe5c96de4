/** What the runs took and where their steps ended: tokens, reward, KL to the base. */

import {
  STEPS_HEADS,
  STEPS_NOTE,
  STEPS_TITLE,
  stepRows,
} from '../../../contract/experiment/experiment-words.ts';
import { Panel } from '../../shared/Panel.tsx';
import { Table } from '../../shared/Table.tsx';
import type { ReportProps } from '../context.ts';
import styles from './panels.module.css';

export function StepsPanel({ report }: ReportProps) {
  const rows = stepRows(report);
  if (rows.length === 0) return null;
  return (
    <Panel heading={STEPS_TITLE} headingId="steps-heading" note={STEPS_NOTE}>
      <Table figures className={`${styles.table} ${styles.plain}`}>
        <caption className="visually-hidden">{STEPS_TITLE}</caption>
        <thead>
          <tr>
            {STEPS_HEADS.map((head) => (
              <th key={head} scope="col">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(([name, ...cells]) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              {cells.map((cell, i) => (
                <td key={STEPS_HEADS[i + 1]}>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </Table>
    </Panel>
  );
}

/** The map: condition by condition who gains from decoupling, as a picture and in words. */

import { useMemo } from 'react';
import { foundText, gainText, placeLabel } from '../../../contract/experiment-words.ts';
import { Picture } from '../../charts/Picture.tsx';
import { Panel } from '../../shared/Panel.tsx';
import { Table } from '../../shared/Table.tsx';
import type { ReportProps } from '../context.ts';
import { mapPicture } from '../drawings.ts';
import styles from './panels.module.css';

export function MapPanel({ report }: ReportProps) {
  const picture = useMemo(() => mapPicture(report), [report]);
  if (picture === null) return null;
  return (
    <Panel heading={picture.title} headingId="map-heading">
      <Picture draw={picture.draw} label={picture.caption} file="vigos-map">
        {picture.caption}
      </Picture>
      <Table figures className={`${styles.table} ${styles.plain}`}>
        <thead>
          <tr>
            <th scope="col">Condition</th>
            <th scope="col">Pair</th>
            <th scope="col">Decoupled minus coupled</th>
            <th scope="col">Who gains</th>
          </tr>
        </thead>
        <tbody>
          {report.map.map((cell) => (
            <tr key={`${cell.model} ${cell.condition} ${cell.pair}`} data-gain={cell.gain}>
              <th scope="row">{placeLabel(report, cell)}</th>
              <td>{report.experiment.map?.pairs[cell.pair]?.label}</td>
              <td>{foundText(cell)}</td>
              <td className={styles.strong}>{gainText(report, cell)}</td>
            </tr>
          ))}
        </tbody>
      </Table>
    </Panel>
  );
}

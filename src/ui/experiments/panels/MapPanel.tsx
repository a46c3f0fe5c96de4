/** The map: condition by condition who gains from decoupling, as a picture and in words. */

import { useMemo } from 'react';
import type { MapCell } from '../../../contract/experiment/experiment-report.ts';
import {
  differenceText,
  gainText,
  labelOf,
  mapPlaces,
  placeLabel,
  seedsOfPlace,
  seedsText,
} from '../../../contract/experiment/experiment-words.ts';
import { Picture } from '../../charts/Picture.tsx';
import { Panel } from '../../shared/Panel.tsx';
import { Table } from '../../shared/Table.tsx';
import type { ReportProps } from '../context.ts';
import { mapPicture } from '../drawings.ts';
import styles from './panels.module.css';

export function MapPanel({ report }: ReportProps) {
  const picture = useMemo(() => mapPicture(report), [report]);
  if (picture === null) return null;
  const { recipes, map } = report.experiment;
  const pairs = map?.pairs ?? [];
  return (
    <Panel heading={picture.title} headingId="map-heading">
      <Picture draw={picture.draw} label={picture.caption} file="vigos-map">
        {picture.caption}
      </Picture>
      <Table figures className={`${styles.table} ${styles.places}`}>
        <thead>
          <tr>
            <th scope="col">Condition</th>
            {pairs.map(({ label, from, to }) => (
              <th scope="col" key={label}>
                {label}
                <span className={styles.range}>
                  {labelOf(recipes, to)} minus {labelOf(recipes, from)}
                </span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {mapPlaces(report).map((place) => {
            const seeds = seedsOfPlace(place);
            return (
              <tr key={`${place.model} ${place.condition}`}>
                <th scope="row">
                  {placeLabel(report, place)}
                  {seeds !== null && <span className={styles.range}>{seeds}</span>}
                </th>
                {pairs.map(({ label }, i) => (
                  <td key={label} data-label={label}>
                    <Gain report={report} cell={place.pairs[i]} seeds={seeds === null} />
                  </td>
                ))}
              </tr>
            );
          })}
        </tbody>
      </Table>
    </Panel>
  );
}

interface GainProps extends ReportProps {
  readonly cell: MapCell | null;
  /** Whether its own seeds are said. */
  readonly seeds: boolean;
}

function Gain({ report, cell, seeds }: GainProps) {
  if (cell === null) return <span className={styles.soft}>not part of the experiment</span>;
  const { difference, planned } = cell;
  if (difference === null) return <span className={styles.soft}>not run yet</span>;
  return (
    <>
      <span className={styles.strong}>{gainText(report, cell)}</span>
      <span className={styles.range}>
        {differenceText(difference)}
        {seeds && `, ${seedsText(difference.seeds.length, planned)}`}
      </span>
    </>
  );
}

/** The experiment's map: condition by condition who gains, as the Experiments page reads it. */

import type { ExperimentReport } from '../../../contract/experiment/experiment-report.ts';
import {
  differenceText,
  gainText,
  labelOf,
  mapPlaces,
  placeLabel,
} from '../../../contract/experiment/experiment-words.ts';
import { Table } from '../../shared/Table.tsx';
import styles from './Stage.module.css';

export function MapStage({ report }: { report: ExperimentReport }) {
  const { recipes, map } = report.experiment;
  const pairs = map?.pairs ?? [];
  return (
    <div className={styles.part}>
      <Table figures className={styles.table}>
        <caption>Who gains from decoupling, and when: Score, difference in points</caption>
        <thead>
          <tr>
            <th scope="col">Condition</th>
            {pairs.map(({ label, from, to }) => (
              <th scope="col" key={label}>
                {label}
                <br />
                {labelOf(recipes, to)} minus {labelOf(recipes, from)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {mapPlaces(report).map((place) => (
            <tr key={`${place.model} ${place.condition}`}>
              <th scope="row">{placeLabel(report, place)}</th>
              {pairs.map(({ label }, i) => {
                const cell = place.pairs[i];
                return (
                  <td key={label}>
                    {cell === null ? (
                      '–'
                    ) : (
                      <>
                        <strong>{gainText(report, cell)}</strong>
                        <br />
                        {differenceText(cell.difference)}
                      </>
                    )}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </Table>
    </div>
  );
}

/** A choice among the places of the experiment: a model under a condition. */

import { placeLabel } from '../../../contract/experiment/experiment-words.ts';
import type { ReportProps } from '../context.ts';
import { placesOf } from '../drawings.ts';
import styles from './panels.module.css';

export interface PlaceChoiceProps extends ReportProps {
  readonly label: string;
  /** Among those of `placesOf`. */
  readonly value: number;
  readonly onChange: (value: number) => void;
}

export function PlaceChoice({ report, label, value, onChange }: PlaceChoiceProps) {
  return (
    <label className={styles.choice}>
      {label}
      <select
        className="input"
        value={value}
        onChange={(event) => onChange(Number(event.target.value))}
      >
        {placesOf(report.cells).map((place, i) => (
          <option key={`${place.model} ${place.condition}`} value={i}>
            {placeLabel(report, place)}
          </option>
        ))}
      </select>
    </label>
  );
}

/** The cells of a place; of the first where there is none of that number. */
export function cellsAt({ cells }: ReportProps['report'], place: number) {
  const places = placesOf(cells);
  const { model, condition } = places[place] ?? places[0] ?? { model: '', condition: '' };
  return cells.filter((cell) => cell.model === model && cell.condition === condition);
}

/** Validation over the steps: each recipe's mean, and behind it all of its seeds. */

import { useCallback, useMemo, useState } from 'react';
import { labelOf } from '../../../contract/experiment/experiment-words.ts';
import { curves as drawn } from '../../charts/curves.ts';
import type { DrawingColors } from '../../charts/drawing.ts';
import { Picture } from '../../charts/Picture.tsx';
import { Panel } from '../../shared/Panel.tsx';
import type { ReportProps } from '../context.ts';
import { curveOf } from '../drawings.ts';
import { cellsAt, PlaceChoice } from './PlaceChoice.tsx';
import styles from './panels.module.css';

/** Names of the figures of validation that curves are drawn of. */
const FIGURES: Readonly<Record<string, string>> = {
  'score.F': 'Score',
  'prior.F': 'Prior',
  avg: 'Accuracy, all families',
  'truth.right': 'Description right',
  'errors.thinking': 'Thinking errors',
  'errors.seeing': 'Seeing errors',
  'valid.strict': 'Valid',
};
const percent = (share: number) => `${Math.round(100 * share)} %`;

export function CurvesPanel({ report }: ReportProps) {
  const [place, setPlace] = useState(0);
  const [figure, setFigure] = useState('score.F');
  const cells = useMemo(
    () => cellsAt(report, place).filter(({ curves }) => curves[figure] !== undefined),
    [report, place, figure],
  );
  const draw = useCallback(
    (width: number, colors: DrawingColors) => {
      const lines = cells.map(({ recipe, curves }, i) =>
        curveOf(curves[figure], {
          id: recipe,
          label: labelOf(report.experiment.recipes, recipe),
          color: i % colors.results.length,
          dashed: i >= colors.results.length,
          share: false,
        }),
      );
      const steps = [...new Set(lines.flatMap(({ points }) => points.map(([x]) => x)))].sort(
        (a, b) => a - b,
      );
      return drawn(
        lines,
        {
          x: { max: Math.max(1, steps.at(-1) ?? 1), ticks: steps, format: String },
          y: { min: 0, max: 1, ticks: [0, 0.25, 0.5, 0.75, 1], format: percent },
        },
        width,
        colors,
      );
    },
    [cells, figure, report],
  );
  if (report.cells.every(({ curves }) => Object.keys(curves).length === 0)) return null;
  return (
    <Panel
      heading="Over the steps"
      headingId="curves-heading"
      note="On validation pictures; thin lines are seeds."
    >
      <div className={styles.choices}>
        <PlaceChoice report={report} label="Condition" value={place} onChange={setPlace} />
        <label className={styles.choice}>
          Figure
          <select
            className="input"
            value={figure}
            onChange={(event) => setFigure(event.target.value)}
          >
            {Object.entries(FIGURES).map(([id, label]) => (
              <option key={id} value={id}>
                {label}
              </option>
            ))}
          </select>
        </label>
      </div>
      {cells.length === 0 ? (
        <p className={styles.soft}>No run of this condition is there yet.</p>
      ) : (
        <Picture
          draw={draw}
          label={`${FIGURES[figure]} over the steps: ${cells.map(({ recipe, seeds }) => `${labelOf(report.experiment.recipes, recipe)}, ${seeds.length} seeds`).join('; ')}`}
          file={`vigos-curves-${figure}`}
        >
          {`${FIGURES[figure]} after so many steps.`}
        </Picture>
      )}
    </Panel>
  );
}

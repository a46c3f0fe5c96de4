/** All figures of the tests, recipe by recipe: sorted, exported, and each row to be made again in the tab. */

import { useState } from 'react';
import { inUnit, unitName } from '../../../contract/evaluation/evaluation-tables.ts';
import type { FigureWords, ReportCell } from '../../../contract/experiment/experiment-report.ts';
import {
  labelOf,
  placeLabel,
  placeTable,
  reportCsv,
  seedsText,
  tableFigures,
} from '../../../contract/experiment/experiment-words.ts';
import { experimentQuery } from '../../../contract/train/train-query.ts';
import { Help } from '../../shared/Help.tsx';
import { Icon } from '../../shared/Icon.tsx';
import { Panel } from '../../shared/Panel.tsx';
import { SortHead } from '../../shared/SortHead.tsx';
import { saveBlob } from '../../shared/save-file.ts';
import { directionOf, nextSorting, type Sorting, sortedBy } from '../../shared/sorting.ts';
import { Table } from '../../shared/Table.tsx';
import type { ReportProps } from '../context.ts';
import { cellsAt, PlaceChoice } from './PlaceChoice.tsx';
import styles from './panels.module.css';

export function FiguresPanel({ report }: ReportProps) {
  const [place, setPlace] = useState(0);
  const [sorting, setSorting] = useState<Sorting<string>>(null);
  const cells = cellsAt(report, place);
  const figures = tableFigures(report);
  const [first] = cells;
  return (
    <Panel
      heading="All figures"
      headingId="figures-heading"
      long
      note="Of the tests, mean over seeds with its 95 % interval; nothing was chosen on these pictures. A head sorts."
      action={<Exports report={report} cells={cells} />}
    >
      <div className={styles.choices}>
        <PlaceChoice report={report} label="Condition" value={place} onChange={setPlace} />
      </div>
      <Table figures className={styles.table}>
        <caption className="visually-hidden">
          {first === undefined ? 'No figures' : placeLabel(report, first)}
        </caption>
        <thead>
          <tr>
            <th scope="col">Recipe</th>
            {figures.map(({ id, label, unit, sentence }) => (
              <SortHead
                key={id}
                direction={directionOf(sorting, id)}
                title={sentence}
                onSort={() => setSorting(nextSorting(sorting, id))}
              >
                {label}, {unitName(unit)}
              </SortHead>
            ))}
          </tr>
        </thead>
        <tbody>
          {sortedBy(cells, sorting, figureAt).map((cell) => (
            <Row key={cell.recipe} report={report} cell={cell} />
          ))}
        </tbody>
      </Table>
    </Panel>
  );
}

function Row({ report, cell }: ReportProps & { readonly cell: ReportCell }) {
  const { experiment } = report;
  const { recipe, seeds, planned, failed, figures } = cell;
  const known = experiment.recipes.find(({ id }) => id === recipe);
  return (
    <tr>
      <th scope="row" className={styles.recipe}>
        <Help entry={{ title: known?.label ?? recipe, text: known?.sentence ?? '' }}>
          {known?.label ?? recipe}
        </Help>
        <span className={styles.small}>
          {seedsText(seeds.length, planned.length)}
          {failed.length > 0 && `, ${failed.length} failed: ${failed[0].message}`}
        </span>
        <Repeat report={report} cell={cell} />
      </th>
      {tableFigures(report).map(({ id, unit }) => {
        const figure = figures.find((one) => one.id === id);
        return (
          <td key={id} title={figure === undefined ? undefined : bySeed(figure, unit)}>
            {figure === undefined ? '–' : <Value figure={figure} unit={unit} />}
          </td>
        );
      })}
    </tr>
  );
}

function Value({
  figure: { value, interval },
  unit,
}: {
  readonly figure: ReportCell['figures'][number];
  readonly unit: FigureWords['unit'];
}) {
  return (
    <>
      {inUnit(value, unit)}
      {interval !== null && (
        <span className={styles.range}>
          {' '}
          {inUnit(interval.low, unit)} to {inUnit(interval.high, unit)}
        </span>
      )}
    </>
  );
}

const bySeed = ({ seeds, values }: ReportCell['figures'][number], unit: FigureWords['unit']) =>
  seeds.map((seed, i) => `seed ${seed}: ${inUnit(values[i], unit)}`).join(', ');

/** The Train page with this cell's own settings, by its address: the model comes with it. */
function Repeat({ report, cell }: ReportProps & { readonly cell: ReportCell }) {
  const { experiment } = report;
  // An address holds no stages with their sets of questions; the command makes them.
  if (cell.training === null || cell.training.schedule !== undefined) return null;
  const model = experiment.models.find(({ id }) => id === cell.model)?.model ?? '';
  const query = experimentQuery({ settings: cell.training, preset: experiment.training.preset });
  const address = `?page=train&model=${encodeURIComponent(model)}${query === '' ? '' : `&${query}`}`;
  return (
    <a
      className={styles.repeat}
      href={address}
      aria-label={`Repeat ${labelOf(experiment.recipes, cell.recipe)} in the tab`}
    >
      <Icon name="run" />
      Repeat in the tab
    </a>
  );
}

function Exports({ report, cells }: ReportProps & { readonly cells: readonly ReportCell[] }) {
  const save = (words: string, type: string, name: string) =>
    saveBlob(new Blob([words], { type }), name);
  return (
    <div className={styles.exports}>
      <button
        type="button"
        className="button"
        onClick={() => save(reportCsv(report), 'text/csv', `${report.experiment.id}.csv`)}
      >
        <Icon name="download" />
        CSV, every seed
      </button>
      <button
        type="button"
        className="button"
        onClick={() =>
          save(
            `${placeTable(report, cells).join('\n')}\n`,
            'text/markdown',
            `${report.experiment.id}.md`,
          )
        }
      >
        <Icon name="download" />
        Markdown
      </button>
    </div>
  );
}

const figureAt = ({ figures }: ReportCell, figure: string): number | null =>
  figures.find(({ id }) => id === figure)?.value ?? null;

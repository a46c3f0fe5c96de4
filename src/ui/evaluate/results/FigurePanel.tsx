/** The figures of the chosen results side by side: sorted, copied, drawn; every cell opens the items behind it. */

import { useDeferredValue, useMemo, useState } from 'react';
import { settingDifferences } from '../../../contract/evaluation/evaluation-comparison.ts';
import type {
  EvaluationFigure,
  EvaluationRecord,
  FigureComparison,
} from '../../../contract/evaluation/evaluation-records.ts';
import { EVALUATION_MEASURES } from '../../../contract/evaluation/evaluation-settings.ts';
import {
  type ResultRow,
  resultTable,
  TABLE_FORMATS,
  type TableFormat,
  tableText,
} from '../../../contract/evaluation/evaluation-tables.ts';
import { RUN_COLORS } from '../../charts/looks.ts';
import { Help } from '../../shared/Help.tsx';
import { Icon } from '../../shared/Icon.tsx';
import { Panel } from '../../shared/Panel.tsx';
import { SortHead } from '../../shared/SortHead.tsx';
import { directionOf, nextSorting, type Sorting, sortedBy } from '../../shared/sorting.ts';
import { Table } from '../../shared/Table.tsx';
import { useSaid } from '../../shared/use-said.ts';
import { useEvaluation, useEvaluationState } from '../context.ts';
import { hasItems, pairKey, shownResults } from '../state/state.ts';
import { changeInWords, rangeInWords, valueInWords } from '../words.ts';
import styles from './FigurePanel.module.css';
import { ForestChart } from './ForestChart.tsx';
import { Quadrants } from './Quadrants.tsx';

const GROUPS: readonly { id: EvaluationFigure['measure']; label: string }[] = [
  ...EVALUATION_MEASURES.map(({ id, label }) => ({ id, label })),
  { id: 'form', label: 'Form and length' },
];

export function FigurePanel() {
  const all = useEvaluationState((s) => s.results);
  const ids = useEvaluationState((s) => s.shown);
  // A table of hundreds of cells is made in pieces, between which the page answers.
  const results = useDeferredValue(
    useMemo(
      () => shownResults({ results: all, shown: ids }).filter(({ figures }) => figures.length > 0),
      [all, ids],
    ),
  );
  const table = useMemo(() => resultTable(results), [results]);
  const [sorting, setSorting] = useState<Sorting<number>>(null);
  if (results.length === 0)
    return (
      <Panel
        heading="Figures"
        headingId="figures-heading"
        note="Choose a preset and press Evaluate: Prior and Score, truth of the description, Pass@k and PALR stand here, each with its 95 % interval, and every figure opens the items that it is made of."
        long
      />
    );
  return (
    <Panel
      heading="Figures"
      headingId="figures-heading"
      note={
        results.length > 1
          ? 'Small below a figure: its difference to the first result on the same pictures and seeds, with its 95 % interval and how many pictures changed up and down.'
          : '95 % intervals: Wilson for shares, bootstrap over pictures for lengths and PALR. A figure opens the items behind it.'
      }
      long
      action={<Copy table={table} />}
    >
      <Table figures className={styles.table}>
        <thead>
          <tr>
            <th scope="col">Figure</th>
            {results.map(({ id, name }, column) => (
              <SortHead
                key={id}
                direction={directionOf(sorting, column)}
                title="Sort the figures of each measure by this result"
                onSort={() => setSorting(nextSorting(sorting, column))}
              >
                {results.length > 1 && <Dot place={column} />}
                {name}
              </SortHead>
            ))}
          </tr>
        </thead>
        {GROUPS.map(({ id, label }) => (
          <Group
            key={id}
            label={label}
            rows={sortedBy(rowsOf(table.rows, id), sorting, figureAt)}
            results={results}
          />
        ))}
      </Table>
      <Differences results={results} />
      <Quadrants results={results} />
      <ForestChart table={table} />
    </Panel>
  );
}

const rowsOf = (rows: readonly ResultRow[], measure: EvaluationFigure['measure']) =>
  rows.filter(({ cells }) => cells.some((cell) => cell?.measure === measure));

const figureAt = ({ cells }: ResultRow, column: number): number | null =>
  cells[column]?.value ?? null;

interface GroupProps {
  label: string;
  rows: readonly ResultRow[];
  results: readonly EvaluationRecord[];
}

function Group({ label, rows, results }: GroupProps) {
  if (rows.length === 0) return null;
  return (
    <tbody>
      <tr className={styles.group}>
        <th scope="rowgroup" colSpan={results.length + 1}>
          {label}
        </th>
      </tr>
      {rows.map(({ id, label: name, cells }) => (
        <tr key={id}>
          <th scope="row">
            <Help
              entry={{ title: name, text: cells.find((cell) => cell !== null)?.sentence ?? '' }}
            >
              {name}
            </Help>
          </th>
          {results.map((result, column) => (
            <td key={result.id}>
              <Cell
                figure={cells[column]}
                result={result}
                first={column === 0 ? null : results[0].id}
              />
            </td>
          ))}
        </tr>
      ))}
    </tbody>
  );
}

interface CellProps {
  figure: EvaluationFigure | null;
  result: EvaluationRecord;
  /** Id of the result that it is compared with. */
  first: string | null;
}

function Cell({ figure, result, first }: CellProps) {
  const { lookAt } = useEvaluation();
  const looked = useEvaluationState(
    ({ cell }) => cell?.evaluationId === result.id && cell.figureId === figure?.id,
  );
  const compared = useEvaluationState(({ comparisons }) =>
    first === null ? undefined : comparisons[pairKey(first, result.id)],
  );
  if (figure === null) return <span className={styles.none}>not measured</span>;
  const { id, value, unit, interval, why, responses, pictures } = figure;
  if (value === null)
    return (
      <span className={styles.none} title={why ?? undefined}>
        – <span className={styles.why}>{why}</span>
      </span>
    );
  const behind = responses === pictures ? `${responses}` : `${responses} of ${pictures} pictures`;
  return (
    <>
      <button
        type="button"
        className={styles.cell}
        aria-pressed={looked}
        data-looked={looked}
        disabled={!hasItems(result)}
        title={
          hasItems(result)
            ? `Show the ${behind} items behind it`
            : `Of ${behind} items, which are not in the file that it came in`
        }
        onClick={() => void lookAt({ evaluationId: result.id, figureId: id })}
      >
        <strong>{valueInWords(value, unit)}</strong>
        <span className={styles.range}>
          {interval === null ? (why ?? '') : rangeInWords(interval, unit)}
        </span>
      </button>
      {compared !== undefined && <Difference compared={compared.find((own) => own.id === id)} />}
    </>
  );
}

function Difference({ compared }: { compared: FigureComparison | undefined }) {
  if (compared === undefined) return null;
  const { difference, unit, why } = compared;
  if (difference === null) return <span className={styles.difference}>{why}</span>;
  const { value, interval, rose, fell, pairs } = difference;
  return (
    <span
      className={styles.difference}
      title={`On the ${pairs} pictures that both answered: ${rose} went up, ${fell} down`}
    >
      {changeInWords(value, unit)}
      {interval !== null && ` (${rangeInWords(interval, unit)})`}, {rose} ↑ {fell} ↓
    </span>
  );
}

/** In what the others were asked otherwise than the first: what a difference may come of beside the model. */
function Differences({ results }: { results: readonly EvaluationRecord[] }) {
  const [first, ...others] = results;
  const told = others.flatMap((other) => {
    const lines = settingDifferences(first, other);
    return lines.length === 0 ? [] : [{ other, lines }];
  });
  if (told.length === 0) return null;
  return (
    <ul className={styles.differences} aria-label="What the results were asked otherwise">
      {told.map(({ other, lines }) => (
        <li key={other.id}>
          <strong>{other.name}</strong> was asked otherwise than {first.name}, so a difference may
          come of that:{' '}
          {lines.map(({ what, first: a, second: b }) => `${what} ${b} instead of ${a}`).join('; ')}.
        </li>
      ))}
    </ul>
  );
}

/** The colour that the result has in the chart. */
function Dot({ place }: { place: number }) {
  return (
    <svg className={styles.dot} viewBox="0 0 8 8" aria-hidden="true" focusable="false">
      <circle cx="4" cy="4" r="4" fill={`var(${RUN_COLORS[place % RUN_COLORS.length]})`} />
    </svg>
  );
}

const FORMAT_NAMES: Readonly<Record<TableFormat, string>> = {
  csv: 'CSV',
  markdown: 'Markdown',
  latex: 'LaTeX',
};

function Copy({ table }: { table: ReturnType<typeof resultTable> }) {
  const [said, setSaid] = useSaid();
  const copy = async (format: TableFormat) => {
    try {
      await navigator.clipboard.writeText(tableText(table, format));
      setSaid(`Copied as ${FORMAT_NAMES[format]}.`);
    } catch {
      setSaid('The browser did not allow copying.');
    }
  };
  return (
    <span className={styles.copy}>
      <span role="status" className={styles.said}>
        {said}
      </span>
      {TABLE_FORMATS.map((format) => (
        <button
          key={format}
          type="button"
          className="button"
          aria-label={`Copy the table as ${FORMAT_NAMES[format]}`}
          onClick={() => void copy(format)}
        >
          <Icon name="copy" />
          {FORMAT_NAMES[format]}
        </button>
      ))}
    </span>
  );
}

/** How it was made: what was tuned and what came of every try, the parts of the grid, and how intervals are made. */

import { INTERVALS, labelOf } from '../../../contract/experiment/experiment-words.ts';
import { Panel } from '../../shared/Panel.tsx';
import { Table } from '../../shared/Table.tsx';
import { TableHead } from '../../shared/TableHead.tsx';
import type { ReportProps } from '../context.ts';
import styles from './panels.module.css';

export function MadePanel({ report }: ReportProps) {
  const { experiment, weights } = report;
  return (
    <Panel heading="How it was made" headingId="made-heading">
      <Tuning report={report} />
      <dl className={styles.parts}>
        {[...experiment.models, ...experiment.conditions, ...experiment.recipes].map(
          ({ id, label, sentence }) => (
            <div key={id}>
              <dt>{label}</dt>
              <dd>
                {sentence}
                {weights[id] !== undefined && (
                  <span className={styles.small}> Weights {weights[id].slice(0, 12)}….</span>
                )}
              </dd>
            </div>
          ),
        )}
      </dl>
      <ul className={styles.notes}>
        {experiment.notes.map((note) => (
          <li key={note}>{note}</li>
        ))}
        <li>{INTERVALS}</li>
      </ul>
    </Panel>
  );
}

function Tuning({ report: { experiment, tuning } }: ReportProps) {
  const asked = experiment.tuning;
  if (asked === undefined) return null;
  const tries = asked.tries.map((set) =>
    Object.entries(set)
      .map(([path, value]) => `${path.split('.').at(-1)} ${value}`)
      .join(', '),
  );
  return (
    <>
      <p className={styles.soft}>
        Every recipe has the same {asked.tries.length} tries with seed {asked.seed}, judged by the
        mean of {asked.figures.join(' and ')} on validation pictures after the last step (
        {labelOf(experiment.models, asked.model)}, {labelOf(experiment.conditions, asked.condition)}
        ). The chosen one is marked and used everywhere.
      </p>
      <Table figures className={`${styles.table} ${styles.plain}`}>
        <caption className="visually-hidden">What was tuned</caption>
        <TableHead columns={['Recipe', ...tries]} />
        <tbody>
          {tuning.map(({ recipe, chosen, values }) => (
            <tr key={recipe}>
              <th scope="row">{labelOf(experiment.recipes, recipe)}</th>
              {tries.map((name, i) => (
                <td key={name} className={i === chosen ? styles.strong : undefined}>
                  {values[i] === null || values[i] === undefined
                    ? '–'
                    : `${(100 * values[i]).toFixed(1)} %`}
                  {i === chosen && ' ✓ chosen'}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </Table>
    </>
  );
}

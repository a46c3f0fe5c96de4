/** Description right or wrong by answer right or wrong: where errors come from. Every cell opens its items. */

import type { EvaluationRecord } from '../../../contract/evaluation/evaluation-records.ts';
import { useEvaluation } from '../context.ts';
import { hasItems } from '../state/state.ts';
import { valueInWords } from '../words.ts';
import styles from './Quadrants.module.css';

const ROWS = [
  { head: 'Description right', cells: ['errors.none', 'errors.thinking'] },
  { head: 'Description wrong', cells: ['errors.lucky', 'errors.seeing'] },
] as const;

export function Quadrants({ results }: { results: readonly EvaluationRecord[] }) {
  const told = results.filter(({ figures }) =>
    figures.some(({ id, value }) => id === 'errors.none' && value !== null),
  );
  if (told.length === 0) return null;
  return (
    <div className={styles.all}>
      {told.map((result) => (
        <Square key={result.id} result={result} named={results.length > 1} />
      ))}
    </div>
  );
}

function Square({ result, named }: { result: EvaluationRecord; named: boolean }) {
  return (
    <table className={styles.square}>
      <caption>{named ? result.name : 'Where errors come from'}</caption>
      <thead>
        <tr>
          <td />
          <th scope="col">Answer right</th>
          <th scope="col">Answer wrong</th>
        </tr>
      </thead>
      <tbody>
        {ROWS.map(({ head, cells }) => (
          <tr key={head}>
            <th scope="row">{head}</th>
            {cells.map((id) => (
              <td key={id}>
                <Part result={result} id={id} />
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Part({ result, id }: { result: EvaluationRecord; id: string }) {
  const { lookAt } = useEvaluation();
  const figure = result.figures.find((own) => own.id === id);
  if (figure === undefined || figure.value === null) return null;
  const { label, value, unit } = figure;
  return (
    <button
      type="button"
      className={styles.part}
      disabled={!hasItems(result)}
      onClick={() => void lookAt({ evaluationId: result.id, figureId: id })}
    >
      <strong>{valueInWords(value, unit)}</strong>
      <span>{label.toLowerCase()}</span>
      <svg className={styles.bar} viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
        <rect width={100 * value} height="4" />
      </svg>
    </button>
  );
}

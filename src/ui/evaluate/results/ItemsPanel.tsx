/** The items behind a figure: what was shown and asked, what was answered, and a way to the Lab for each. */

import { useEffect, useMemo, useState } from 'react';
import type { CountedAs, ResponseBehind } from '../../../contract/evaluation/evaluation-behind.ts';
import { keyOf as lineKey } from '../../../contract/evaluation/evaluation-comparison.ts';
import type {
  EvaluationFigure,
  EvaluationRecord,
} from '../../../contract/evaluation/evaluation-records.ts';
import { Choice } from '../../fields/Choice.tsx';
import { ErrorNote } from '../../shared/ErrorNote.tsx';
import { FileButton } from '../../shared/FileButton.tsx';
import { Panel } from '../../shared/Panel.tsx';
import { useEvaluation, useEvaluationState } from '../context.ts';
import { Item } from './Item.tsx';
import styles from './ItemsPanel.module.css';

const HEADING = 'items-heading';
const PAGE = 8;

export function ItemsPanel() {
  const cell = useEvaluationState((s) => s.cell);
  const record = useEvaluationState(
    (s) => s.results?.find(({ id }) => id === s.cell?.evaluationId) ?? null,
  );
  const figure = record?.figures.find(({ id }) => id === cell?.figureId);
  if (record === null || figure === undefined) return null;
  return <Behind record={record} figure={figure} />;
}

function Behind({ record, figure }: { record: EvaluationRecord; figure: EvaluationFigure }) {
  const { lookAt, showItems, turnTo } = useEvaluation();
  const [which, setWhich] = useState<CountedAs>('all');
  const [page, setPage] = useState(0);
  const { id: evaluationId } = record;
  const { id: figureId, label, responses } = figure;
  const behind = useEvaluationState((s) => s.behind);
  const failed = useEvaluationState((s) => s.errors.items !== undefined);
  useEffect(
    () => void turnTo({ evaluationId, figureId, which, from: page * PAGE, count: PAGE }),
    [evaluationId, figureId, which, page, turnTo],
  );
  const onPage = behind?.found.responses ?? NONE;
  const numbers = useMemo(() => [...new Set(onPage.map(({ line }) => line.item))], [onPage]);
  useEffect(() => {
    void showItems(record, numbers);
  }, [record, numbers, showItems]);
  // They stand below the figures, which may fill the window.
  useEffect(() => document.getElementById(HEADING)?.focus(), []);
  const counts = behind?.found.counts ?? { all: responses, yes: 0, no: 0 };
  const pages = Math.max(1, Math.ceil(counts[which] / PAGE));
  const close = () => {
    // The button goes with the panel, so the figure that led here has the focus again.
    document.querySelector<HTMLElement>('[data-looked="true"]')?.focus();
    lookAt(null);
  };
  return (
    <Panel
      heading={`Behind ${label}`}
      headingId={HEADING}
      focusable
      note={
        behind === null
          ? `${record.name}: ${failed ? 'its answers cannot be read.' : 'reading its answers …'}`
          : `${record.name}: ${words(counts.all)} responses count in it.`
      }
      long
      action={
        <button type="button" className="button" onClick={close}>
          Close
        </button>
      }
    >
      <Trouble record={record} items={numbers} />
      {behind !== null && isShareOfResponses(figure) && (
        <Choice
          label="Which of them"
          value={which}
          options={[
            { value: 'all', label: `All ${words(counts.all)}` },
            { value: 'yes', label: `Counted ${words(counts.yes)}` },
            { value: 'no', label: `Not ${words(counts.no)}` },
          ]}
          onChange={(next) => {
            setWhich(next);
            setPage(0);
          }}
        />
      )}
      <ol className={styles.items}>
        {onPage.map((one) => (
          <Item
            key={lineKey(one.line)}
            counted={one}
            answer={one.answer}
            figure={figure}
            record={record}
          />
        ))}
      </ol>
      {pages > 1 && (
        <p className={styles.pager}>
          <button
            type="button"
            className="button"
            disabled={page === 0}
            onClick={() => setPage(page - 1)}
          >
            Before
          </button>
          <span>
            {words(page + 1)} of {words(pages)}
          </span>
          <button
            type="button"
            className="button"
            disabled={page >= pages - 1}
            onClick={() => setPage(page + 1)}
          >
            Next
          </button>
        </p>
      )}
    </Panel>
  );
}

const NONE: readonly ResponseBehind[] = [];

const words = (count: number) => count.toLocaleString('en');

/** Whether a response counts in it as one or as none. */
const isShareOfResponses = ({ unit, measure }: EvaluationFigure): boolean =>
  unit === 'share' && measure !== 'palr';

/** Why an item cannot be shown or opened; a file that is not here is chosen again. */
function Trouble({ record, items }: { record: EvaluationRecord; items: readonly number[] }) {
  const { dismiss, takeFile } = useEvaluation();
  const error = useEvaluationState((s) => s.errors.items);
  if (error === undefined) return null;
  const missing = /^evaluation\.(no-file|other-file|file)$/.test(error.code);
  return (
    <>
      <ErrorNote error={error} onDismiss={() => dismiss('items')} />
      {missing && record.settings.set.name === 'file' && (
        <FileButton
          accept=".zip,.jsonl,application/zip"
          label={`Choose “${record.settings.set.file}”`}
          icon="upload"
          onFile={(file) => void takeFile(record, file, items)}
        />
      )}
    </>
  );
}

/** The items behind a figure: what was shown and asked, what was answered, and a way to the Lab for each. */

import { useEffect, useMemo, useState } from 'react';
import { linesBehind } from '../../../contract/evaluation-figures.ts';
import type { AnswerLine, EvaluationLine } from '../../../contract/evaluation-records.ts';
import { figureRows } from '../../../contract/evaluation-rows.ts';
import { Choice } from '../../fields/Choice.tsx';
import { ErrorNote } from '../../shared/ErrorNote.tsx';
import { FileButton } from '../../shared/FileButton.tsx';
import { Panel } from '../../shared/Panel.tsx';
import { useEvaluation, useEvaluationState } from '../context.ts';
import { Item } from './Item.tsx';
import styles from './ItemsPanel.module.css';

const HEADING = 'items-heading';
const PAGE = 8;

type Filter = 'all' | 'yes' | 'no';

export function ItemsPanel() {
  const { lookAt, showItems } = useEvaluation();
  const cell = useEvaluationState((s) => s.cell);
  const opened = useEvaluationState((s) => s.opened);
  const [filter, setFilter] = useState<Filter>('all');
  const [page, setPage] = useState(0);
  const found = useMemo(() => {
    if (cell === null || opened?.record.id !== cell.evaluationId) return null;
    const { record, lines } = opened;
    const row = figureRows(record.settings, lines).find(({ id }) => id === cell.figureId);
    if (row === undefined) return null;
    return { record, row, counted: linesBehind(row, lines), answers: answersByKey(lines) };
  }, [cell, opened]);
  const share = found !== null && found.row.unit === 'share' && found.row.kind !== 'leakage';
  const parts = useMemo(() => {
    const all = found?.counted ?? [];
    return {
      all,
      yes: all.filter(({ value }) => value > 0.5),
      no: all.filter(({ value }) => value <= 0.5),
    };
  }, [found]);
  const kept = share ? parts[filter] : parts.all;
  const pages = Math.max(1, Math.ceil(kept.length / PAGE));
  const shown = Math.min(page, pages - 1);
  const onPage = useMemo(() => kept.slice(shown * PAGE, (shown + 1) * PAGE), [kept, shown]);
  const numbers = useMemo(() => [...new Set(onPage.map(({ line }) => line.item))], [onPage]);
  const record = found?.record ?? null;
  useEffect(() => {
    if (record !== null) void showItems(record, numbers);
  }, [record, numbers, showItems]);
  const here = found !== null;
  // They stand below the figures, which may fill the window.
  useEffect(() => {
    if (here) document.getElementById(HEADING)?.focus();
  }, [here]);
  if (found === null || record === null) return null;
  const { row, answers } = found;
  const close = () => {
    // The button goes with the panel, so the figure that led here has the focus again.
    document.querySelector<HTMLElement>('[data-looked="true"]')?.focus();
    void lookAt(null);
  };
  const words = (count: number) => count.toLocaleString('en');
  return (
    <Panel
      heading={`Behind ${row.label}`}
      headingId={HEADING}
      focusable
      note={`${record.name}: ${words(parts.all.length)} responses count in it.`}
      long
      action={
        <button type="button" className="button" onClick={close}>
          Close
        </button>
      }
    >
      <Trouble items={numbers} />
      {share && (
        <Choice
          label="Which of them"
          value={filter}
          options={[
            { value: 'all', label: `All ${words(parts.all.length)}` },
            { value: 'yes', label: `Counted ${words(parts.yes.length)}` },
            { value: 'no', label: `Not ${words(parts.no.length)}` },
          ]}
          onChange={(next) => {
            setFilter(next);
            setPage(0);
          }}
        />
      )}
      <ol className={styles.items}>
        {onPage.map((one) => (
          <Item
            key={keyOf(one.line) + one.line.type}
            counted={one}
            answer={answers.get(keyOf(one.line)) ?? null}
            row={row}
            record={record}
          />
        ))}
      </ol>
      {pages > 1 && (
        <p className={styles.pager}>
          <button
            type="button"
            className="button"
            disabled={shown === 0}
            onClick={() => setPage(shown - 1)}
          >
            Before
          </button>
          <span>
            {words(shown + 1)} of {words(pages)}
          </span>
          <button
            type="button"
            className="button"
            disabled={shown >= pages - 1}
            onClick={() => setPage(shown + 1)}
          >
            Next
          </button>
        </p>
      )}
    </Panel>
  );
}

/** Why an item cannot be shown or opened; a file that is not here is chosen again. */
function Trouble({ items }: { items: readonly number[] }) {
  const { dismiss, takeFile } = useEvaluation();
  const error = useEvaluationState((s) => s.errors.items);
  const record = useEvaluationState((s) => s.opened?.record ?? null);
  if (error === undefined) return null;
  const missing = /^evaluation\.(no-file|other-file|file)$/.test(error.code);
  return (
    <>
      <ErrorNote error={error} onDismiss={() => dismiss('items')} />
      {missing && record !== null && record.settings.set.name === 'file' && (
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

const keyOf = ({ item, fact, seed, response }: EvaluationLine): string =>
  `${fact} ${seed} ${item} ${response}`;

const answersByKey = (lines: readonly EvaluationLine[]): ReadonlyMap<string, AnswerLine> =>
  new Map(lines.flatMap((line) => (line.type === 'answer' ? [[keyOf(line), line]] : [])));

/** The rows of the query, of which only those in sight are on the page; any number of them. */

import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, memo, useCallback, useEffect, useRef, useState } from 'react';
import {
  faultWords,
  type RolloutSetRecord,
  type RowSummary,
} from '../../contract/rollouts/rollouts.ts';
import { TEACHER_NAMES } from '../../method/types.ts';
import { useRem } from '../charts/use-rem.ts';
import { formatMs, formatPlain } from '../shared/format.ts';
import { Panel } from '../shared/Panel.tsx';
import { TEACHERS } from '../shared/teachers.ts';
import { useRollouts, useRolloutsState } from './context.ts';
import styles from './RowList.module.css';
import { RowPages } from './row-pages.ts';

/** Height of a row, in units of the page's text. */
const ROW_REM = 3.1;

export function RowList({ record }: { record: RolloutSetRecord }) {
  const { select } = useRollouts();
  const answer = useRolloutsState((s) => s.answer);
  const version = useRolloutsState((s) => s.version);
  const selected = useRolloutsState((s) => s.selected);
  const root = useRef<HTMLDivElement>(null);
  const row = useRows(version);
  const rem = useRem();
  const count = answer?.count ?? 0;
  const order = useRolloutsState((s) => s.query.order);
  const [, sorted = record.numbers[0] ?? ''] = order.split(/^number:/);
  const virtual = useVirtualizer({
    count,
    getScrollElement: () => root.current,
    estimateSize: () => ROW_REM * rem,
    overscan: 12,
  });
  useEffect(() => {
    if (version >= 0) virtual.scrollToOffset(0);
  }, [virtual, version]);
  useEffect(() => {
    if (rem > 0) virtual.measure();
  }, [virtual, rem]);

  const items = virtual.getVirtualItems();
  const rowNow = useRef(row);
  rowNow.current = row;
  const onKey = useCallback(
    (event: KeyboardEvent, index: number) => {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key] ?? 0;
      const next = step === 0 ? null : rowNow.current(index + step);
      if (next === null) return;
      event.preventDefault();
      virtual.scrollToIndex(index + step);
      void select(next.row);
      // It is on the page by the next frame: rows beyond what is in sight are drawn too.
      const place = index + step + 1;
      requestAnimationFrame(() =>
        root.current?.querySelector<HTMLElement>(`[aria-posinset="${place}"] button`)?.focus(),
      );
    },
    [virtual, select],
  );
  return (
    <Panel
      heading="Rollouts"
      headingId="rows-heading"
      note={
        <span className="numeric" role="status">
          {answer === null
            ? 'Looking …'
            : count === record.rows
              ? `${count.toLocaleString('en')}, all of them`
              : `${count.toLocaleString('en')} of ${record.rows.toLocaleString('en')}, found in ${formatMs(answer.ms)}`}
        </span>
      }
    >
      {answer !== null && count === 0 && (
        <p className={styles.none}>None is so: take a filter away.</p>
      )}
      <div ref={root} className={styles.scroll}>
        <ul
          className={styles.sheet}
          style={{ height: virtual.getTotalSize() }}
          aria-label="List of rollouts"
        >
          {items.map(({ index, start, size }) => {
            const summary = row(index);
            return (
              <li
                key={index}
                className={styles.row}
                style={{ transform: `translateY(${start}px)`, height: size }}
                aria-posinset={index + 1}
                aria-setsize={count}
              >
                {summary === null ? (
                  <span className={styles.coming}>…</span>
                ) : (
                  <Row
                    summary={summary}
                    index={index}
                    numberName={sorted}
                    shown={summary.row === selected}
                    open={select}
                    onKey={onKey}
                  />
                )}
              </li>
            );
          })}
        </ul>
      </div>
    </Panel>
  );
}

interface RowProps {
  summary: RowSummary;
  /** Its place in the list. */
  index: number;
  numberName: string;
  shown: boolean;
  open: (row: number) => Promise<void>;
  onKey: (event: KeyboardEvent, index: number) => void;
}

/** Drawn once while it is in sight: a list that scrolls asks all its rows anew in every frame. */
const Row = memo(function Row({ summary, index, numberName, shown, open, onKey }: RowProps) {
  const { line, step, fault, tokens, grade, teachers, text, number } = summary;
  const taught = TEACHER_NAMES.flatMap((name) => {
    const some = teachers[name];
    return some === undefined ? [] : [{ name, some }];
  });
  return (
    <button
      type="button"
      className={styles.open}
      aria-current={shown ? 'true' : undefined}
      onClick={() => void open(summary.row)}
      onKeyDown={(event) => onKey(event, index)}
    >
      <span className={`${styles.facts} numeric`}>
        <span className={styles.mark} data-good={fault === null}>
          {fault === null ? '✓' : '✗'}
          <span className="visually-hidden">{fault === null ? 'valid' : 'invalid'}</span>
        </span>
        <span className={styles.line}>{line}</span>
        {step !== null && <span>step {step}</span>}
        <span>{tokens} tokens</span>
        {grade !== null && <span>{grade}</span>}
        {number !== null && (
          <span>
            {numberName} {formatPlain(number)}
          </span>
        )}
        <span className={styles.why}>{fault === null ? '' : faultWords(fault)}</span>
        <span className={styles.bar}>
          {taught.map(({ name, some }) => (
            <span
              key={name}
              className={styles.part}
              data-teacher={name}
              style={{ flexGrow: some }}
              title={`${TEACHERS[name].label}: ${some} tokens`}
            />
          ))}
          {tokens > sum(taught) && (
            <span
              className={styles.part}
              data-teacher="nobody"
              style={{ flexGrow: tokens - sum(taught) }}
              title={`Nobody: ${tokens - sum(taught)} tokens`}
            />
          )}
        </span>
      </span>
      <span className={styles.text}>{text}</span>
    </button>
  );
});

const sum = (taught: readonly { some: number }[]) =>
  taught.reduce((all, { some }) => all + some, 0);

/** Rows by their place in the list, fetched when they are asked for; null while they come. */
function useRows(version: number): (index: number) => RowSummary | null {
  const { rows } = useRollouts();
  const [, redraw] = useState(0);
  const pages = useRef<{ version: number; pages: RowPages } | null>(null);
  if (pages.current?.version !== version)
    pages.current = { version, pages: new RowPages(rows, () => redraw((n) => n + 1)) };
  const { pages: own } = pages.current;
  return (index) => own.at(index);
}

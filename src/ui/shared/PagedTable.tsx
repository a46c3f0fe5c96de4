/** A table of any length, a page of rows at a time. */

import { useState } from 'react';
import { Icon } from './Icon.tsx';
import styles from './PagedTable.module.css';

const ROWS = 8;

export interface TableColumn {
  /** Of its own among the columns. */
  readonly id: string;
  readonly label: string;
  /** Text of the cell in a row. */
  readonly cell: (row: number) => string;
}

export interface PagedTableProps {
  caption: string;
  rowHead: { readonly label: string; readonly cell: (row: number) => string };
  columns: readonly TableColumn[];
  rows: number;
  page: number;
  onPage: (page: number) => void;
}

export function PagedTable({ caption, rowHead, columns, rows, page, onPage }: PagedTableProps) {
  const pages = Math.max(1, Math.ceil(rows / ROWS));
  const shown = Math.min(page, pages - 1);
  const indices = Array.from(
    { length: Math.min(ROWS, rows - shown * ROWS) },
    (_, i) => shown * ROWS + i,
  );
  return (
    <div className={styles.block}>
      <table className={styles.table}>
        <caption className="visually-hidden">{caption}</caption>
        <thead>
          <tr>
            <th scope="col">{rowHead.label}</th>
            {columns.map(({ id, label }) => (
              <th key={id} scope="col">
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {indices.map((row) => (
            <tr key={row}>
              <th scope="row">{rowHead.cell(row)}</th>
              {columns.map(({ id, cell }) => (
                <td key={id}>{cell(row)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {/* Within what scrolls, so that the keyboard reaches it. */}
      <div className={styles.pager}>
        <button
          type="button"
          className="button"
          data-shape="square"
          aria-label="Rows before"
          aria-disabled={shown === 0}
          onClick={() => onPage(Math.max(0, shown - 1))}
        >
          <Icon name="previous" />
        </button>
        <PageField page={shown} pages={pages} onPage={onPage} />
        <button
          type="button"
          className="button"
          data-shape="square"
          aria-label="Rows after"
          aria-disabled={shown >= pages - 1}
          onClick={() => onPage(Math.min(pages - 1, shown + 1))}
        >
          <Icon name="next" />
        </button>
      </div>
    </div>
  );
}

/** Ten thousand rows are many pages: any of them can be typed. */
function PageField({
  page,
  pages,
  onPage,
}: Pick<PagedTableProps, 'page' | 'onPage'> & { pages: number }) {
  const [text, setText] = useState<string | null>(null);
  if (pages < 3)
    return (
      <span>
        page {page + 1} of {pages}
      </span>
    );
  const commit = () => {
    const wanted = Number(text);
    if (text !== null && Number.isInteger(wanted) && wanted >= 1)
      onPage(Math.min(pages, wanted) - 1);
    setText(null);
  };
  return (
    <label className={styles.page}>
      page
      <input
        className={`input ${styles.number}`}
        type="text"
        inputMode="numeric"
        value={text ?? String(page + 1)}
        onChange={(event) => setText(event.target.value)}
        onBlur={commit}
        onKeyDown={(event) => {
          if (event.key === 'Enter') commit();
          if (event.key === 'Escape') setText(null);
        }}
      />
      of {pages}
    </label>
  );
}

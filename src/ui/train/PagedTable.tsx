/** A table of any length, a page of rows at a time. */

import { Icon } from '../shared/Icon.tsx';
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
        <span>
          page {shown + 1} of {pages}
        </span>
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

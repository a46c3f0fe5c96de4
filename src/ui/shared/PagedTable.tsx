/** A table of any length, a page of rows at a time. */

import { Icon } from './Icon.tsx';
import styles from './PagedTable.module.css';
import { Table } from './Table.tsx';
import { TableHead } from './TableHead.tsx';
import { useDraft } from './use-draft.ts';

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
    <Table
      figures
      className={styles.table}
      below={<Pager page={shown} pages={pages} onPage={onPage} />}
    >
      <caption className="visually-hidden">{caption}</caption>
      <TableHead columns={[rowHead.label, ...columns.map(({ label }) => label)]} />
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
    </Table>
  );
}

interface PagerProps extends Pick<PagedTableProps, 'page' | 'onPage'> {
  pages: number;
}

/** From page to page; within what scrolls, so that the keyboard reaches it. Pages count from 0. */
export function Pager({ page, pages, onPage }: PagerProps) {
  return (
    <div className={styles.pager}>
      <button
        type="button"
        className="button"
        data-shape="square"
        aria-label="Rows before"
        aria-disabled={page === 0}
        onClick={() => onPage(Math.max(0, page - 1))}
      >
        <Icon name="previous" />
      </button>
      <PageField page={page} pages={pages} onPage={onPage} />
      <button
        type="button"
        className="button"
        data-shape="square"
        aria-label="Rows after"
        aria-disabled={page >= pages - 1}
        onClick={() => onPage(Math.min(pages - 1, page + 1))}
      >
        <Icon name="next" />
      </button>
    </div>
  );
}

/** Ten thousand rows are many pages: any of them can be typed. */
function PageField({ page, pages, onPage }: PagerProps) {
  const draft = useDraft(String(page + 1), (text) => {
    const wanted = Number(text);
    if (Number.isInteger(wanted) && wanted >= 1) onPage(Math.min(pages, wanted) - 1);
  });
  if (pages < 3)
    return (
      <span>
        page {page + 1} of {pages}
      </span>
    );
  return (
    <label className={styles.page}>
      page
      <input className={`input ${styles.number}`} type="text" inputMode="numeric" {...draft} />
      of {pages}
    </label>
  );
}

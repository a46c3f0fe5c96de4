import type { ReactNode } from 'react';
import styles from './SortHead.module.css';

interface SortHeadProps {
  /** How the table is sorted by this column; null where it is not. */
  readonly direction: 'ascending' | 'descending' | null;
  /** What the column holds, or what a press does. */
  readonly title: string;
  readonly onSort: () => void;
  readonly children: ReactNode;
}

/** The head of a column that sorts its table. */
export function SortHead({ direction, title, onSort, children }: SortHeadProps) {
  return (
    <th scope="col" aria-sort={direction ?? 'none'}>
      <button type="button" className={styles.sort} title={title} onClick={onSort}>
        {children}
        <span aria-hidden="true">
          {direction === null ? '' : direction === 'ascending' ? ' ↑' : ' ↓'}
        </span>
      </button>
    </th>
  );
}

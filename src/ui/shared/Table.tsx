/** A table that scrolls in itself where it is wider than its place. */

import type { ReactNode } from 'react';
import styles from './Table.module.css';

export interface TableProps {
  /** Of the page that sets the cells. */
  className?: string;
  /** Its content is in columns of figures. */
  figures?: boolean;
  /** On a narrow screen a row is a block: the cell `name`, those with `data-label` behind their heads, the cell `last` (`data-cell`). */
  stacks?: boolean;
  children: ReactNode;
  /** Stands below and scrolls with it. */
  below?: ReactNode;
}

export function Table(props: TableProps) {
  const { className = '', figures = false, stacks = false, children, below } = props;
  return (
    <div className={styles.scroll}>
      <table
        className={`${styles.table} ${className}`}
        data-figures={figures || undefined}
        data-stacks={stacks || undefined}
      >
        {children}
      </table>
      {below}
    </div>
  );
}

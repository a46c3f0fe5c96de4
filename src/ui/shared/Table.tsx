/** A table that scrolls in itself where it is wider than its place. */

import type { ReactNode } from 'react';
import styles from './Table.module.css';

export interface TableProps {
  /** Of the page that sets the cells. */
  className?: string;
  /** Its content is in columns of figures. */
  figures?: boolean;
  children: ReactNode;
  /** Stands below and scrolls with it. */
  below?: ReactNode;
}

export function Table({ className = '', figures = false, children, below }: TableProps) {
  return (
    <div className={styles.scroll}>
      <table className={`${styles.table} ${className}`} data-figures={figures || undefined}>
        {children}
      </table>
      {below}
    </div>
  );
}

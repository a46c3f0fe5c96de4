/** A page of two columns: what is chosen on the left, and what comes of it. */

import type { ReactNode } from 'react';
import styles from './TwoColumns.module.css';

export interface TwoColumnsProps {
  side: ReactNode;
  /** Widths of the side, CSS: it shrinks to the first before the page has one column only. */
  widths: readonly [least: string, most: string];
  children: ReactNode;
}

export function TwoColumns({ side, widths: [least, most], children }: TwoColumnsProps) {
  return (
    <main className={styles.page} style={{ '--side': `minmax(${least}, ${most})` }}>
      <div className={styles.column}>{side}</div>
      <div className={styles.column}>{children}</div>
    </main>
  );
}

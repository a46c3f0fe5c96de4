/** A page of two columns: what is chosen on the left, and what comes of it. */

import type { ReactNode } from 'react';
import styles from './TwoColumns.module.css';

export interface TwoColumnsProps {
  side: ReactNode;
  /** Widths of the side, CSS: it shrinks to the first before the page has one column only. */
  widths: readonly [least: string, most: string];
  /**
   * Where there is one column, the parts of the children are parts of the page, so that one of them can come before the side by its
   * `order` and stick to the top of all of it.
   */
  loose?: boolean;
  children: ReactNode;
}

export function TwoColumns({
  side,
  widths: [least, most],
  loose = false,
  children,
}: TwoColumnsProps) {
  return (
    <main
      className={styles.page}
      data-loose={loose}
      style={{ '--side': `minmax(${least}, ${most})` }}
    >
      <div className={styles.column}>{side}</div>
      <div className={styles.column}>{children}</div>
    </main>
  );
}

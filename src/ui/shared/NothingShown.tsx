/** Stands where one of several things that are kept would be shown. */

import styles from './NothingShown.module.css';

export interface NothingShownProps {
  /** How many are kept; null while storage is read. */
  kept: number | null;
  /** What will be here once there is one. */
  none: string;
  choose: string;
}

export function NothingShown({ kept, none, choose }: NothingShownProps) {
  if (kept === null)
    return (
      <p className={styles.nothing} role="status">
        Reading what is stored …
      </p>
    );
  return <p className={styles.nothing}>{kept === 0 ? none : choose}</p>;
}

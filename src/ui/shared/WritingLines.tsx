/** Room to write on, on paper alone. */

import styles from './WritingLines.module.css';

export function WritingLines() {
  return (
    <div className={styles.lines} aria-hidden="true">
      <span />
      <span />
      <span />
    </div>
  );
}

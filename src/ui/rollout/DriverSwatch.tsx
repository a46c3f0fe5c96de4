/** The colour of what a push comes from, beside its words. */

import styles from './DriverSwatch.module.css';

export function DriverSwatch({ driver }: { driver: 'answer' | 'image' }) {
  return <span className={styles.swatch} data-driver={driver} />;
}

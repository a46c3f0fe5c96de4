/** One bar for one piece of work, in total; without a share it says that the end is not known. */

import { Progress } from 'radix-ui';
import styles from './ProgressBar.module.css';

export function ProgressBar({ label, share }: { label: string; share: number | null }) {
  const percent = share === null ? null : Math.round(Math.min(1, Math.max(0, share)) * 100);
  return (
    <Progress.Root className={styles.bar} value={percent} aria-label={label}>
      <Progress.Indicator
        className={styles.fill}
        style={percent === null ? undefined : { transform: `scaleX(${percent / 100})` }}
      />
    </Progress.Root>
  );
}

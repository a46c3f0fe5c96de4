/** A file on its way into the browser: its name, how far it is, and the way out. */

import styles from './ImportBar.module.css';
import { ProgressBar } from './ProgressBar.tsx';

interface ImportBarProps {
  name: string;
  /** Bytes; null before the first word of it. */
  progress: { readonly bytes: number; readonly totalBytes: number } | null;
  /** What is said of it: how much there is, and of what. */
  said: string;
  onCancel: () => void;
}

export function ImportBar({ name, progress, said, onCancel }: ImportBarProps) {
  const share =
    progress === null || progress.totalBytes === 0 ? null : progress.bytes / progress.totalBytes;
  return (
    <div className={styles.import}>
      <p className={styles.name}>{name}</p>
      <ProgressBar label={`Import of ${name}`} share={share} />
      <p className={`${styles.said} numeric`}>{said}</p>
      <button type="button" className="button" onClick={onCancel}>
        Cancel
      </button>
    </div>
  );
}

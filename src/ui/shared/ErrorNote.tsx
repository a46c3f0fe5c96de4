/** An error as data, drawn where it happened: what, what to do, details on demand, retry and dismiss. */

import type { ErrorRecord } from '../../base/errors.ts';
import styles from './ErrorNote.module.css';

export interface ErrorNoteProps {
  error: ErrorRecord;
  /** Without it the note stays for as long as what it says is so. */
  onDismiss?: () => void;
  /** What trying again means here; without it there is nothing to try again. */
  retry?: { label: string; run: () => void };
  /** Ways on, where the error asks for a choice. */
  choices?: readonly { label: string; run: () => void }[];
}

export function ErrorNote({ error, onDismiss, retry, choices = [] }: ErrorNoteProps) {
  const details = {
    code: error.code,
    ...(error.where === undefined ? {} : { where: error.where }),
    ...error.detail,
  };
  return (
    <div className={styles.note} role="alert" data-error-code={error.code}>
      <p className={styles.message}>{error.message}</p>
      <p>{error.fix}</p>
      <details className={styles.details}>
        <summary>Details</summary>
        <pre>{JSON.stringify(details, null, 2)}</pre>
      </details>
      <div className={styles.actions}>
        {choices.map(({ label, run }) => (
          <button key={label} type="button" className={styles.action} onClick={run}>
            {label}
          </button>
        ))}
        {retry !== undefined && (
          <button type="button" className={styles.action} onClick={retry.run}>
            {retry.label}
          </button>
        )}
        {onDismiss !== undefined && (
          <button type="button" className={styles.action} onClick={onDismiss}>
            Dismiss
          </button>
        )}
      </div>
    </div>
  );
}

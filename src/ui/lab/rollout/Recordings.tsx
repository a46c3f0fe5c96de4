/** Rollouts to look at while the model loads, or where it cannot. */

import { useLab, useSession } from '../context.tsx';
import { RECORDINGS, recordingFor } from '../state/recordings.ts';
import styles from './Recordings.module.css';

export function Recordings() {
  const session = useSession();
  const current = useLab((s) => (s.own === null ? (recordingFor(s.settings)?.id ?? null) : null));
  return (
    <ul className={styles.list} aria-label="Recorded rollouts">
      {RECORDINGS.map((recording) => (
        <li key={recording.id}>
          <button
            type="button"
            className={styles.chip}
            aria-pressed={recording.id === current}
            onClick={() => void session.openRecording(recording)}
          >
            {recording.label}
          </button>
        </li>
      ))}
    </ul>
  );
}

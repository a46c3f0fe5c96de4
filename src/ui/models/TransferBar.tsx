/** One bar for all files of a model on their way here: bytes, rate, time left, and the way to stop it. */

import type { TransferProgress } from '../../contract/models/model-sources.ts';
import { formatBytes } from '../shared/format.ts';
import { ProgressBar } from '../shared/ProgressBar.tsx';
import { useModels, useModelsState } from './context.ts';
import styles from './ModelsPage.module.css';
import { timeLeft } from './words.ts';

export function TransferBar() {
  const { cancel } = useModels();
  const fetching = useModelsState((s) => s.fetching);
  const transfer = useModelsState((s) => s.transfer);
  if (fetching === null) return null;
  const share = transfer === null || transfer.total === 0 ? null : transfer.loaded / transfer.total;
  return (
    <section className={styles.working} aria-label={`Fetching ${fetching}`}>
      <p>
        Fetching <strong>{fetching}</strong>. The model that is loaded goes on meanwhile.
      </p>
      <ProgressBar label={`Fetching ${fetching}`} share={share} />
      <p className={`numeric ${styles.soft}`}>{transfer === null ? 'Asking …' : told(transfer)}</p>
      <div className={styles.buttons}>
        <button type="button" className="button" onClick={() => void cancel()}>
          Cancel
        </button>
      </div>
    </section>
  );
}

function told({ loaded, total, rate, left, waiting }: TransferProgress): string {
  const bytes = `${formatBytes(loaded)} of ${formatBytes(total)}`;
  if (waiting !== null) return `${bytes}. ${waiting}`;
  if (loaded >= total) return `${bytes}, checked`;
  const speed = rate === null ? '' : `, ${formatBytes(Math.round(rate))} a second`;
  return `${bytes}${speed}${left === null ? '' : `, ${timeLeft(left)} left`}`;
}

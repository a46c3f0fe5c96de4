/** The way out of a load, whatever it hangs on: cancel it, or go to the built-in model at once. */

import { useLab, useSession } from '../context.tsx';
import styles from './CancelLoading.module.css';

export function CancelLoading() {
  const session = useSession();
  const { phase, opening, ownModel } = useLab((s) => s.engine);
  if (phase !== 'loading') return null;
  return (
    <div className={styles.buttons}>
      <button type="button" className="button" onClick={() => void session.cancelLoad()}>
        Cancel loading
      </button>
      {(opening !== null || ownModel) && (
        <button type="button" className="button" onClick={() => void session.takeModel(null)}>
          Built-in model
        </button>
      )}
    </div>
  );
}

/** The way out of a load, whatever it hangs on: cancel it, or go to the built-in model at once. */

import styles from './CancelLoading.module.css';
import { useEngine, useEngineState } from './context.tsx';

export function CancelLoading() {
  const engine = useEngine();
  const { phase, opening, ownModel } = useEngineState((s) => s);
  if (phase !== 'loading') return null;
  return (
    <div className={styles.buttons}>
      <button type="button" className="button" onClick={() => void engine.cancelLoad()}>
        Cancel loading
      </button>
      {(opening !== null || ownModel !== null) && (
        <button type="button" className="button" onClick={() => void engine.takeModel(null)}>
          Built-in model
        </button>
      )}
    </div>
  );
}

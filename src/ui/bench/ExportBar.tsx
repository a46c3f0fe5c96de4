/** The report as a file or on the clipboard. */

import { Icon } from '../shared/Icon.tsx';
import { saveJson } from '../shared/save-json.ts';
import { useSaid } from '../shared/use-said.ts';
import { useBenchState } from './context.ts';
import styles from './ExportBar.module.css';
import { reportOf } from './state.ts';

const FILE = 'vigos-bench-kernels.json';

export function ExportBar() {
  const machine = useBenchState((s) => s.machine);
  const run = useBenchState((s) => s.run);
  const [said, setSaid] = useSaid();
  const report =
    machine === null || run === null || run.results.length + run.failures.length === 0
      ? null
      : reportOf(machine, run);

  const copy = async () => {
    try {
      await navigator.clipboard.writeText(JSON.stringify(report, null, 1));
      setSaid('Copied.');
    } catch {
      setSaid('The browser did not allow copying; export the file instead.');
    }
  };

  return (
    <div className={styles.bar}>
      <p className={styles.said} role="status">
        {said}
      </p>
      <button
        type="button"
        className="button"
        disabled={report === null}
        onClick={() => {
          saveJson(FILE, report);
          setSaid(`Saved as ${FILE}.`);
        }}
      >
        <Icon name="download" />
        Export JSON
      </button>
      <button
        type="button"
        className="button"
        disabled={report === null}
        onClick={() => void copy()}
      >
        <Icon name="copy" />
        Copy JSON
      </button>
    </div>
  );
}

/** The machine that the figures belong to. */

import { formatBytes } from '../shared/format.ts';
import { useBenchState } from './context.ts';
import styles from './MachineFacts.module.css';
import { browserName } from './view.ts';

export function MachineFacts() {
  const machine = useBenchState((s) => s.machine);
  const copyGBps = useBenchState((s) => s.run?.copyGBps ?? null);
  if (machine === null) return <p className={styles.note}>Looking at the machine…</p>;
  const { device, software, cores, isolated, maxBufferBytes, userAgent } = machine;
  return (
    <div className={styles.machine}>
      <dl className={styles.facts} aria-label="This machine">
        <dt>GPU</dt>
        <dd>{software === null ? 'none' : device}</dd>
        <dt>Processor</dt>
        <dd>
          {cores} logical {cores === 1 ? 'core' : 'cores'}
        </dd>
        <dt>Threads</dt>
        <dd>
          {isolated ? 'allowed (page is isolated)' : 'one: this page is not cross-origin isolated'}
        </dd>
        <dt>Browser</dt>
        <dd>{browserName(userAgent)}</dd>
        {maxBufferBytes !== null && (
          <>
            <dt>Largest buffer</dt>
            <dd>{formatBytes(maxBufferBytes)}</dd>
          </>
        )}
        {copyGBps !== null && (
          <>
            <dt>Copies</dt>
            <dd>{copyGBps.toFixed(1)} GB/s, read and written</dd>
          </>
        )}
      </dl>
      {software === null && (
        <p className={styles.note} data-testid="no-gpu">
          {device} Update the browser or its graphics driver to measure what needs WebGPU; the ways
          on the processor still run.
        </p>
      )}
      {software === true && (
        <p className={styles.note}>
          This GPU is the processor in disguise (software): compare the ratios, not the times.
        </p>
      )}
      {!isolated && (
        <p className={styles.note}>
          WebAssembly runs on one thread here. Reload the page: from the second visit on it may use
          all of them.
        </p>
      )}
    </div>
  );
}

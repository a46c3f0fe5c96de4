/** Behind the chip: why this backend computes, how fast each was found to be, and the switches to others. */

import type { BackendTrial } from '../../contract/backend.ts';
import { Choice } from '../fields/Choice.tsx';
import { BACKEND_CHOICES } from '../shared/backends.ts';
import { formatMs } from '../shared/format.ts';
import { Term } from '../shared/Term.tsx';
import styles from './BackendChip.module.css';
import { useEngine, useEngineState } from './context.tsx';
import { ModelChoice } from './ModelChoice.tsx';

function trialText(trial: BackendTrial): string {
  if (trial.kind === 'measured') return `${formatMs(trial.ms)} a prefill and a token`;
  const reason = trial.reason.replace(/\.$/, '');
  return trial.kind === 'skipped' ? `not timed: ${reason}` : `not available: ${reason}`;
}

/** @param onLeave before another page is opened from here */
export function BackendPanel({ onLeave }: { onLeave: () => void }) {
  const engine = useEngine();
  const { phase, backend, recovering, choice, error } = useEngineState((s) => s);
  return (
    <div className={styles.content}>
      <Choice
        label="Backend"
        value={choice}
        options={BACKEND_CHOICES}
        onChange={(value) => void engine.setBackend(value)}
      />
      {backend !== null && (
        <>
          <p>{backend.reason}</p>
          <dl className={styles.facts}>
            <dt>WebGPU</dt>
            <dd>{trialText(backend.trials.webgpu)}</dd>
            <dt>WebAssembly</dt>
            <dd>
              {trialText(backend.trials.wasm)}, {backend.threads}{' '}
              {backend.threads === 1 ? 'thread' : 'threads'}
              {!backend.simd && ', without SIMD: divergences are computed slowly'}
            </dd>
            {backend.adapter !== null && (
              <>
                <dt>Adapter</dt>
                <dd>
                  {[backend.adapter.vendor, backend.adapter.architecture]
                    .filter(Boolean)
                    .join(' ') || 'unnamed'}
                  {backend.adapter.software && ' (software, on the processor)'}
                </dd>
              </>
            )}
          </dl>
        </>
      )}
      <ModelChoice onLeave={onLeave} />
      {/* The page says it in full, behind this pop-up. */}
      {error !== null && <p className={styles.refused}>{error.message}</p>}
      <p className={styles.more}>
        <Term id="backend">What is a backend?</Term>
      </p>
      {/* Written by the build; the development server has none. */}
      {import.meta.env.PROD && (
        <p className={styles.more}>
          <a href="./licences.txt" target="_blank" rel="license noreferrer">
            Licences of the libraries and fonts in this page
          </a>
        </p>
      )}
      {phase === 'ready' && backend?.name === 'webgpu' && (
        <details className={styles.tryOut}>
          <summary>Try what happens when the GPU is lost</summary>
          <p>
            Takes the device away as a driver reset would; the engine gets another one and goes on.
          </p>
          <button
            type="button"
            className="button"
            disabled={recovering}
            onClick={() => void engine.loseDevice()}
          >
            Lose the GPU device
          </button>
        </details>
      )}
    </div>
  );
}

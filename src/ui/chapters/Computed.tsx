/** A formula with the numbers of this moment, and the code that computed them. */

import { useState } from 'react';
import { latePart } from '../../base/late-part.ts';
import { Choice } from '../fields/Choice.tsx';
import { Formula } from '../shared/Formula.tsx';
import { FORMULAS } from '../shared/formulas.ts';
import { useLatePart } from '../shared/use-late-part.ts';
import styles from './Computed.module.css';
import type { Computation, Show } from './chapter.ts';
import type { Where } from './kernel-sources.ts';

const sources = latePart(
  'The kernels’ sources',
  async () => (await import('./kernel-sources.ts')).SOURCES,
);

/** Where the figures of a show were computed. */
const whereOf = (show: Show): Where =>
  show.kind === 'rollout' || show.kind === 'leakage' ? show.trace.backend : 'page';

const PLACES: Readonly<Record<Where, string>> = {
  webgpu: 'these numbers were computed by this shader, on the GPU',
  wasm: 'these numbers were computed by this program, in WebAssembly',
  page: 'these numbers were computed by this program, in float64',
};

const OPTIONS = [
  { value: 'own', label: 'What computed it' },
  { value: 'webgpu', label: 'WGSL' },
] as const;

export function Computed({ computation, show }: { computation: Computation; show: Show }) {
  const [open, setOpen] = useState(false);
  const [shown, setShown] = useState<'own' | 'webgpu'>('own');
  const { value, error } = useLatePart(sources, open);
  const where = whereOf(show);
  const at = shown === 'webgpu' ? 'webgpu' : where;
  const source = value?.[computation.kernel][at];
  return (
    <section className={styles.computed} aria-label="How it is computed">
      <Formula formula={FORMULAS[computation.formula]} />
      <p className={styles.numbers}>{computation.numbers}</p>
      <details className={styles.code} onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>The code that computed it</summary>
        {where !== 'webgpu' && (
          <Choice label="Which code is shown" value={shown} options={OPTIONS} onChange={setShown} />
        )}
        {error !== null && <p role="alert">{error.message}</p>}
        {source !== undefined && (
          <>
            <p className={styles.file}>
              <code>{source.file}</code>:{' '}
              {at === where ? PLACES[where] : 'the same on a GPU, which did not compute these'}
            </p>
            <pre className={styles.source}>{source.text}</pre>
          </>
        )}
      </details>
    </section>
  );
}

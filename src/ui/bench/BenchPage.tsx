/** The bench: our kernels against other ways of computing the same, on the visitor's own machine. */

import { useEffect } from 'react';
import { ErrorNote } from '../shared/ErrorNote.tsx';
import { TwoColumns } from '../shared/TwoColumns.tsx';
import styles from './BenchPage.module.css';
import { Choices } from './Choices.tsx';
import { useBench, useBenchState } from './context.ts';
import { MachineFacts } from './MachineFacts.tsx';
import { Results } from './Results.tsx';

export function BenchPage() {
  const { describeMachine, dismissError, start } = useBench();
  const error = useBenchState((s) => s.error);
  useEffect(() => void describeMachine(), [describeMachine]);
  return (
    <TwoColumns widths={['18rem', '24rem']} side={<Setup />}>
      <div className={styles.stack}>
        {error !== null && (
          <ErrorNote
            error={error}
            onDismiss={dismissError}
            retry={{ label: 'Start again', run: () => void start() }}
          />
        )}
        <Results />
      </div>
    </TwoColumns>
  );
}

function Setup() {
  return (
    <div className={styles.stack}>
      <h2>How fast are the kernels here?</h2>
      <p className={styles.why}>
        Learning from a teacher needs the divergence of two distributions over the whole vocabulary
        for every token, and its gradient. This times it on your machine: our kernels against what
        one could put together from other libraries, all on the same seeded logits, each result
        checked against float64 in the same run.
      </p>
      <Choices />
      <MachineFacts />
    </div>
  );
}

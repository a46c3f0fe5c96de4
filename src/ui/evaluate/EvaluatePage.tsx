/** The Evaluate page: what is asked of whom on the left, and what was found beside it. */

import { useEffect } from 'react';
import { EngineError } from '../engine/EngineError.tsx';
import { ErrorNote } from '../shared/ErrorNote.tsx';
import { TwoColumns } from '../shared/TwoColumns.tsx';
import { useEvaluation, useEvaluationState } from './context.ts';
import styles from './EvaluatePage.module.css';
import { FigurePanel } from './results/FigurePanel.tsx';
import { ItemsPanel } from './results/ItemsPanel.tsx';
import { ResultsPanel } from './results/ResultsPanel.tsx';
import { Setup } from './setup/Setup.tsx';

export function EvaluatePage() {
  const { dismiss, refresh } = useEvaluation();
  const error = useEvaluationState((s) => s.errors.run);
  const problem = useEvaluationState((s) => s.problem);
  const cell = useEvaluationState((s) => s.cell);
  useEffect(() => void refresh(), [refresh]);
  return (
    <TwoColumns widths={['18rem', '23rem']} side={<Setup />}>
      <div className={styles.stack}>
        <EngineError />
        {error !== undefined && <ErrorNote error={error} onDismiss={() => dismiss('run')} />}
        {problem !== null && <ErrorNote error={problem} />}
        <FigurePanel />
        <ItemsPanel key={cell === null ? '' : `${cell.evaluationId} ${cell.figureId}`} />
        <ResultsPanel />
      </div>
    </TwoColumns>
  );
}

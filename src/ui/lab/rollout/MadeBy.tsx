/** Whose rollout this is, where the page could be read otherwise: who wrote it, and the loss it was trained with. */

import { useLab } from '../context.tsx';
import { lossInWords, nameOf, writerOf } from '../state/made-by.ts';
import type { Shown } from '../state/state.ts';
import styles from './ShownStage.module.css';

export function MadeBy({ shown }: { shown: Shown }) {
  const student = useLab((s) => s.student);
  const writer = writerOf(shown);
  const loss = lossInWords(shown);
  const other = writer !== null && writer !== nameOf(student);
  if (!other && loss === null) return null;
  return (
    <p className={styles.origin} data-testid="made-by">
      {other && `Written by ${writer}, scored by ${nameOf(shown.student)}. `}
      {other && `Run to ask ${nameOf(student)}. `}
      {loss}
    </p>
  );
}

/** What is under way: how far it is, what is left, and what waits behind it. */

import { ProgressBar } from '../../shared/ProgressBar.tsx';
import { useEvaluationState } from '../context.ts';
import { leftInWords } from '../words.ts';
import styles from './Running.module.css';

export function Running() {
  const running = useEvaluationState((s) => s.running);
  const waiting = useEvaluationState((s) => s.queue.length);
  if (running === null) return null;
  const { name, progress } = running;
  const parts =
    progress === null
      ? ['Getting ready']
      : [
          `${count(progress.answers)} answers`,
          ...(progress.leakage.total > 0 ? [`PALR of ${count(progress.leakage)} rollouts`] : []),
          ...(progress.teachers.total > 0
            ? [`teachers on ${count(progress.teachers)} groups`]
            : []),
          ...(progress.leftMs === null ? [] : [leftInWords(progress.leftMs)]),
        ];
  return (
    <section className={styles.running} aria-label="Under way" role="status">
      <p>
        <strong>{name}</strong>
        <span className={styles.soft}> {parts.join(', ')}</span>
        {waiting > 0 && <span className={styles.soft}>; {waiting} more after it</span>}
      </p>
      <ProgressBar
        label={`Evaluating ${name}`}
        share={progress === null ? null : shareOf(progress)}
      />
    </section>
  );
}

const count = ({ done, total }: { done: number; total: number }): string =>
  `${done.toLocaleString('en')} of ${Math.ceil(total).toLocaleString('en')}`;

/** Kinds of work count the same, those that there are. */
function shareOf({
  answers,
  leakage,
  teachers,
}: {
  answers: { done: number; total: number };
  leakage: { done: number; total: number };
  teachers: { done: number; total: number };
}): number {
  const parts = [answers, leakage, teachers].filter(({ total }) => total > 0);
  return parts.reduce((sum, { done, total }) => sum + done / total, 0) / Math.max(1, parts.length);
}

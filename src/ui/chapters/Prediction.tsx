/** The question of a step: its options until one is taken, then what was said and what is so. */

import type { Ask } from './chapter.ts';
import styles from './Prediction.module.css';
import type { Said } from './state/place.ts';
import { Words } from './Words.tsx';

export interface PredictionProps {
  ask: Ask;
  said: Said | null;
  onSay: (said: Said) => void;
}

export function Prediction({ ask: { question, options, right }, said, onSay }: PredictionProps) {
  return (
    <section
      className={styles.ask}
      aria-label="Your prediction"
      data-open={said === null || undefined}
    >
      <p>
        <Words sentence={question} />
      </p>
      {said === null ? (
        <ul className={styles.options}>
          {options.map((words, i) => (
            <li key={words}>
              <button type="button" className={`button ${styles.option}`} onClick={() => onSay(i)}>
                {words}
              </button>
            </li>
          ))}
        </ul>
      ) : (
        <p className={styles.said} data-right={said === right || undefined}>
          {verdict(options, right, said)}
        </p>
      )}
    </section>
  );
}

function verdict(options: readonly string[], right: number, said: Said): string {
  const truth = `It is: “${options[right]}”.`;
  if (said === 'none' || options[said] === undefined) return truth;
  return said === right
    ? `You said so: “${options[right]}”.`
    : `You said “${options[said]}”. ${truth}`;
}

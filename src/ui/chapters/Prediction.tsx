/** The question of a step: its options until one is taken, then what was said and what is so. */

import type { Ask } from './chapter.ts';
import styles from './Prediction.module.css';
import type { Said } from './state/place.ts';
import { Words } from './Words.tsx';

export interface PredictionProps {
  ask: Ask;
  said: Said | null;
  /** What is so stays hidden, whatever was said. */
  hidden: boolean;
  /** On paper, where there are many, the step that it is of; options stay beside what is so there. */
  onPaper?: string | undefined;
  onSay: (said: Said) => void;
}

export function Prediction(props: PredictionProps) {
  const { ask, said, hidden, onPaper, onSay } = props;
  const { question, options, right } = ask;
  return (
    <section
      className={styles.ask}
      aria-label={`Your prediction${onPaper === undefined ? '' : `: ${onPaper}`}`}
      data-open={said === null || hidden || undefined}
    >
      <p>
        <Words sentence={question} />
      </p>
      {said === null || hidden ? (
        <ul className={styles.options}>
          {options.map((words, i) => (
            <li key={words}>
              <button
                type="button"
                className={`button ${styles.option}`}
                data-option
                aria-pressed={hidden ? said === i : undefined}
                onClick={() => onSay(i)}
              >
                {words}
              </button>
            </li>
          ))}
        </ul>
      ) : (
        <>
          {onPaper !== undefined && (
            <ul className={styles.listed}>
              {options.map((words) => (
                <li key={words}>{words}</li>
              ))}
            </ul>
          )}
          <p className={styles.said} data-right={said === right || undefined}>
            {verdict(options, right, said)}
          </p>
        </>
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

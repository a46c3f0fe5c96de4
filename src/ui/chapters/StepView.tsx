/** One step: its words on the left, on the right what they speak of; a question first, where it asks one. */

import { useId } from 'react';
import { AddressLink } from '../shared/AddressLink.tsx';
import { Computed } from './Computed.tsx';
import type { Step, Try } from './chapter.ts';
import { useChaptersState } from './context.ts';
import { Made } from './Made.tsx';
import { Prediction } from './Prediction.tsx';
import styles from './StepView.module.css';
import { Stage } from './stage/Stage.tsx';
import type { AllFacts } from './state/facts.ts';
import type { Said } from './state/place.ts';
import { Words } from './Words.tsx';

export interface StepViewProps {
  step: Step;
  facts: AllFacts;
  said: Said | null;
  onSay: (said: Said) => void;
}

export function StepView({ step, facts, said, onSay }: StepViewProps) {
  const id = useId();
  const turned = useChaptersState((s) => s.turned);
  const ask = step.ask?.(facts, turned) ?? null;
  const open = ask !== null && said === null;
  const show = open ? ask.before : step.show(facts, turned);
  const tries = step.tries?.(facts);
  return (
    <article className={styles.step} aria-labelledby={id}>
      <div className={styles.words} aria-live="polite">
        <h3 id={id}>{step.heading}</h3>
        {ask !== null && <Prediction ask={ask} said={said} onSay={onSay} />}
        {!open &&
          step.say(facts, turned).map((sentence, i) => (
            // Sentences stay in their places while their numbers change.
            <p key={i} data-said>
              <Words sentence={sentence} />
            </p>
          ))}
        {!open && step.computed !== undefined && (
          <Computed computation={step.computed(facts, turned)} show={show} />
        )}
        {!open && tries !== undefined && <Tries tries={tries} />}
      </div>
      <div className={styles.stage} data-stage>
        <Stage key={open ? 'asked' : 'shown'} show={show} />
        <Made show={show} />
      </div>
    </article>
  );
}

/** The real page. */
function Tries({ tries: { text, query, anew } }: { tries: Try }) {
  return (
    <p className={styles.tries}>
      <strong>Try it: </strong>
      <AddressLink query={query} anew={anew}>
        {text}
      </AddressLink>
      .
    </p>
  );
}

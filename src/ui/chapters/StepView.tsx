/** One step: its words on the left, on the right what they speak of; a question first, where it asks one. */

import { useId } from 'react';
import { AddressLink } from '../shared/AddressLink.tsx';
import { WritingLines } from '../shared/WritingLines.tsx';
import { Computed } from './Computed.tsx';
import type { Step, Try } from './chapter.ts';
import { useChaptersState } from './context.ts';
import { Made } from './Made.tsx';
import { Prediction } from './Prediction.tsx';
import styles from './StepView.module.css';
import { SaveStage } from './stage/SaveStage.tsx';
import { Stage } from './stage/Stage.tsx';
import type { AllFacts } from './state/facts.ts';
import type { Said } from './state/place.ts';
import { Words } from './Words.tsx';
import { withoutTruth } from './worksheet.ts';

export interface StepViewProps {
  step: Step;
  facts: AllFacts;
  said: Said | null;
  onSay: (said: Said) => void;
  /** Of a worksheet: what is so stays hidden; null where it is no worksheet. */
  worksheet?: 'hidden' | 'shown' | null;
  /** Shows what is so of a hidden step; absent on paper. */
  onShow?: (() => void) | undefined;
  /** On paper, where options that were not taken stay too. */
  onPaper?: boolean;
}

export function StepView(props: StepViewProps) {
  const { step, facts, said, onSay, worksheet = null, onShow, onPaper } = props;
  const id = useId();
  const turned = useChaptersState((s) => s.turned);
  const ask = step.ask?.(facts, turned) ?? null;
  const hidden = worksheet === 'hidden';
  // What was shown is shown, also where nothing was predicted.
  const told = worksheet === 'shown' ? (said ?? 'none') : said;
  const open = hidden || (ask !== null && told === null);
  const toldShow = ask !== null && open ? ask.before : step.show(facts, turned);
  const show = hidden ? withoutTruth(toldShow) : toldShow;
  const tries = step.tries?.(facts);
  return (
    <article className={styles.step} aria-labelledby={id}>
      <div className={styles.words} aria-live="polite">
        <h3 id={id}>{step.heading}</h3>
        {ask !== null && (
          <Prediction
            ask={ask}
            said={told}
            hidden={hidden}
            onPaper={onPaper ? step.heading : undefined}
            onSay={onSay}
          />
        )}
        {hidden && <Hidden asked={ask !== null} onShow={onShow} />}
        {!open &&
          step.say(facts, turned).map((sentence, i) => (
            // Sentences stay in their places while their numbers change.
            <p key={i} data-said>
              <Words sentence={sentence} />
            </p>
          ))}
        {!open && show !== null && step.computed !== undefined && (
          <Computed computation={step.computed(facts, turned)} show={show} />
        )}
        {!open && tries !== undefined && <Tries tries={tries} />}
      </div>
      <div className={styles.stage} data-stage>
        {show !== null && (
          <>
            <Stage key={open ? 'asked' : 'shown'} show={show} />
            <Made show={show} />
            {!onPaper && <SaveStage show={show} title={step.heading} />}
          </>
        )}
      </div>
    </article>
  );
}

/** In the place of what is so: room to write on paper, and a button on a screen. */
function Hidden({ asked, onShow }: { asked: boolean; onShow: (() => void) | undefined }) {
  return (
    <>
      <p>
        {asked
          ? 'Say why, before you look.'
          : 'What do you expect to see here, and why? Write it down before you look.'}
      </p>
      <WritingLines />
      {onShow !== undefined && (
        <button type="button" className="button" data-kind="primary" onClick={onShow}>
          Show what is so
        </button>
      )}
    </>
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

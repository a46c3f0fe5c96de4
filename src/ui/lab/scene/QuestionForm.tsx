/** The question, the fact sentence, and the reference answer with common wrong ones to try. */

import { useEffect, useState } from 'react';
import { cleanReference } from '../../../method/reference.ts';
import { Switch } from '../../fields/Switch.tsx';
import { ChipList } from '../../shared/ChipList.tsx';
import { Term } from '../../shared/Term.tsx';
import { useLab, useSession, useSubject } from '../context.tsx';
import { LabError } from '../LabError.tsx';
import { SETTINGS } from '../state/settings.ts';
import styles from './QuestionForm.module.css';

export function QuestionForm() {
  const session = useSession();
  const subject = useSubject();
  const fact = useLab((s) => s.settings.fact);
  const { item, question } = subject;
  const ownQuestion = useLab((s) => s.settings.question !== null);

  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        void session.run();
      }}
    >
      <div>
        <div className="label">
          <label htmlFor="question">Question</label>
          {ownQuestion && item !== null && (
            <button
              type="button"
              className={styles.reset}
              onClick={() => void session.change({ question: null })}
            >
              use the scene’s
            </button>
          )}
        </div>
        <textarea
          id="question"
          className={`input ${styles.question}`}
          rows={3}
          maxLength={SETTINGS.question.maxLength}
          value={question}
          onChange={(event) => void session.change({ question: event.target.value })}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
            event.preventDefault();
            void session.run();
          }}
        />
        {question.length >= SETTINGS.question.maxLength && (
          <p className="label" role="status">
            {SETTINGS.question.maxLength} characters are the most a question can have; what is
            beyond is cut.
          </p>
        )}
        <LabError place="question" />
      </div>
      {item?.fact !== undefined && !ownQuestion && (
        <div className={styles.fact}>
          <span id="fact-label">
            <Term id="fact">Fact sentence first</Term>
          </span>
          <Switch
            checked={fact}
            labelledBy="fact-label"
            onChange={(checked) => {
              void session.change({ fact: checked });
              void session.run();
            }}
          />
        </div>
      )}
      <AnswerField />
    </form>
  );
}

/** Typing settles for a moment before the rollout is scored again; leaving the field or Enter does so at once. */
const SETTLE_MS = 400;

function AnswerField() {
  const session = useSession();
  const { item, answer, trueAnswer, suggestions } = useSubject();
  const shown = cleanReference(
    answer,
    useLab((s) => s.settings.method.reading),
  );
  const [draft, setDraft] = useState<string | null>(null);

  const commit = (text: string | null) => {
    setDraft(null);
    if (text === null || text === answer) return;
    void session.change({ answer: item !== null && text === item.answer ? null : text });
  };
  useEffect(() => {
    if (draft === null || draft.trim() === '' || draft === answer) return;
    const timer = setTimeout(() => {
      void session.change({ answer: draft });
    }, SETTLE_MS);
    return () => clearTimeout(timer);
  }, [draft, answer, session]);

  return (
    <div>
      <div className="label">
        <span id="answer-label">
          <Term id="answerField">Reference answer</Term>
        </span>
        {trueAnswer !== null && answer !== trueAnswer && (
          <span>the picture says “{trueAnswer}”</span>
        )}
      </div>
      <input
        className="input"
        aria-labelledby="answer-label"
        maxLength={SETTINGS.answer.maxLength}
        value={draft ?? answer}
        onChange={(event) => setDraft(event.target.value)}
        onBlur={() => commit(draft)}
        onKeyDown={(event) => {
          if (event.key !== 'Enter') return;
          event.preventDefault();
          commit(draft);
        }}
      />
      {shown !== answer.trim() && (
        <p className="label" data-testid="cleaned">
          <span>
            {shown === '' ? 'Cleaned' : `Teachers are shown “${shown}”: cleaned`} as the released
            code does.
          </span>
        </p>
      )}
      {suggestions.length > 0 && (
        <ChipList
          label="Answers to try"
          chips={suggestions.map((suggestion) => ({
            id: suggestion,
            pressed: suggestion === answer,
            onClick: () => commit(suggestion),
            label: (
              <>
                {suggestion}
                {suggestion === item?.answer && (
                  <>
                    {' '}
                    <span aria-hidden="true">✓</span>
                    <span className="visually-hidden">(true)</span>
                  </>
                )}
              </>
            ),
          }))}
        />
      )}
      <LabError place="answer" />
    </div>
  );
}

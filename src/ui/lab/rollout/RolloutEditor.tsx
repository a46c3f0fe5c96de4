/** The rollout as text, to change or to write by hand; student and teachers then score that text. */

import { useState } from 'react';
import { Term } from '../../shared/Term.tsx';
import { useLab, useSession } from '../context.tsx';
import { SETTINGS } from '../state/settings.ts';
import type { Shown } from '../state/state.ts';
import styles from './RolloutEditor.module.css';

export function RolloutEditor({ shown }: { shown: Shown }) {
  const session = useSession();
  const ready = useLab((s) => s.engine.phase === 'ready');
  const [draft, setDraft] = useState<string | null>(null);
  if (shown.subject === null) return null;
  if (draft === null)
    return (
      <p className={styles.foot}>
        <button
          type="button"
          className="button"
          data-kind="quiet"
          onClick={() => setDraft(shown.trace.text)}
        >
          Edit this rollout
        </button>
        {shown.trace.sampling === null && (
          <span>
            <Term id="typed">Typed by hand</Term>, not sampled.
          </span>
        )}
      </p>
    );
  const empty = draft.trim() === '';
  const submit = () => {
    if (empty || !ready) return;
    setDraft(null);
    void session.scoreTyped(draft);
  };
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <div className="label">
        <span id="typed-label">
          <Term id="typed">What the student writes</Term>
        </span>
        <span>after &lt;description&gt;</span>
      </div>
      <textarea
        className={`input ${styles.text}`}
        aria-labelledby="typed-label"
        rows={6}
        spellCheck={false}
        maxLength={SETTINGS.typed.maxLength}
        value={draft}
        // Whoever asked to edit wants to type.
        ref={(area) => area?.focus({ preventScroll: true })}
        onChange={(event) => setDraft(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') setDraft(null);
          if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
          event.preventDefault();
          submit();
        }}
      />
      <p className={styles.foot}>
        <button type="submit" className="button" data-kind="primary" disabled={empty || !ready}>
          Score this text
        </button>
        <button type="button" className="button" onClick={() => setDraft(null)}>
          Discard
        </button>
        <span>Ctrl Enter scores it.</span>
      </p>
    </form>
  );
}

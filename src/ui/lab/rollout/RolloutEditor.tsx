/** The rollout as text, to change or to write by hand; student and teachers then score that text. */

import { useState } from 'react';
import { endsInBox } from '../../../method/box.ts';
import { useEngineState } from '../../engine/context.tsx';
import { Term } from '../../shared/Term.tsx';
import { useSession } from '../context.tsx';
import { SETTINGS } from '../state/settings.ts';
import type { Shown } from '../state/state.ts';
import styles from './RolloutEditor.module.css';

export function RolloutEditor({ shown }: { shown: Shown }) {
  const session = useSession();
  const ready = useEngineState((s) => s.phase === 'ready');
  const [draft, setDraft] = useState<string | null>(null);
  if (shown.subject === null) return null;
  if (draft === null)
    return (
      <div className={styles.foot}>
        <button
          type="button"
          className="button"
          data-kind="quiet"
          onClick={() => setDraft(asWritten(shown))}
        >
          Edit this rollout
        </button>
        {shown.trace.sampling === null && (
          <span>
            <Term id="typed">Typed by hand</Term>, not sampled.
          </span>
        )}
        <AsRead lines={shown.trace.asRead ?? []} />
      </div>
    );
  const most = SETTINGS.typed.maxLength;
  const over = draft.length - most;
  const empty = draft.trim() === '';
  const able = !empty && over <= 0 && ready;
  const submit = async () => {
    if (!able) return;
    await session.scoreTyped(draft);
    // What could not be read stays, to be mended.
    if (session.store.getState().errors.run === undefined) setDraft(null);
  };
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
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
        value={draft}
        // Whoever asked to edit wants to type.
        ref={(area) => area?.focus({ preventScroll: true })}
        onChange={(event) => setDraft(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') setDraft(null);
          if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
          event.preventDefault();
          void submit();
        }}
      />
      {over > 0 && (
        <p className="label" role="status">
          {most} characters are the most a rollout can have; this text has {over} too many. Leave
          out the prompt in front and the padding behind.
        </p>
      )}
      <p className={styles.foot}>
        <button type="submit" className="button" data-kind="primary" disabled={!able}>
          Score this text
        </button>
        <button type="button" className="button" onClick={() => setDraft(null)}>
          Discard
        </button>
        <span>{ready ? 'Ctrl Enter scores it.' : 'It can be scored once a model is loaded.'}</span>
      </p>
    </form>
  );
}

/** How the text was read, where that was not letter by letter. */
function AsRead({ lines }: { lines: readonly string[] }) {
  if (lines.length === 0) return null;
  return (
    <ul className={styles.asRead} aria-label="How the text was read" data-testid="as-read">
      {lines.map((line) => (
        <li key={line}>{line}</li>
      ))}
    </ul>
  );
}

/** The text that is read back as the same rollout: without a box at its end, its end token has to be in it. */
function asWritten({ trace }: Shown): string {
  const { text, tokens, method } = trace;
  return endsInBox(text, method.reading) ? text : tokens.map((token) => token.text).join('');
}

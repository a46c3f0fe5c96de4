/** What the student and each teacher are asked, in the model's own words or a person's. */

import { useState } from 'react';
import {
  MAX_WORDING,
  READERS,
  type Wording,
  wordingFault,
} from '../../../contract/trace/wording.ts';
import type { Reader } from '../../../method/sight.ts';
import { TEACHERS } from '../../../method/teachers.ts';
import { useEngineState } from '../../engine/context.tsx';
import { useLab, useSession } from '../context.tsx';
import { keepWording } from '../state/kept-wording.ts';
import styles from './PromptEditor.module.css';

const nameOf = (reader: Reader) =>
  reader === 'student' ? 'Student' : `${TEACHERS[reader].label} teacher`;

export function PromptEditor() {
  const session = useSession();
  const model = useEngineState((engine) => engine.model);
  const wording = useLab((s) => s.wording);
  const [said, setSaid] = useState('');
  if (model === null) return null;
  const own = Object.keys(wording).length;
  const change = (next: Wording) => {
    setSaid('');
    session.setWording(next);
  };
  const faulty = READERS.some((reader) => faultOf(reader, wording) !== null);
  const keep = (kept: Wording) =>
    setSaid(
      keepWording(model.name, kept)
        ? `Kept for ${model.name} in this browser.`
        : 'The browser keeps nothing here; export a trace to keep them.',
    );
  return (
    <details className={styles.editor}>
      <summary>Prompts{own > 0 && `, ${own} of your own`}</summary>
      <div className={styles.content}>
        <p>
          The next rollout is asked with these words, and its trace holds them. The picture stands
          before them; {'{question}'} and {'{answer}'} are put in.
        </p>
        {READERS.map((reader) => (
          <Prompt
            key={reader}
            reader={reader}
            text={wording[reader] ?? model.prompts[reader]}
            fault={faultOf(reader, wording)}
            onChange={(text) => {
              const { [reader]: _, ...others } = wording;
              change(text === model.prompts[reader] ? others : { ...others, [reader]: text });
            }}
          />
        ))}
        <div className={styles.buttons}>
          <button type="button" className="button" disabled={faulty} onClick={() => keep(wording)}>
            Keep for this model
          </button>
          <button
            type="button"
            className="button"
            disabled={own === 0}
            onClick={() => {
              change({});
              keep({});
            }}
          >
            Back to the model’s own
          </button>
        </div>
        <p role="status">{said}</p>
      </div>
    </details>
  );
}

function faultOf(reader: Reader, { [reader]: text }: Wording): string | null {
  return text === undefined ? null : wordingFault(reader, text);
}

interface PromptProps {
  readonly reader: Reader;
  readonly text: string;
  readonly fault: string | null;
  readonly onChange: (text: string) => void;
}

function Prompt({ reader, text, fault, onChange }: PromptProps) {
  const id = `prompt-${reader}`;
  return (
    <div className={styles.prompt}>
      <label className="label" htmlFor={id}>
        {nameOf(reader)}
      </label>
      <textarea
        id={id}
        className={`input ${styles.text}`}
        rows={Math.min(8, text.split('\n').length + 1)}
        maxLength={MAX_WORDING}
        placeholder="The picture alone"
        value={text}
        aria-invalid={fault !== null}
        aria-describedby={fault === null ? undefined : `${id}-fault`}
        onChange={(event) => onChange(event.target.value)}
      />
      {fault !== null && (
        <p id={`${id}-fault`} className="label" role="alert">
          {fault}
        </p>
      )}
    </div>
  );
}

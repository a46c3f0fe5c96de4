/** The exact context that a side reads at the current token: prompt, picture, and the rollout so far. */

import { useMemo, useState } from 'react';
import type { TokenTrace, Trace } from '../../contract/trace/trace.ts';
import { prefixStart } from '../../method/prefix.ts';
import { type Reader, SIGHT } from '../../method/sight.ts';
import type { Picture } from '../../world/render.ts';
import { Choice } from '../fields/Choice.tsx';
import { Icon } from '../shared/Icon.tsx';
import { PixelCanvas } from '../shared/PixelCanvas.tsx';
import { Term } from '../shared/Term.tsx';
import { TEACHERS } from '../shared/teachers.ts';
import { VisibleText } from '../shared/VisibleText.tsx';
import { promptPieces } from './prompt-pieces.ts';
import styles from './TeacherContext.module.css';

/** Tokens of the rollout shown before the current one. */
const TAIL = 14;

export interface TeacherContextProps {
  trace: Trace;
  /** What a reader sees in the picture's place; null where it is not here. The same function until that changes. */
  pictureOf: (role: Reader) => Picture | null;
  index: number;
  token: TokenTrace;
}

export function TeacherContext({ trace, pictureOf, index, token }: TeacherContextProps) {
  const [side, setSide] = useState<'student' | 'teacher'>('teacher');
  const role: Reader = side === 'teacher' && token.teacher !== null ? token.teacher : 'student';
  const prompt = trace.prompts[role];
  const picture = useMemo(() => pictureOf(role), [pictureOf, role]);
  if (prompt === undefined) return null;
  const first = prefixStart(role, trace, trace.method.reading);
  const start = Math.max(first, index - TAIL);
  const before = trace.tokens.slice(start, index).map((t, i) => ({ text: t.text, at: start + i }));
  const reads = SIGHT[role];
  return (
    <div className={styles.context}>
      <div className={styles.heading}>
        <h3 className={styles.title}>
          <Term id="context">
            {role === 'student' ? 'What the student reads' : 'What the teacher reads'}
          </Term>
        </h3>
        {token.teacher !== null && (
          <Choice
            label="Whose context is shown"
            value={side}
            options={[
              { value: 'teacher', label: TEACHERS[token.teacher].label },
              { value: 'student', label: 'Student' },
            ]}
            onChange={setSide}
          />
        )}
      </div>
      <ul className={styles.reads}>
        <Read has={prompt.image !== null} label="image" />
        <Read has={reads.question} label="question" />
        <Read has={reads.answer} label="reference answer" />
      </ul>
      <div className={styles.box}>
        {prompt.image !== null && picture !== null && (
          <PixelCanvas picture={picture} className={styles.picture} label="The picture it sees" />
        )}
        <p className={styles.prompt}>
          {promptPieces(prompt.rendered, prompt.image?.visualTokens ?? 0).map((piece) =>
            piece.kind === 'text' ? (
              <span key={piece.at}>{piece.text}</span>
            ) : (
              <span key={piece.at} className={styles.special}>
                {piece.text}
              </span>
            ),
          )}
        </p>
        <p className={styles.rollout}>
          <span className={styles.then}>then the student’s own tokens:</span>{' '}
          {start > first && '… '}
          {before.length === 0
            ? 'none yet'
            : before.map((t) => (
                <span key={t.at}>
                  <VisibleText text={t.text} />
                </span>
              ))}
          <mark className={styles.here}>
            <VisibleText text={token.text} />
          </mark>
        </p>
      </div>
      {!reads.question && (
        <p className={styles.note}>No text in the user turn: this teacher has only the image.</p>
      )}
    </div>
  );
}

function Read({ has, label }: { has: boolean; label: string }) {
  return (
    <li className={styles.read} data-has={has}>
      <Icon name={has ? 'check' : 'cross'} />
      {has ? label : `no ${label}`}
    </li>
  );
}

/** A rollout as a student gets it from a lecturer: picture, question and tokens, and what is so once they ask. */

import { useCallback, useMemo } from 'react';
import { LOG_SCALE } from '../../rollout/heat-scale.ts';
import { TokenStrip } from '../../rollout/TokenStrip.tsx';
import { lanesOf, type StripToken } from '../../rollout/view.ts';
import { PixelCanvas } from '../../shared/PixelCanvas.tsx';
import { cut, spokenToken } from '../../shared/visible-text.ts';
import { WritingLines } from '../../shared/WritingLines.tsx';
import { useLab, useSession } from '../context.tsx';
import { LabErrors } from '../LabError.tsx';
import { LoadingStage } from '../rollout/LoadingStage.tsx';
import type { Shown } from '../state/state.ts';
import { pictureOf } from '../state/subject.ts';
import styles from './Worksheet.module.css';

const SHOWN_EDGE = 448;

export function Worksheet() {
  const session = useSession();
  const shown = useLab((s) => s.shown);
  const notice = useLab((s) => s.notice);
  return (
    <main className={styles.page}>
      <h2>Worksheet</h2>
      <p role="status" className={styles.notice}>
        {notice}
      </p>
      <LabErrors />
      {shown === null ? <LoadingStage /> : <Sheet shown={shown} />}
      <button
        type="button"
        className={`button ${styles.show}`}
        data-kind="primary"
        onClick={() => void session.change({ worksheet: false })}
      >
        Show what is so
      </button>
    </main>
  );
}

function Sheet({ shown }: { shown: Shown }) {
  const session = useSession();
  const picked = useLab((s) => s.settings.token);
  const { trace, subject, recorded } = shown;
  const picture = useMemo(
    () => (subject === null ? null : pictureOf(subject, SHOWN_EDGE)),
    [subject],
  );
  const lanes = useMemo(() => lanesOf(untaught(trace.tokens), trace.spans), [trace]);
  const select = useCallback((token: number) => void session.change({ token }), [session]);
  const token = picked === null ? undefined : trace.tokens[picked];
  return (
    <>
      <div className={styles.asked}>
        {picture !== null && (
          <PixelCanvas picture={picture} className={styles.picture} label="The picture" />
        )}
        <p>
          Asked: <q>{cut(trace.input.question, 600)}</q>
          <br />
          {recorded ? 'A model wrote this earlier:' : 'The model wrote:'}
        </p>
      </div>
      <TokenStrip
        lanes={lanes}
        scale={LOG_SCALE}
        selected={token === undefined ? null : picked}
        onSelect={select}
      />
      <ul className={styles.questions}>
        {token !== undefined && picked !== null ? (
          <>
            <li>
              Token {picked + 1}, “{spokenToken(token.text)}”: which teacher teaches it, and what
              does that teacher see?
            </li>
            <li>Would the teacher write the same there? How far are the two apart?</li>
          </>
        ) : (
          <li>
            Which teacher teaches which tokens, and where do student and teachers disagree most?
          </li>
        )}
        <li>Is the answer right? Does it follow from the description?</li>
      </ul>
      <WritingLines />
    </>
  );
}

/** Their texts alone: no teacher, no figure, no mark of where they went wrong. */
const untaught = (tokens: Shown['trace']['tokens']): StripToken[] =>
  tokens.map(({ text, segment }, index) => ({
    index,
    text,
    segment,
    teacher: null,
    value: null,
    noGradient: false,
  }));

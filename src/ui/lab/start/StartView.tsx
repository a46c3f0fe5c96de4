/** The page as it opens: one picture, one rollout, one marked token, and one question to its teachers: do you look? */

import { useCallback, useEffect, useMemo, useRef } from 'react';
import { WORLD_EDGE } from '../../../world/render.ts';
import { useEngineState } from '../../engine/context.tsx';
import { LOG_SCALE } from '../../rollout/heat-scale.ts';
import { LooksTable } from '../../rollout/LooksTable.tsx';
import { TokenStrip } from '../../rollout/TokenStrip.tsx';
import { lanesOf, largestDivergence, tracedTokens } from '../../rollout/view.ts';
import { BACKEND_NAMES } from '../../shared/backends.ts';
import { formatShare } from '../../shared/format.ts';
import { PixelCanvas } from '../../shared/PixelCanvas.tsx';
import { Term } from '../../shared/Term.tsx';
import { cut } from '../../shared/visible-text.ts';
import { useLab, useSession } from '../context.tsx';
import { LabError, LabErrors } from '../LabError.tsx';
import { EngineStatus } from '../rollout/EngineStatus.tsx';
import { LoadingStage } from '../rollout/LoadingStage.tsx';
import { looksNow } from '../state/looks.ts';
import { pictureFor } from '../state/perturbation.ts';
import type { Shown } from '../state/state.ts';
import { pictureOf } from '../state/subject.ts';
import styles from './StartView.module.css';
import { swapSentences, type Truth, tokenSentence } from './story.ts';

const SHOWN_EDGE = 448;

export function StartView() {
  const session = useSession();
  const shown = useLab((s) => s.shown);
  const notice = useLab((s) => s.notice);
  return (
    <main className={styles.page}>
      <h2 className={styles.lead}>
        A small vision-language model describes a picture, reasons and answers, and every token of
        it has a <Term id="teacher">teacher</Term> who would correct it: only a teacher who looks at
        the picture can teach it to look.
      </h2>
      {shown === null ? <LoadingStage /> : <Story shown={shown} />}
      <p role="status" className={styles.notice}>
        {notice}
      </p>
      <LabErrors />
      <LabError place="picture" />
      <LabError place="looks" />
      <footer className={styles.more}>
        <button
          type="button"
          className="button"
          onClick={() => void session.change({ view: 'all' })}
        >
          All controls
        </button>
        <p>
          Other pictures and questions, rollouts of your own, <Term id="vigos">ViGOS</Term> and{' '}
          <Term id="opsd">OPSD</Term> side by side, which method looks more, what leaks, every
          figure of a token, and a link to it. New here? Help begins with six questions.
        </p>
      </footer>
    </main>
  );
}

function Story({ shown }: { shown: Shown }) {
  const session = useSession();
  const settings = useLab((s) => s.settings);
  const busy = useLab((s) => s.work !== null || s.live !== null);
  const scoring = useLab((s) => s.work?.kind === 'score');
  const measuring = useLab((s) => s.looksJob !== null);
  const phase = useEngineState((s) => s.phase);
  const { trace, subject, seen, before } = shown;
  const swapped = seen.teacherImage !== 'same';
  const asItWas = swapped && before?.seen.teacherImage === 'same' ? before.trace : trace;
  const first = useMemo(() => largestDivergence(asItWas), [asItWas]);
  const picked = settings.token;
  const marked = picked !== null && picked < trace.tokens.length ? picked : first;
  const looks = looksNow(shown, settings);

  // Measured once it is asked for; what is recorded or measured already is not measured again.
  useEffect(() => {
    if (swapped && looks === null && !busy && phase === 'ready') void session.readLooks();
  }, [session, swapped, looks, busy, phase]);

  const tokens = useMemo(() => tracedTokens(trace, 'used'), [trace]);
  const lanes = useMemo(() => lanesOf(tokens, trace.spans), [tokens, trace.spans]);
  const words = useRef<HTMLDivElement>(null);
  const select = useCallback((token: number) => void session.change({ token }), [session]);
  // What a press changes is brought to where it is seen.
  useEffect(() => {
    if (picked !== null || swapped) words.current?.scrollIntoView({ block: 'nearest' });
  }, [picked, swapped]);
  const truth: Truth = { answer: subject?.trueAnswer ?? null, others: subject?.suggestions ?? [] };

  return (
    <div className={styles.story} data-stage="shown" aria-busy={busy}>
      <Pictures shown={shown} />
      <div className={styles.rollout}>
        <div ref={words} className={styles.words}>
          {marked !== null && (
            <p className={styles.marked} data-testid="marked">
              {tokenSentence(asItWas, marked, truth)}
            </p>
          )}
          <button
            type="button"
            className="button"
            data-kind="primary"
            aria-pressed={settings.teacherImage !== 'same'}
            onClick={() => void session.swap()}
          >
            {settings.teacherImage === 'same'
              ? 'Swap what the teachers see'
              : 'Show them the student’s picture again'}
          </button>
          <div role="status" className={styles.found}>
            {scoring && <p>Asking the teachers again …</p>}
            {swapped && looks === null && !scoring && (
              <p>
                {measuring || busy
                  ? 'Measuring what each teacher makes of the other picture …'
                  : 'What each teacher makes of it is measured once the model is ready.'}
              </p>
            )}
            {swapped && looks !== null && marked !== null && shown.looks !== null && (
              <p className={styles.showed} data-testid="showed">
                {swapSentences({
                  tokens: looks,
                  marked,
                  text: trace.tokens[marked].text,
                  picture: shown.looks.picture,
                  answer: trace.input.answer,
                  wrongAnswer: shown.looks.wrongAnswer,
                }).map((sentence) => (
                  <span key={sentence}>{sentence} </span>
                ))}
              </p>
            )}
          </div>
        </div>
        <TokenStrip lanes={lanes} scale={LOG_SCALE} selected={marked} onSelect={select} />
        {swapped && looks !== null && marked !== null && (
          <LooksTable
            tokens={looks}
            at={{ token: marked, text: trace.tokens[marked].text }}
            whole={false}
          />
        )}
        <p className={styles.key}>
          The stronger a token’s colour, the further student and teacher are apart, in{' '}
          <Term id="nats">nats</Term> on one logarithmic scale. Blue, P, is the perception
          teacher’s, who has the picture alone; orange, R, the reasoning teacher’s, who knows the
          answer too; grey is nobody’s. A hatched letter marks a token that the clip leaves without
          gradient.
        </p>
        <Made shown={shown} />
      </div>
    </div>
  );
}

/** What the student saw, and beside it what its teachers are shown instead. */
function Pictures({ shown }: { shown: Shown }) {
  const { subject, seen } = shown;
  const own = useMemo(() => (subject === null ? null : pictureOf(subject, SHOWN_EDGE)), [subject]);
  const instead = useMemo(
    () =>
      subject === null || seen.teacherImage === 'same'
        ? null
        : pictureFor(subject, seen, seen.imageOf === 'all' ? 'perception' : seen.imageOf),
    [subject, seen],
  );
  if (subject === null || own === null) return null;
  return (
    <div className={styles.pictures} data-two={instead !== null || undefined}>
      <figure className={styles.own}>
        <PixelCanvas
          picture={own}
          className={styles.picture}
          label={subject.item?.description ?? `Your picture ${subject.own?.name}`}
        />
        <figcaption>
          {instead === null ? 'The picture, for student and teachers' : 'The student’s picture'}
        </figcaption>
      </figure>
      <p className={styles.question}>
        Asked: <q>{cut(shown.trace.input.question, 300)}</q>
      </p>
      {instead !== null && (
        <figure className={styles.instead}>
          <PixelCanvas
            picture={instead}
            className={styles.picture}
            label={`What the teachers see, ${WORLD_EDGE} by ${WORLD_EDGE} pixels`}
          />
          <figcaption>What the teachers see now</figcaption>
        </figure>
      )}
    </div>
  );
}

/** Whose numbers these are. */
function Made({ shown }: { shown: Shown }) {
  const phase = useEngineState((s) => s.phase);
  const share = useEngineState((s) => s.share);
  const label = useEngineState((s) => s.label);
  const live = useLab((s) => s.live !== null);
  const { trace, recorded } = shown;
  const who = `${cut(trace.model.name, 80)} on ${BACKEND_NAMES[trace.backend]}`;
  return (
    <>
      <p className={styles.made} data-recorded={recorded || undefined}>
        {recorded ? (
          <>
            <strong>Recorded</strong>: {who} made this earlier.{' '}
            {phase === 'loading' && `The model is loading here (${formatShare(share)}). ${label}.`}
            {phase === 'failed' && 'The model is not loaded here.'}
            {phase === 'ready' && live && 'The model is ready and writes it anew.'}
          </>
        ) : (
          <>Computed here, by {who}.</>
        )}
      </p>
      {phase === 'loading' && !recorded && <EngineStatus />}
    </>
  );
}

/** The rollout's leakage: what teachers are shown instead, and both methods' rates on the same tokens. */

import { useEffect, useId, useMemo } from 'react';
import type { MethodName } from '../../../method/types.ts';
import type { UnusedReason } from '../../../method/wrong-answers.ts';
import { useEngineState } from '../../engine/context.tsx';
import { Select } from '../../fields/Select.tsx';
import { DriverSwatch } from '../../rollout/DriverSwatch.tsx';
import { leakageUnder, topOf } from '../../rollout/leakage-view.ts';
import { MethodLeakageView } from '../../rollout/MethodLeakageView.tsx';
import { ErrorNote } from '../../shared/ErrorNote.tsx';
import { FileButton } from '../../shared/FileButton.tsx';
import { PixelCanvas } from '../../shared/PixelCanvas.tsx';
import { ProgressBar } from '../../shared/ProgressBar.tsx';
import { Term } from '../../shared/Term.tsx';
import { useDraft } from '../../shared/use-draft.ts';
import { useLab, useSession } from '../context.tsx';
import { NumberField } from '../controls/NumberField.tsx';
import { LabError } from '../LabError.tsx';
import { answersAsText } from '../state/answer-list.ts';
import { isAnswered, mismatchedPicture, whyNoLeakage, wrongAnswersNow } from '../state/leakage.ts';
import { SETTINGS } from '../state/settings.ts';
import type { Shown } from '../state/state.ts';
import styles from './LeakageStage.module.css';

export interface LeakageStageProps {
  shown: Shown;
  selected: number;
  onSelect: (token: number) => void;
  onKey: (key: string) => boolean;
}

export function LeakageStage({ shown, selected, onSelect, onKey }: LeakageStageProps) {
  const session = useSession();
  const state = useLab((s) => s);
  const engine = useEngineState((s) => s);
  const { settings, leakageJob, mismatched, work, live } = state;
  const { wrongAnswers, wrongCount, epsilon, mismatched: picture, method, other } = settings;
  const { phase } = engine;
  const idle = work === null && live === null;
  // Whatever changes what is asked; what is measured already is not measured again.
  useEffect(() => {
    void session.readLeakage();
  }, [
    session,
    shown,
    wrongAnswers,
    wrongCount,
    picture,
    mismatched,
    method,
    other,
    phase,
    idle,
    epsilon,
  ]);

  const why = whyNoLeakage(state, engine);
  const { trace } = shown;
  const { leakage } = trace;
  const current = leakage !== undefined && isAnswered(state, shown);
  return (
    <section className={styles.stage} aria-label="Leakage of the answer">
      <p className={styles.intro}>
        <Term id="palr">PALR</Term>: how much of the teachers’ push on this rollout comes from the
        reference answer “{shown.subject?.answer ?? trace.input.answer}” and not from the picture.{' '}
        <DriverSwatch driver="answer" /> <Term id="answerDriven">from the answer</Term>,{' '}
        <DriverSwatch driver="image" /> <Term id="imageDriven">from the picture</Term>; red as a
        part of all area is the rate.
      </p>
      {trace.valid && <Controls shown={shown} />}
      {why !== null && (leakage === undefined || !current) && <ErrorNote error={why} />}
      <LabError place="leakage" />
      <Progress job={leakageJob} />
      {leakage !== undefined && (
        <div className={styles.methods} data-stale={!current || undefined} aria-busy={!current}>
          {shown.claim !== null && shown.subject === null && (
            <p className={styles.note}>As the file states; not measured here.</p>
          )}
          <Methods {...{ shown, selected, onSelect, onKey }} epsilon={settings.epsilon} />
        </div>
      )}
    </section>
  );
}

function Methods({ shown: { trace }, epsilon, ...walk }: LeakageStageProps & { epsilon: number }) {
  const { leakage } = trace;
  const count = trace.tokens.length;
  const methods = useMemo(() => {
    if (leakage === undefined) return [];
    const first = trace.method.name;
    const names: readonly MethodName[] = first === 'opsd' ? ['opsd', 'vigos'] : ['vigos', 'opsd'];
    return names.map((name) => leakageUnder(leakage, name, epsilon, count));
  }, [leakage, trace.method.name, epsilon, count]);
  const top = useMemo(() => topOf(methods), [methods]);
  return methods.map((method) => (
    <MethodLeakageView
      key={method.name}
      trace={trace}
      leakage={method}
      epsilon={epsilon}
      top={top}
      {...walk}
    />
  ));
}

function Progress({ job }: { job: { done: number; total: number } | null }) {
  if (job === null) return null;
  const { done, total } = job;
  return (
    <div className={styles.progress} role="status">
      <p>
        Re-scoring the rollout under wrong answers and another picture
        {total > 0 && `: context ${Math.min(done + 1, total)} of ${total}`}
      </p>
      <ProgressBar label="Measuring the leakage" share={total === 0 ? null : done / total} />
    </div>
  );
}

const REASONS: Readonly<Record<UnusedReason, string>> = {
  right: 'equals the reference answer',
  repeated: 'there already',
  empty: 'empty',
  beyond: 'beyond K',
};

function Controls({ shown }: { shown: Shown }) {
  const session = useSession();
  const settings = useLab((s) => s.settings);
  const own = useLab((s) => s.mismatched);
  const pictureId = useId();
  const answersId = useId();
  const { subject, trace } = shown;
  const picture = useMemo(
    () => (subject === null ? null : mismatchedPicture(subject, settings, own)),
    [subject, settings, own],
  );
  const found = subject === null ? null : wrongAnswersNow(settings, subject, trace.method);
  const used = found?.used ?? trace.leakage?.wrongAnswers ?? [];
  const left = found?.unused.filter(({ reason }) => reason !== 'beyond') ?? [];
  const draft = useDraft(settings.wrongAnswers ?? answersAsText(used), (text) => {
    const typed = text.trim();
    void session.change({ wrongAnswers: typed === '' ? null : typed });
  });
  const { mismatched } = SETTINGS;
  const options =
    subject?.place === null
      ? mismatched.options.map((option) =>
          option.value === 'next' ? { ...option, label: 'A scene’s of the world' } : option,
        )
      : mismatched.options;
  return (
    <div className={styles.controls}>
      <div className={styles.answers}>
        <label className={styles.label} htmlFor={answersId}>
          Wrong answers, separated by commas
        </label>
        <input
          id={answersId}
          className="input"
          type="text"
          maxLength={SETTINGS.wrongAnswers.maxLength}
          placeholder="such as red, blue, green"
          {...draft}
        />
        {settings.wrongAnswers !== null && (subject?.suggestions.length ?? 0) > 0 && (
          <button
            type="button"
            className={styles.reset}
            onClick={() => void session.change({ wrongAnswers: null })}
          >
            take the world’s
          </button>
        )}
        <p className={styles.note} role="status">
          {used.length > 0 && `Shown: ${used.join(', ')}. `}
          {used.length > 0 &&
            used.length < settings.wrongCount &&
            `There ${used.length === 1 ? 'is' : 'are'} only ${used.length}, so K is ${used.length} here. `}
          {left.length > 0 &&
            `Left out: ${left.map(({ answer, reason }) => `“${answer}” (${REASONS[reason]})`).join(', ')}.`}
        </p>
      </div>
      <NumberField name="wrongCount" inline />
      <NumberField name="epsilon" inline />
      <div className={styles.picture}>
        <span className={styles.field}>
          <span id={pictureId} className={styles.label}>
            <Term id="mismatched">{mismatched.label}</Term>
          </span>
          <Select
            look="bar"
            labelledBy={pictureId}
            value={settings.mismatched}
            options={options}
            changed={settings.mismatched !== mismatched.fallback}
            onChange={(chosen) => void session.change({ mismatched: chosen })}
          />
        </span>
        {picture !== null && (
          <PixelCanvas
            picture={picture}
            className={styles.thumb}
            label="The picture that teachers are shown instead"
          />
        )}
        {settings.mismatched === 'own' && (
          <FileButton
            accept="image/*"
            label={own === null ? 'Choose its file' : 'Another file'}
            icon="image"
            onFile={(file) => void session.takeMismatched(file)}
          />
        )}
      </div>
    </div>
  );
}

/** The finished rollout: chart, strip, verdict and totals, all of one trace. */

import { useCallback, useEffect, useMemo, useRef } from 'react';
import { useEngineState } from '../../engine/context.tsx';
import type { EngineState } from '../../engine/state.ts';
import type { Measure } from '../../rollout/choices.ts';
import { DivergenceChart } from '../../rollout/DivergenceChart.tsx';
import type { ScaleName } from '../../rollout/heat-scale.ts';
import { Legend } from '../../rollout/Legend.tsx';
import type { Place } from '../../rollout/levels.ts';
import { OtherMethod } from '../../rollout/OtherMethod.tsx';
import { Summary } from '../../rollout/Summary.tsx';
import { TokenStrip } from '../../rollout/TokenStrip.tsx';
import { Transport } from '../../rollout/Transport.tsx';
import { useWalk } from '../../rollout/use-walk.ts';
import { Verdict } from '../../rollout/Verdict.tsx';
import { BACKEND_NAMES } from '../../shared/backends.ts';
import { FileButton } from '../../shared/FileButton.tsx';
import { cut } from '../../shared/visible-text.ts';
import { useLab, useSession, useSubject } from '../context.tsx';
import { GroupStage } from '../group/GroupStage.tsx';
import { readOwnPicture } from '../pictures/own-picture.ts';
import { madeBy } from '../state/made-by.ts';
import { otherModel } from '../state/requests.ts';
import type { Shown } from '../state/state.ts';
import { pictureKey } from '../state/subject.ts';
import { useCurrentToken } from '../token/use-current-token.ts';
import { useDrawn } from '../use-drawn.ts';
import { BatchPicker } from './BatchPicker.tsx';
import { LeakageStage } from './LeakageStage.tsx';
import { LooksPanel } from './LooksPanel.tsx';
import { MadeBy } from './MadeBy.tsx';
import { Recordings } from './Recordings.tsx';
import { RolloutEditor } from './RolloutEditor.tsx';
import styles from './ShownStage.module.css';
import { WhatMoved } from './WhatMoved.tsx';

export function ShownStage({ shown }: { shown: Shown }) {
  const session = useSession();
  const measure = useLab((s) => s.settings.measure);
  const scoring = useLab((s) => s.work?.kind === 'score');
  const { trace } = shown;
  const level = useLab((s) => s.settings.level);
  const playing = useLab((s) => s.playing);
  const token = useCurrentToken() ?? 0;
  // Where nothing was trained there is but one student.
  const named = useLab((s) => s.students.length > 0) || shown.writer !== null;
  const move = useCallback((next: Place) => void session.change(next), [session]);
  const place = useMemo(() => ({ level, token }), [level, token]);
  const walk = useWalk({ trace, place, playing, onMove: move, onPlaying: session.setPlaying });
  // Stable, unlike the walk, so that a step draws only what it changes.
  const select = useCallback(
    (token: number) => {
      session.setPlaying(false);
      void session.change({ token });
    },
    [session],
  );
  const setMeasure = useCallback(
    (chosen: Measure) => void session.change({ measure: chosen }),
    [session],
  );
  const { tokens, lanes, scale, clip, before } = useDrawn(shown, place);
  const setScale = useCallback(
    (chosen: ScaleName) => void session.change({ scale: chosen }),
    [session],
  );
  const stage = useRef<HTMLDivElement>(null);
  const leaks = place.level === 'leakage';
  const grouped = place.level === 'group';
  // Both have strips of their own.
  const apart = leaks || grouped;
  // The leakage has strips of its own: who goes there or comes back by a key in a strip stays in one.
  const fromStrip = useRef(false);
  const onKey = useCallback(
    (key: string) => {
      fromStrip.current = true;
      return walk.onKey(key);
    },
    [walk],
  );
  const hasStrips = !leaks || trace.leakage !== undefined;
  // Other strips are there once these change.
  useEffect(() => {
    const strip = stage.current?.querySelector('[role="listbox"]') ?? null;
    if (document.activeElement !== document.body) fromStrip.current = false;
    if (!fromStrip.current || strip === null) return;
    fromStrip.current = false;
    strip.querySelector<HTMLElement>('[aria-selected="true"]')?.focus();
  }, [leaks, hasStrips]);

  return (
    <div
      ref={stage}
      className={styles.stage}
      data-stage="shown"
      data-scoring={scoring || undefined}
      aria-busy={scoring}
    >
      <Origin shown={shown} />
      <MadeBy shown={shown} />
      <BatchPicker />
      {apart ? null : (
        <Legend
          trace={trace}
          measure={measure}
          onMeasure={setMeasure}
          scale={scale}
          onScale={setScale}
        />
      )}
      {apart ? null : (
        <DivergenceChart
          tokens={tokens}
          scale={scale}
          clip={clip}
          before={before}
          selected={place.token}
          onSelect={select}
        />
      )}
      <Transport trace={trace} walk={walk} />
      {leaks ? (
        <LeakageStage shown={shown} selected={place.token} onSelect={select} onKey={onKey} />
      ) : grouped ? (
        <GroupStage shown={shown} selected={place.token} onKey={onKey} />
      ) : (
        <>
          <TokenStrip
            lanes={lanes}
            scale={scale}
            selected={place.token}
            onSelect={select}
            onKey={onKey}
          />
          <RolloutEditor shown={shown} />
          <WhatMoved shown={shown} onSelect={select} />
          <LooksPanel shown={shown} selected={place.token} />
          {shown.other !== null && (
            <OtherMethod
              trace={shown.other}
              measure={measure}
              beside={trace}
              scale={scale}
              selected={place.token}
              onSelect={select}
            />
          )}
        </>
      )}
      <Verdict trace={trace} truth={shown.subject?.trueAnswer ?? null} onSelect={select} />
      {!grouped && (
        <Summary
          trace={trace}
          ms={shown.timings?.total ?? null}
          claimed={shown.claim !== null}
          madeBy={named ? madeBy(shown) : null}
        />
      )}
    </div>
  );
}

const WHAT_NEXT: Record<EngineState['phase'], string> = {
  loading: 'As soon as the model is ready here, it rolls out anew.',
  ready: 'Run rolls it out here.',
  failed: 'The model is not loaded here.',
};

/** Whose figures these are: the file's own word, until they are computed here. */
function OpenedFrom({ shown }: { shown: Shown }) {
  const { file, trace, claim } = shown;
  const name = cut(trace.model.name, 80);
  const asked = `question “${cut(trace.input.question, 300)}”`;
  return (
    <>
      <strong>Opened from {cut(file ?? '', 80)}</strong>:{' '}
      {claim === null
        ? `its tokens, scored here by ${name} on ${BACKEND_NAMES[trace.backend]}, ${asked}.`
        : `figures as the file states them, of a model it calls “${name}” on ${BACKEND_NAMES[trace.backend]}, ${asked}. ${claimInWords(claim)}`}{' '}
      {trace.sampling === null &&
        'How it was sampled is not in the file: the sampling settings are the page’s. '}
    </>
  );
}

function claimInWords({ sealed, tokensKnown }: NonNullable<Shown['claim']>): string {
  const tokens =
    tokensKnown === null
      ? 'Its tokens were not held against a model'
      : `Its tokens are ${tokensKnown ? '' : 'not '}those of the model here`;
  return `${tokens}; none of its figures was computed here. ${sealed ? '' : 'It has no checksum, so a change since it was written cannot be told.'}`;
}

/** Says so when the rollout is not about what the page shows beside it. */
function Origin({ shown }: { shown: Shown }) {
  const session = useSession();
  const now = useSubject();
  const phase = useEngineState((s) => s.phase);
  const model = useEngineState((s) => s.model);
  const foreign = otherModel(shown, model);
  if (shown.file !== null && shown.subject === null)
    return (
      <div className={styles.origin}>
        <p>
          <OpenedFrom shown={shown} />
          The file holds no picture: attach the one it was made with to score it again, or choose a
          scene and run a rollout to use the switches.
        </p>
        {now.absent === null && (
          <FileButton
            accept="image/*"
            label="Attach its picture"
            icon="image"
            onFile={(file) => void session.attachPicture((most) => readOwnPicture(file, most))}
          />
        )}
      </div>
    );
  if (shown.recorded)
    return (
      <div className={styles.origin} data-recorded>
        <p>
          <strong>Recorded</strong>: {shown.trace.model.name} made this rollout earlier, on{' '}
          {BACKEND_NAMES[shown.trace.backend]}. {WHAT_NEXT[phase]}
        </p>
        {phase !== 'ready' && <Recordings />}
      </div>
    );
  const opened = shown.file === null ? null : <OpenedFrom shown={shown} />;
  const otherPicture = shown.subject !== null && pictureKey(now) !== pictureKey(shown.subject);
  const otherQuestion = now.question !== shown.trace.input.question;
  if (!otherPicture && !otherQuestion)
    return opened === null ? null : (
      <p className={styles.origin}>
        {opened}
        {foreign === null
          ? shown.subject?.absent?.none
            ? 'Its student saw no picture; the switches score it again.'
            : 'Its picture came with it, so the switches score it again.'
          : 'It cannot be scored here, so the switches stay: the model is another one.'}
      </p>
    );
  return (
    <p className={styles.origin}>
      {opened} This rollout belongs to another {otherPicture ? 'picture' : 'question'}: “
      {shown.trace.input.question}” Run again for this one.
    </p>
  );
}

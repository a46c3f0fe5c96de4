/** A rollout on the stage, by the widgets that the Lab draws it with; tokens can be picked. */

import { type ReactNode, useMemo, useState } from 'react';
import type { Trace } from '../../../contract/trace/trace.ts';
import type { Reader } from '../../../method/sight.ts';
import { DivergenceChart } from '../../rollout/DivergenceChart.tsx';
import { Figures } from '../../rollout/Figures.tsx';
import { LOG_SCALE } from '../../rollout/heat-scale.ts';
import { LooksTable } from '../../rollout/LooksTable.tsx';
import { Summary } from '../../rollout/Summary.tsx';
import { TeacherContext } from '../../rollout/TeacherContext.tsx';
import { TokenHead } from '../../rollout/TokenHead.tsx';
import { TokenStrip } from '../../rollout/TokenStrip.tsx';
import { TopLists } from '../../rollout/TopLists.tsx';
import { Verdict } from '../../rollout/Verdict.tsx';
import { clipOf, type Lane, lanesOf, tracedTokens } from '../../rollout/view.ts';
import { PixelCanvas } from '../../shared/PixelCanvas.tsx';
import type { RolloutPart, Show } from '../chapter.ts';
import { itemOf, otherPictureOf, pictureOf, sceneOf } from '../state/live.ts';
import { Ranking } from './Ranking.tsx';
import styles from './Stage.module.css';

type RolloutShow = Extract<Show, { kind: 'rollout' }>;

/** Pixels of a scene where it is looked at by a person. */
const SHOWN_EDGE = 448;

export function RolloutStage({ show }: { show: RolloutShow }) {
  const { trace, parts, lit } = show;
  const [picked, setPicked] = useState<number | null>(null);
  const index = picked !== null && picked < trace.tokens.length ? picked : show.token;
  const drawn = { show, index, onPick: setPicked };
  return (
    <div className={styles.parts}>
      {parts.map((part) => (
        <div
          key={part}
          className={styles.part}
          data-part={part}
          data-lit={(part === lit && parts.length > 1) || undefined}
        >
          {PARTS[part](drawn)}
        </div>
      ))}
    </div>
  );
}

interface Drawn {
  readonly show: RolloutShow;
  readonly index: number;
  readonly onPick: (token: number) => void;
}

const PARTS: Readonly<Record<RolloutPart, (drawn: Drawn) => ReactNode>> = {
  picture: ({ show }) => <Scene show={show} />,
  otherPicture: ({ show }) => <OtherScene show={show} />,
  strip: (drawn) => <Strip {...drawn} taught />,
  plain: (drawn) => <Strip {...drawn} taught={false} />,
  chart: (drawn) => <Chart {...drawn} />,
  ranking: ({ show: { trace }, index, onPick }) => (
    <Ranking trace={trace} selected={index} onPick={onPick} />
  ),
  head: ({ show: { trace }, index, onPick }) => (
    <TokenHead trace={trace} index={index} token={trace.tokens[index]} onGo={onPick} />
  ),
  figures: ({ show: { trace }, index }) => (
    <Figures trace={trace} index={index} token={trace.tokens[index]} />
  ),
  lists: ({ show: { trace }, index }) => (
    <TopLists token={trace.tokens[index]} method={trace.method} />
  ),
  context: (drawn) => <Context {...drawn} />,
  verdict: ({ show: { trace }, onPick }) => (
    <Verdict trace={trace} truth={trueAnswerOf(trace)} onSelect={onPick} />
  ),
  summary: ({ show: { trace } }) => (
    <Summary trace={trace} ms={null} claimed={false} madeBy={null} />
  ),
  looks: ({ show: { trace, looks = [], whole = false }, index }) => (
    <LooksTable
      tokens={looks}
      at={{ token: index, text: trace.tokens[index].text }}
      whole={whole}
    />
  ),
};

const trueAnswerOf = (trace: RolloutShow['trace']): string | null => {
  const scene = sceneOf(trace);
  return scene === null ? null : itemOf(scene).answer;
};

/** The tokens with their teachers, or as the student alone wrote them. */
export function stripLanes(trace: Trace, taught: boolean): readonly Lane[] {
  const tokens = tracedTokens(trace, 'used').map((token) =>
    taught ? token : { ...token, teacher: null, value: null, noGradient: false },
  );
  return lanesOf(tokens, trace.spans);
}

function Strip({ show, index, onPick, taught }: Drawn & { taught: boolean }) {
  const { trace, lane } = show;
  const lanes = useMemo(() => stripLanes(trace, taught), [trace, taught]);
  return (
    <div className={styles.strip} data-lane={lane}>
      <TokenStrip lanes={lanes} scale={LOG_SCALE} selected={index} onSelect={onPick} />
    </div>
  );
}

function Chart({ show: { trace }, index, onPick }: Drawn) {
  const tokens = useMemo(() => tracedTokens(trace, 'used'), [trace]);
  return (
    <DivergenceChart
      tokens={tokens}
      scale={LOG_SCALE}
      clip={clipOf(trace, 'used')}
      selected={index}
      onSelect={onPick}
    />
  );
}

function Context({ show: { trace }, index }: Drawn) {
  const picture = useMemo(() => {
    const own = pictureOf(trace);
    return (_reader: Reader) => own;
  }, [trace]);
  return (
    <TeacherContext trace={trace} pictureOf={picture} index={index} token={trace.tokens[index]} />
  );
}

function Scene({ show: { trace, bare } }: { show: RolloutShow }) {
  const picture = useMemo(() => pictureOf(trace, SHOWN_EDGE), [trace]);
  const scene = sceneOf(trace);
  if (picture === null || scene === null) return null;
  return (
    <figure className={styles.scene}>
      <PixelCanvas picture={picture} label={bare ? 'The picture' : itemOf(scene).description} />
      <figcaption>
        Asked: <q>{trace.input.question}</q>
        {!bare && (
          <>
            {' '}
            The picture’s answer: <q>{trace.input.answer}</q>
          </>
        )}
      </figcaption>
    </figure>
  );
}

function OtherScene({ show: { trace } }: { show: RolloutShow }) {
  const picture = useMemo(() => otherPictureOf(trace, SHOWN_EDGE), [trace]);
  if (picture === null) return null;
  return (
    <figure className={styles.scene}>
      <PixelCanvas picture={picture} label="Another scene, which the teachers are shown instead" />
      <figcaption>What the teachers are shown instead</figcaption>
    </figure>
  );
}

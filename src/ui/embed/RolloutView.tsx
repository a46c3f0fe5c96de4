/** One rollout with the panel of its marked token, by the widgets of the Lab. */

import { useCallback, useEffect, useId, useMemo, useState } from 'react';
import type { Reader } from '../../method/sight.ts';
import type { Picture } from '../../world/render.ts';
import type { Measure } from '../rollout/choices.ts';
import { DivergenceChart } from '../rollout/DivergenceChart.tsx';
import { Figures } from '../rollout/Figures.tsx';
import { heatScale, type ScaleName } from '../rollout/heat-scale.ts';
import { Legend } from '../rollout/Legend.tsx';
import { Summary } from '../rollout/Summary.tsx';
import { TeacherContext } from '../rollout/TeacherContext.tsx';
import { TokenHead } from '../rollout/TokenHead.tsx';
import { TokenStrip } from '../rollout/TokenStrip.tsx';
import { TopLists } from '../rollout/TopLists.tsx';
import { Verdict } from '../rollout/Verdict.tsx';
import { clipOf, lanesOf, largestDivergence, tracedTokens } from '../rollout/view.ts';
import { PixelCanvas } from '../shared/PixelCanvas.tsx';
import { readPng } from '../shared/png.ts';
import { cut } from '../shared/visible-text.ts';
import type { EmbeddedRollout } from './document.ts';
import styles from './RolloutView.module.css';

export interface RolloutViewProps {
  rollout: EmbeddedRollout;
  /** The token that the address asks for. */
  token: number | null;
}

/** Of a question; only a broken file has a longer one. */
const MOST_ASKED = 2000;

export function RolloutView({ rollout, token: asked }: RolloutViewProps) {
  const { trace, origin, pictureLabel, truth } = rollout;
  const [measure, setMeasure] = useState<Measure>('used');
  const [scaleName, setScale] = useState<ScaleName>('log');
  const [selected, select] = useState(() => firstToken(rollout, asked));
  const tokens = useMemo(() => tracedTokens(trace, measure), [trace, measure]);
  const lanes = useMemo(() => lanesOf(tokens, trace.spans), [tokens, trace]);
  const scale = useMemo(
    () =>
      heatScale(
        scaleName,
        tokens.map(({ value }) => value),
      ),
    [scaleName, tokens],
  );
  const pictures = usePictures(rollout);
  const pictureOf = useCallback((role: Reader) => pictures[role] ?? null, [pictures]);
  const token = trace.tokens[selected];
  const id = useId();
  return (
    <div className={styles.view}>
      <div className={styles.asked}>
        {pictures.student !== undefined && (
          <PixelCanvas picture={pictures.student} className={styles.picture} label={pictureLabel} />
        )}
        <div className={styles.words}>
          <p>
            Asked: <q>{cut(trace.input.question, MOST_ASKED)}</q>
          </p>
          <p className={styles.origin}>{origin}</p>
        </div>
      </div>
      <div className={styles.rollout}>
        <Legend
          trace={trace}
          measure={measure}
          onMeasure={setMeasure}
          scale={scale}
          onScale={setScale}
        />
        <DivergenceChart
          tokens={tokens}
          scale={scale}
          clip={clipOf(trace, measure)}
          selected={selected}
          onSelect={select}
        />
        <TokenStrip lanes={lanes} scale={scale} selected={selected} onSelect={select} />
        <Verdict trace={trace} truth={truth} onSelect={select} />
        <Summary trace={trace} ms={null} claimed={false} madeBy={null} />
      </div>
      <section className={styles.panel} aria-labelledby={id}>
        <h2 id={id} className="visually-hidden">
          Token
        </h2>
        <TokenHead trace={trace} index={selected} token={token} onGo={select} />
        <Figures trace={trace} index={selected} token={token} />
        <TopLists token={token} method={trace.method} />
        <TeacherContext trace={trace} pictureOf={pictureOf} index={selected} token={token} />
      </section>
    </div>
  );
}

function firstToken({ trace, token }: EmbeddedRollout, asked: number | null): number {
  const known = [asked, token].find((at) => at !== null && at < trace.tokens.length);
  return known ?? largestDivergence(trace) ?? 0;
}

type Pictures = Partial<Record<Reader, Picture>>;

/** The pixels of the file's pictures; what cannot be read is not drawn, the words beside it stand by themselves. */
function usePictures({ pictures, sees }: EmbeddedRollout): Pictures {
  const [read, setRead] = useState<Pictures>({});
  useEffect(() => {
    let wanted = true;
    void Promise.allSettled(pictures.map(readPng)).then((all) => {
      if (!wanted) return;
      const seen = Object.entries(sees).flatMap(([role, at]) => {
        const one = all[at];
        return one?.status === 'fulfilled' ? [[role, one.value]] : [];
      });
      setRead(Object.fromEntries(seen));
    });
    return () => {
      wanted = false;
    };
  }, [pictures, sees]);
  return read;
}

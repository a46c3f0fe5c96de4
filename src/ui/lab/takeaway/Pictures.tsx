/** Strip and charts of the rollout as files: SVG with text as text, or PNG; what is drawn is what is on the page. */

import { useMemo } from 'react';
import { MEASURES } from '../../rollout/choices.ts';
import { SCALES } from '../../rollout/heat-scale.ts';
import { leakageUnder } from '../../rollout/leakage-view.ts';
import { SavedDrawings } from '../../rollout/SavedDrawings.tsx';
import {
  type About,
  type SavedDrawing,
  savedChart,
  savedLeakage,
  savedStrip,
} from '../../rollout/saved-drawings.ts';
import { temperatureOf } from '../../rollout/view.ts';
import { PLAYGROUND } from '../../shared/citations.ts';
import { pngText } from '../../shared/png.ts';
import { useLab } from '../context.tsx';
import { pictureFor } from '../state/perturbation.ts';
import type { Shown } from '../state/state.ts';
import { useCurrentToken } from '../token/use-current-token.ts';
import { useDrawn } from '../use-drawn.ts';
import { originOf } from './lab-document.ts';
import styles from './TakeAway.module.css';

export interface PicturesProps {
  shown: Shown;
  withPicture: boolean;
  address: string | null;
}

export function Pictures(props: PicturesProps) {
  const level = useLab((s) => s.settings.level);
  return (
    <section className={styles.part}>
      <h3>Pictures</h3>
      {level === 'leakage' ? <LeakagePictures {...props} /> : <RolloutPictures {...props} />}
    </section>
  );
}

function RolloutPictures(props: PicturesProps) {
  const { shown } = props;
  const level = useLab((s) => s.settings.level);
  const measure = useLab((s) => s.settings.measure);
  const selected = useCurrentToken() ?? 0;
  const place = useMemo(() => ({ level, token: selected }), [level, selected]);
  const { tokens, lanes, scale, clip, before } = useDrawn(shown, place);
  const name = MEASURES.find(({ value }) => value === measure)?.label ?? measure;
  const at = temperatureOf(shown.trace.method);
  const of = measure === 'loss' ? 'Loss' : 'Divergence of student and teacher';
  const shows = `${of} at each token (${name.toLowerCase()}), nats${at === null ? '' : `, ${at}`}; scale: ${scaleWord(scale.name)}.`;
  const about = aboutOf(props);
  return (
    <Rows
      shown={shown}
      drawings={[
        savedStrip('Strip', { lanes, scale, clip, selected, unit: 'nats' }, about, shows),
        savedChart(
          { tokens, scale, clip, before, selected },
          about,
          before === null ? shows : `${shows} Thin lines: before the last change.`,
        ),
      ]}
    />
  );
}

const scaleWord = (name: string) =>
  SCALES.find(({ value }) => value === name)?.label.toLowerCase() ?? name;

function LeakagePictures(props: PicturesProps) {
  const { trace } = props.shown;
  const epsilon = useLab((s) => s.settings.epsilon);
  const token = useCurrentToken() ?? 0;
  const { leakage, tokens } = trace;
  if (leakage === undefined) return <p>The leakage is not measured yet.</p>;
  const methods = (['vigos', 'opsd'] as const).map((name) =>
    leakageUnder(leakage, name, epsilon, tokens.length),
  );
  return <Rows {...props} drawings={savedLeakage(trace, methods, token, aboutOf(props))} />;
}

const Rows = ({ shown, drawings }: { shown: Shown; drawings: readonly SavedDrawing[] }) => (
  <SavedDrawings drawings={drawings} file={`vigos-${shown.trace.method.name}`} />
);

const aboutOf =
  ({ shown, withPicture, address }: PicturesProps): About =>
  async (shows) => {
    const { trace, subject, seen } = shown;
    const mine = subject?.own != null && !withPicture;
    const picture = subject === null || mine ? null : pictureFor(subject, seen, 'student');
    return {
      question: trace.input.question,
      shows,
      picture:
        picture === null
          ? null
          : { address: await pngText(picture), label: subject?.item?.description ?? 'The picture' },
      source: [
        originOf(shown),
        `${PLAYGROUND.line} ${new Date().toISOString().slice(0, 10)}${address === null ? '' : `, ${address}`}`,
      ],
    };
  };

/** Strip and charts of the stage as SVG and PNG, as the Lab has them. */

import { SavePopover } from '../../charts/SavePopover.tsx';
import { LOG_SCALE } from '../../rollout/heat-scale.ts';
import { SavedDrawings } from '../../rollout/SavedDrawings.tsx';
import {
  type About,
  type SavedDrawing,
  savedChart,
  savedLeakage,
  savedStrip,
} from '../../rollout/saved-drawings.ts';
import { clipOf, temperatureOf, tracedTokens } from '../../rollout/view.ts';
import { BACKEND_NAMES } from '../../shared/backends.ts';
import { PLAYGROUND } from '../../shared/citations.ts';
import { pngText } from '../../shared/png.ts';
import type { Show } from '../chapter.ts';
import { useOrigin } from '../Made.tsx';
import type { Origin } from '../state/facts.ts';
import { itemOf, pictureOf, sceneOf } from '../state/live.ts';
import { leakageMethods } from './LeakageStage.tsx';
import { stripLanes } from './RolloutStage.tsx';
import styles from './SaveStage.module.css';

export function SaveStage({ show, title }: { show: Show; title: string }) {
  const origin = useOrigin(show);
  const drawings = drawingsOf(show, origin);
  if (drawings.length === 0) return null;
  return (
    <SavePopover title={title} className={`button ${styles.save}`}>
      <SavedDrawings
        drawings={drawings}
        file={`vigos-${title.toLowerCase().replace(/\W+/g, '-')}`}
      />
    </SavePopover>
  );
}

/** Nothing of a stage of tables, whose figures can be copied. */
function drawingsOf(show: Show, origin: Origin | null): SavedDrawing[] {
  if (show.kind === 'leakage') {
    const { trace, token, parts } = show;
    const methods = leakageMethods(trace).filter(({ name }) => parts.includes(name));
    return savedLeakage(trace, methods, token, aboutOf(show, origin));
  }
  if (show.kind !== 'rollout') return [];
  const { trace, token: selected, parts } = show;
  const about = aboutOf(show, origin);
  const scale = LOG_SCALE;
  const clip = clipOf(trace, 'used');
  const at = temperatureOf(trace.method);
  const shows = `Divergence of student and teacher at each token, nats${at === null ? '' : `, ${at}`}; scale: logarithmic.`;
  const strip = (taught: boolean, words: string) =>
    savedStrip(
      'Strip',
      { lanes: stripLanes(trace, taught), scale, clip, selected, unit: 'nats' },
      about,
      words,
    );
  return [
    ...(parts.includes('strip') ? [strip(true, shows)] : []),
    ...(parts.includes('plain') ? [strip(false, 'What the student wrote, token by token.')] : []),
    ...(parts.includes('chart')
      ? [
          savedChart(
            { tokens: tracedTokens(trace, 'used'), scale, clip, before: null, selected },
            about,
            shows,
          ),
        ]
      : []),
  ];
}

type OfTrace = Extract<Show, { kind: 'rollout' | 'leakage' }>;

const aboutOf =
  (show: OfTrace, origin: Origin | null): About =>
  async (shows) => {
    const { trace } = show;
    const scene = sceneOf(trace);
    const picture = pictureOf(trace);
    const bare = show.kind === 'rollout' && show.bare === true;
    const who = `${trace.model.name} on ${BACKEND_NAMES[trace.backend]}`;
    return {
      question: trace.input.question,
      shows,
      picture:
        picture === null || scene === null
          ? null
          : {
              address: await pngText(picture),
              label: bare ? 'The picture' : itemOf(scene).description,
            },
      source: [
        origin?.kind === 'here'
          ? `Computed here, by ${who}.`
          : `Recorded: ${who} made these numbers earlier.`,
        `${PLAYGROUND.line} ${new Date().toISOString().slice(0, 10)}, ${location.href}`,
      ],
    };
  };

/** Strip and charts of the rollout as files: SVG with text as text, or PNG; what is drawn is what is on the page. */

import { useMemo } from 'react';
import { PlaygroundError } from '../../../base/errors.ts';
import type { Background } from '../../charts/drawing-colors.ts';
import { ExportButtons, type ExportButtonsProps } from '../../charts/ExportButtons.tsx';
import { divergenceDrawing, leakageDrawing } from '../../rollout/chart-drawings.ts';
import { MEASURES } from '../../rollout/choices.ts';
import type { DrawnAbout } from '../../rollout/drawn-frame.ts';
import { LOG_SCALE, SCALES } from '../../rollout/heat-scale.ts';
import { leakageTokens, leakageUnder, METHOD_LABELS, topOf } from '../../rollout/leakage-view.ts';
import { rolloutColors } from '../../rollout/rollout-colors.ts';
import { stripDrawing } from '../../rollout/strip-drawing.ts';
import { type TokenWidths, tokenWidths } from '../../rollout/token-widths.ts';
import { lanesOf, temperatureOf } from '../../rollout/view.ts';
import { PLAYGROUND } from '../../shared/citations.ts';
import { pngText } from '../../shared/png.ts';
import { useLab } from '../context.tsx';
import { pictureFor } from '../state/perturbation.ts';
import type { Shown } from '../state/state.ts';
import { useCurrentToken } from '../token/use-current-token.ts';
import { useDrawn } from '../use-drawn.ts';
import { originOf } from './lab-document.ts';
import styles from './TakeAway.module.css';

/** Pixels. */
const WIDTH = 1100;
const REM = 16;

export interface PicturesProps {
  shown: Shown;
  withPicture: boolean;
  address: string | null;
}

interface Row {
  readonly what: string;
  readonly draw: ExportButtonsProps['draw'];
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
  const token = useCurrentToken() ?? 0;
  const place = useMemo(() => ({ level, token }), [level, token]);
  const { tokens, lanes, scale, clip, before } = useDrawn(shown, place);
  const name = MEASURES.find(({ value }) => value === measure)?.label ?? measure;
  const at = temperatureOf(shown.trace.method);
  const of = measure === 'loss' ? 'Loss' : 'Divergence of student and teacher';
  const shows = `${of} at each token (${name.toLowerCase()}), nats${at === null ? '' : `, ${at}`}; scale: ${scaleWord(scale.name)}.`;
  return (
    <Rows
      {...props}
      rows={[
        {
          what: 'Strip',
          draw: async (element, background) =>
            stripDrawing(
              {
                about: await aboutOf(props, shows),
                ...{ lanes, scale, clip, selected: token, unit: 'nats' },
              },
              widthsOf(element),
              WIDTH,
              rolloutColors(element, background),
            ),
        },
        {
          what: 'Chart',
          draw: async (element, background) =>
            divergenceDrawing(
              {
                about: await aboutOf(
                  props,
                  before === null ? shows : `${shows} Thin lines: before the last change.`,
                ),
                ...{ tokens, scale, clip, before, selected: token },
              },
              WIDTH,
              rolloutColors(element, background),
            ),
        },
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
  const top = topOf(methods);
  const shows = (name: string) =>
    `What pushes each token under ${name}’s teachers, nats²: red from the answer, blue from the picture.`;
  return (
    <Rows
      {...props}
      rows={methods.flatMap((method) => {
        const name = METHOD_LABELS[method.name];
        return [
          {
            what: `${name} strip`,
            draw: async (element: HTMLElement, background: Background) =>
              stripDrawing(
                {
                  about: await aboutOf(props, shows(name)),
                  lanes: lanesOf(leakageTokens(trace, method), trace.spans),
                  ...{ scale: LOG_SCALE, clip: null, selected: token, unit: 'nats²' },
                },
                widthsOf(element),
                WIDTH,
                rolloutColors(element, background),
              ),
          },
          {
            what: `${name} chart`,
            draw: async (element: HTMLElement, background: Background) =>
              leakageDrawing(
                {
                  about: await aboutOf(props, shows(name)),
                  ...{ leakage: method, top, selected: token },
                },
                WIDTH,
                rolloutColors(element, background),
              ),
          },
        ];
      })}
    />
  );
}

function Rows({ shown, rows }: PicturesProps & { rows: readonly Row[] }) {
  return rows.map(({ what, draw }) => (
    <div key={what} className={styles.row}>
      <span>{what}</span>
      <ExportButtons
        what={what}
        draw={draw}
        file={`vigos-${shown.trace.method.name}-${what.toLowerCase().replace(/\W+/g, '-')}`}
      />
    </div>
  ));
}

function widthsOf(element: HTMLElement): TokenWidths {
  const family = getComputedStyle(element).getPropertyValue('--mono');
  const widths = tokenWidths(family, REM);
  if (widths === null)
    throw new PlaygroundError({
      code: 'drawing.no-canvas',
      message:
        'This browser does not say how wide texts are, so the strip cannot be cut into lines.',
      fix: 'Save the HTML page instead.',
    });
  return widths;
}

async function aboutOf(
  { shown, withPicture, address }: PicturesProps,
  shows: string,
): Promise<DrawnAbout> {
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
}

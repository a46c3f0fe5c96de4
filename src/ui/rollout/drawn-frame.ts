/** What stands around a drawing of a rollout: its question and picture above, where it is from below. Pure. */

import { FONT_SIZE, LETTER, type Shape, shape, text, wrapped } from '../charts/drawing.ts';
import type { RolloutColors } from './rollout-colors.ts';

/** What a drawing says of the rollout. */
export interface DrawnAbout {
  readonly question: string;
  /** What is drawn, in a line: the measure and its unit. */
  readonly shows: string;
  /** Beside the question; null where it is not to leave the page. */
  readonly picture: { readonly address: string; readonly label: string } | null;
  /** Whose figures these are, recorded ones marked as recorded, and where they are from. */
  readonly source: readonly string[];
}

export const EDGE = 16;
const PICTURE = 96;
const LINE_HEIGHT = 17;
const TITLE = 15;

export interface Placed {
  readonly shapes: readonly Shape[];
  /** Where what follows begins, pixels from the top. */
  readonly below: number;
}

export function drawnHead(about: DrawnAbout, width: number, colors: RolloutColors): Placed {
  const { question, shows, picture } = about;
  const left = EDGE + (picture === null ? 0 : PICTURE + EDGE);
  const letters = Math.floor((width - left - EDGE) / (LETTER * (TITLE / FONT_SIZE)));
  const lines = wrapped(`“${question}”`, letters);
  const notes = wrapped(shows, Math.floor((width - left - EDGE) / LETTER));
  const words = [
    ...lines.map((line, i) =>
      text(`question ${i}`, line, {
        x: left,
        y: EDGE + TITLE + i * (TITLE + 4),
        fill: colors.ink,
        'font-size': TITLE,
      }),
    ),
    ...notes.map((line, i) =>
      text(`shows ${i}`, line, {
        x: left,
        y: EDGE + TITLE + lines.length * (TITLE + 4) + 2 + i * LINE_HEIGHT,
        fill: colors.soft,
      }),
    ),
  ];
  const end = EDGE + lines.length * (TITLE + 4) + notes.length * LINE_HEIGHT + 8;
  return {
    shapes: [
      ...(picture === null
        ? []
        : [
            shape('picture', 'image', {
              x: EDGE,
              y: EDGE,
              width: PICTURE,
              height: PICTURE,
              href: picture.address,
              'image-rendering': 'pixelated',
              'aria-label': picture.label,
            }),
          ]),
      ...words,
    ],
    below: Math.max(end, picture === null ? 0 : EDGE + PICTURE + 12),
  };
}

export function drawnSource(
  { source }: DrawnAbout,
  top: number,
  width: number,
  colors: RolloutColors,
): Placed {
  const lines = source.flatMap((words) =>
    wrapped(words, Math.floor((width - 2 * EDGE) / (LETTER * 0.92))),
  );
  return {
    shapes: lines.map((line, i) =>
      text(`source ${i}`, line, {
        x: EDGE,
        y: top + 12 + i * 15,
        fill: colors.soft,
        'font-size': FONT_SIZE - 1,
      }),
    ),
    below: top + lines.length * 15 + EDGE,
  };
}

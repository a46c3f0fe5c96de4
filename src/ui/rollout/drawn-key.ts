/** What the colours of a drawing say: the teachers, hatching, and the scale with its clip. Pure. */

import {
  type Drawing,
  FONT_SIZE,
  LETTER,
  line,
  MONO_FONT,
  rect,
  rounded,
  type Shape,
  shape,
  text,
} from '../charts/drawing.ts';
import { TEACHERS, type TeacherMark } from '../shared/teachers.ts';
import { EDGE, type Placed } from './drawn-frame.ts';
import type { HeatScale } from './heat-scale.ts';
import type { RolloutColors } from './rollout-colors.ts';
import type { StripToken } from './view.ts';

export interface DrawnScale {
  readonly scale: HeatScale;
  /** The clip of whole tokens, nats, or null. */
  readonly clip: number | null;
  /** Unit of the tokens' values. */
  readonly unit: 'nats' | 'nats²';
}

/** What of a token decides which entries there are. */
type KeyToken = Pick<StripToken, 'teacher' | 'noGradient' | 'drivers'>;

export const hatch = (mark: TeacherMark) => `hatch-${mark}`;

const teachersOf = (tokens: readonly KeyToken[]) =>
  (Object.keys(TEACHERS) as TeacherMark[]).filter((mark) =>
    tokens.some(({ teacher }) => teacher === mark),
  );

/** A drawing on paper, `width` px wide and down to where its `source` ends, with what hatching and scale refer to. */
export function keyedDrawing(
  width: number,
  tokens: readonly KeyToken[],
  shapes: readonly Shape[],
  source: Placed,
  colors: RolloutColors,
): Drawing {
  const height = Math.ceil(source.below);
  return {
    width,
    height,
    shapes: [
      shape('defs', 'defs', {}, keyDefinitions(tokens, colors)),
      rect('paper', { x: 0, y: 0, width, height, fill: colors.paper }),
      ...shapes,
      ...source.shapes,
    ],
  };
}

/** Hatching of ribbons without gradient, for each teacher, and the ramp of the scale's key. */
function keyDefinitions(tokens: readonly KeyToken[], colors: RolloutColors): Shape[] {
  return [
    ...teachersOf(tokens).map((mark) =>
      shape(
        hatch(mark),
        'pattern',
        {
          id: hatch(mark),
          width: 5,
          height: 5,
          patternUnits: 'userSpaceOnUse',
          patternTransform: 'rotate(-45)',
        },
        [
          rect('own', { x: 0, y: 0, width: 5, height: 5, fill: colors.badge(mark).fill }),
          rect('ink', { x: 0, y: 0, width: 5, height: 2, fill: colors.ink }),
        ],
      ),
    ),
    shape('ramp', 'linearGradient', { id: 'ramp', x1: 0, x2: 1, y1: 0, y2: 0 }, [
      shape('weak', 'stop', { offset: 0, 'stop-color': colors.ramp[0] }),
      shape('strong', 'stop', { offset: 1, 'stop-color': colors.ramp[1] }),
    ]),
  ];
}

const BADGE = 15;
const RAMP = 176;

/** Teachers, what hatching says, and the scale with its clip. */
export function drawnKey(
  { scale, clip, unit }: DrawnScale,
  tokens: readonly KeyToken[],
  top: number,
  width: number,
  colors: RolloutColors,
): Placed {
  const shapes: Shape[] = [];
  let x = EDGE;
  let y = top;
  const entry = (key: string, words: string, drawn: (x: number, y: number) => Shape[]) => {
    const room = BADGE + 6 + words.length * LETTER + 16;
    if (x > EDGE && x + room > width - EDGE) {
      x = EDGE;
      y += BADGE + 7;
    }
    shapes.push(
      ...drawn(x, y),
      text(`${key} name`, words, { x: x + BADGE + 6, y: y + 12, fill: colors.ink }),
    );
    x += room;
  };
  const square = (key: string, fill: string) => (atX: number, atY: number) => [
    rect(key, { x: atX, y: atY, width: BADGE, height: BADGE, rx: 2, fill }),
  ];
  for (const mark of teachersOf(tokens)) {
    const { label, letter } = TEACHERS[mark];
    const { fill, ink } = colors.badge(mark);
    entry(`badge ${mark}`, label, (atX, atY) => [
      ...square(`badge ${mark}`, fill)(atX, atY),
      text(`badge ${mark} letter`, letter, {
        x: atX + BADGE / 2,
        y: atY + 11.5,
        fill: ink,
        'font-family': MONO_FONT,
        'font-size': 11,
        'font-weight': 700,
        'text-anchor': 'middle',
      }),
    ]);
  }
  const clipped = tokens.find(({ noGradient }) => noGradient)?.teacher ?? null;
  if (clipped !== null)
    entry('no gradient', 'no gradient', square('no gradient', `url(#${hatch(clipped)})`));
  if (tokens.some(({ drivers }) => drivers !== undefined)) {
    entry('answer', 'from the answer', square('answer', colors.answer));
    entry('image', 'from the picture', square('image', colors.image));
  }
  y += BADGE + 12;
  if (scale.marks.length > 0) {
    const clipAt = clip === null || clip >= scale.top ? null : scale.at(clip);
    shapes.push(
      rect('ramp', {
        x: EDGE,
        y,
        width: RAMP,
        height: 11,
        fill: 'url(#ramp)',
        stroke: colors.strong,
      }),
      ...scale.marks.map(({ at, text: words }, i) =>
        text(`mark ${words}`, words, {
          x: rounded(EDGE + at * RAMP),
          y: y + 24,
          fill: colors.soft,
          'font-size': FONT_SIZE - 1,
          'text-anchor': i === 0 ? 'start' : i === scale.marks.length - 1 ? 'end' : 'middle',
        }),
      ),
      text('unit', `${unit}${clipAt === null || clip === null ? '' : `, ┆ clip ${clip}`}`, {
        x: EDGE + RAMP + 10,
        y: y + 10,
        fill: colors.soft,
        'font-size': FONT_SIZE - 1,
      }),
      ...(clipAt === null
        ? []
        : [
            line('clip', {
              x1: rounded(EDGE + clipAt * RAMP),
              x2: rounded(EDGE + clipAt * RAMP),
              y1: y - 3,
              y2: y + 14,
              stroke: colors.ink,
              'stroke-width': 1.5,
              'stroke-dasharray': '3 2',
            }),
          ]),
    );
    y += 40;
  }
  return { shapes, below: y };
}

/** The strip of tokens as a drawing: its lanes and lines, what its colours mean, and where it is from. Pure. */

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
import { cutToken, visiblePieces } from '../shared/visible-text.ts';
import { type DrawnAbout, drawnHead, drawnSource, EDGE, type Placed } from './drawn-frame.ts';
import type { HeatScale } from './heat-scale.ts';
import { linesOf } from './lines.ts';
import type { RolloutColors } from './rollout-colors.ts';
import { LANES, PREFILL } from './strip-names.ts';
import type { TokenWidths } from './token-widths.ts';
import type { Lane, StripToken } from './view.ts';

export interface StripDrawing {
  readonly about: DrawnAbout;
  readonly lanes: readonly Lane[];
  readonly scale: HeatScale;
  /** The clip of whole tokens, nats, or null. */
  readonly clip: number | null;
  readonly selected: number | null;
  /** Unit of the tokens' values. */
  readonly unit: 'nats' | 'nats²';
}

/** Sizes of `TokenLook.module.css`, rem. */
const TEXT = 0.92;
const SPECIAL = 0.72;
const TEXT_HEIGHT = 1.546;
const RIBBON = 0.95;
const LINE = 2.95;
const NAMES = 6.4;
const LANE_GAP = 0.75;
const LETTER_SIZE = 0.62;
/** A token's white space is drawn fainter. */
const MARK_OPACITY = 0.72;

const hatch = (mark: TeacherMark) => `hatch-${mark}`;

export function stripDrawing(
  strip: StripDrawing,
  widths: TokenWidths,
  width: number,
  colors: RolloutColors,
): Drawing {
  const { about, lanes, selected } = strip;
  const { rem, widthOf, textWidth } = widths;
  const tokens = lanes.flatMap((lane) => lane.tokens);
  const head = drawnHead(about, width, colors);
  const key = drawnKey(strip, tokens, head.below, width, colors);
  const left = EDGE + NAMES * rem;
  const indent = textWidth(PREFILL) + 0.3 * rem;
  const lines = linesOf(lanes, widthOf, width - left - EDGE, indent);
  const shapes: Shape[] = [];
  let y = key.below;
  lines.forEach(({ lane, start, end, indent: before, first }, at) => {
    if (first) {
      if (at > 0) y += LANE_GAP * rem;
      shapes.push(
        text(`lane ${lane}`, LANES[lane], {
          x: EDGE,
          y: rounded(y + 1.2 * rem),
          fill: colors.ink,
          'font-size': rounded(1.05 * rem),
        }),
      );
    }
    if (at === 0)
      shapes.push(
        text('prefill', PREFILL, {
          x: left,
          y: rounded(y + 1.08 * rem),
          fill: colors.soft,
          'font-family': MONO_FONT,
          'font-size': rounded(TEXT * rem),
        }),
      );
    let x = left + before;
    for (const token of tokens.slice(start, end)) {
      const room = widthOf(token);
      shapes.push(drawnToken(strip, token, { x, y, width: room - 1, rem }, colors, selected));
      x += room;
    }
    y += LINE * rem;
  });
  const source = drawnSource(about, y + 4, width, colors);
  const height = Math.ceil(source.below);
  return {
    width,
    height,
    shapes: [
      shape('defs', 'defs', {}, definitions(tokens, colors)),
      rect('paper', { x: 0, y: 0, width, height, fill: colors.paper }),
      ...head.shapes,
      ...key.shapes,
      ...shapes,
      ...source.shapes,
    ],
  };
}

const teachersOf = (tokens: readonly StripToken[]) =>
  (Object.keys(TEACHERS) as TeacherMark[]).filter((mark) =>
    tokens.some(({ teacher }) => teacher === mark),
  );

/** Hatching of ribbons without gradient, for each teacher, and the ramp of the scale's key. */
function definitions(tokens: readonly StripToken[], colors: RolloutColors): Shape[] {
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

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly rem: number;
}

function drawnToken(
  { scale }: StripDrawing,
  token: StripToken,
  { x, y, width, rem }: Box,
  colors: RolloutColors,
  selected: number | null,
): Shape {
  const { index, teacher, drivers, noGradient, stop } = token;
  const look = colors.token(token, scale.at(token.value));
  const letter = teacher === null ? token.mark : TEACHERS[teacher].letter;
  const size = (token.text.startsWith('<|') ? SPECIAL : TEXT) * rem;
  const height = TEXT_HEIGHT * rem;
  const push = drivers === undefined ? 0 : drivers.answer + drivers.image;
  const answer = drivers === undefined || push === 0 ? 1 : drivers.answer / push;
  const box = (key: string, from: number, to: number, fill: string) =>
    rect(key, {
      x: rounded(x + from * width),
      y: rounded(y),
      width: rounded((to - from) * width),
      height: rounded(height),
      fill,
    });
  const pieces = visiblePieces(cutToken(token.text));
  const hatched = noGradient && teacher !== null;
  const middle = rounded(x + width / 2);
  const foot = y + height;
  return shape(`token ${index}`, 'g', { 'data-token': index + 1 }, [
    box('text', 0, look.second === null ? 1 : answer, look.text),
    ...(look.second === null ? [] : [box('second', answer, 1, look.second)]),
    shape(
      'words',
      'text',
      {
        x: rounded(x + 0.1 * rem),
        y: rounded(y + 1.08 * rem),
        fill: colors.ink,
        'font-family': MONO_FONT,
        'font-size': rounded(size),
        'xml:space': 'preserve',
        // Whatever font draws it, it stays on its token.
        textLength: rounded(Math.max(1, width - 0.2 * rem)),
        lengthAdjust: 'spacingAndGlyphs',
      },
      pieces.map((piece, i) => ({
        ...shape(`piece ${i}`, 'tspan', piece.mark ? { opacity: MARK_OPACITY } : {}),
        text: piece.text,
      })),
    ),
    rect('ribbon', {
      x: rounded(x),
      y: rounded(foot),
      width: rounded(width),
      height: rounded(RIBBON * rem),
      fill: hatched ? `url(#${hatch(teacher)})` : look.ribbon,
    }),
    ...(hatched
      ? [
          rect('patch', {
            x: rounded(middle - 0.35 * rem),
            y: rounded(foot + 0.12 * rem),
            width: rounded(0.7 * rem),
            height: rounded(0.7 * rem),
            fill: colors.ink,
          }),
        ]
      : []),
    ...(letter === undefined
      ? []
      : [
          text('letter', letter, {
            x: middle,
            y: rounded(foot + 0.69 * rem),
            fill: hatched ? colors.onInk : look.letter,
            'font-family': MONO_FONT,
            'font-size': rounded(LETTER_SIZE * rem),
            'font-weight': 700,
            'text-anchor': 'middle',
          }),
        ]),
    ...(stop === undefined
      ? []
      : [
          rect('stop', {
            x: rounded(stop === 'after' ? x + width : x - 2),
            y: rounded(y - 0.25 * rem),
            width: 3,
            height: rounded((TEXT_HEIGHT + RIBBON + 0.5) * rem),
            fill: colors.ink,
          }),
        ]),
    ...(index === selected
      ? [
          rect('selected', {
            x: rounded(x - 2),
            y: rounded(y - 2),
            width: rounded(width + 4),
            height: rounded((TEXT_HEIGHT + RIBBON) * rem + 4),
            fill: 'none',
            stroke: colors.ink,
            'stroke-width': 2,
            rx: 3,
          }),
        ]
      : []),
  ]);
}

const BADGE = 15;
const RAMP = 176;

/** Teachers, what hatching says, and the scale with its clip. */
function drawnKey(
  { scale, clip, unit }: StripDrawing,
  tokens: readonly StripToken[],
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

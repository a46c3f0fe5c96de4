/** The strip of tokens as a drawing: its lanes and lines, what its colours mean, and where it is from. Pure. */

import {
  type Drawing,
  MONO_FONT,
  rect,
  rounded,
  type Shape,
  shape,
  text,
} from '../charts/drawing.ts';
import { TEACHERS } from '../shared/teachers.ts';
import { cutToken, visiblePieces } from '../shared/visible-text.ts';
import { type DrawnAbout, drawnHead, drawnSource, EDGE } from './drawn-frame.ts';
import { type DrawnScale, drawnKey, hatch, keyedDrawing } from './drawn-key.ts';
import { linesOf } from './lines.ts';
import type { RolloutColors } from './rollout-colors.ts';
import { LANES, PREFILL } from './strip-names.ts';
import type { TokenWidths } from './token-widths.ts';
import type { Lane, StripToken } from './view.ts';

export interface StripDrawing extends DrawnScale {
  readonly about: DrawnAbout;
  readonly lanes: readonly Lane[];
  readonly selected: number | null;
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
  return keyedDrawing(width, tokens, [...head.shapes, ...key.shapes, ...shapes], source, colors);
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

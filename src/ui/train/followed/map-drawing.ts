/** The followed rollout's heat map as pixels, and as a drawing with its tokens, steps and scale. Pure. */

import type { FollowedRollout } from '../../../contract/train/training.ts';
import type { TeacherName } from '../../../method/types.ts';
import type { Picture } from '../../../world/render.ts';
import { type Drawing, FONT_SIZE, MONO_FONT, rect, shape, text } from '../../charts/drawing.ts';
import { type DrawnAbout, drawnHead, drawnSource, EDGE } from '../../rollout/drawn-frame.ts';
import { drawnKey, keyedDrawing } from '../../rollout/drawn-key.ts';
import type { HeatScale } from '../../rollout/heat-scale.ts';
import type { RolloutColors } from '../../rollout/rollout-colors.ts';
import { TEACHERS, teacherMark } from '../../shared/teachers.ts';
import { cutToken, visibleText } from '../../shared/visible-text.ts';
import type { HeatMap } from './heat-map.ts';

/** Pixels of a drawing. */
const ROW = 16;
const MOST_COLUMN = 40;
const NAMES = 150;
const NAME_LETTERS = 17;

/** One pixel a cell: the teacher's colour, as strong as its divergence; `colorOf` gives `rgb(r, g, b)`. */
export function mapPixels(
  teachers: FollowedRollout['teachers'],
  { rows, steps }: HeatMap,
  scale: HeatScale,
  colorOf: (teacher: TeacherName) => string,
): Picture {
  const width = Math.max(1, steps.length);
  const height = Math.max(1, rows.length);
  const data = new Uint8ClampedArray(4 * width * height);
  for (const [token, row] of rows.entries()) {
    const teacher = teachers[token];
    if (teacher === null) continue;
    const color = channelsOf(colorOf(teacher));
    for (const [at, value] of row.entries())
      if (value !== null)
        data.set([...color, Math.round(255 * scale.at(value))], 4 * (token * width + at));
  }
  return { width, height, data };
}

/** Red, green and blue of "rgb(0, 114, 178)", 0 to 255. */
const channelsOf = (color: string): number[] =>
  (color.match(/[\d.]+/g) ?? []).slice(0, 3).map(Number);

export interface MapDrawing {
  readonly about: DrawnAbout;
  readonly rollout: Pick<FollowedRollout, 'texts' | 'teachers'>;
  readonly map: HeatMap;
  readonly scale: HeatScale;
  /** The clip of whole tokens, nats, or null. */
  readonly clip: number | null;
  /** Address of {@link mapPixels} as a PNG. */
  readonly cells: string;
}

export function mapDrawing(drawn: MapDrawing, width: number, colors: RolloutColors): Drawing {
  const { about, rollout, map, scale, clip, cells } = drawn;
  const { steps } = map;
  const tokens = rollout.teachers.map((teacher) => ({
    teacher: teacherMark(teacher),
    noGradient: false,
  }));
  const head = drawnHead(about, width, colors);
  const key = drawnKey({ scale, clip, unit: 'nats' }, tokens, head.below, width, colors);
  const left = EDGE + NAMES;
  const room = Math.min(width - left - EDGE, Math.max(1, steps.length) * MOST_COLUMN);
  const top = key.below + 4;
  const foot = top + rollout.texts.length * ROW;
  const small = { fill: colors.soft, 'font-size': FONT_SIZE - 1 };
  const source = drawnSource(about, foot + 26, width, colors);
  const shapes = [
    ...head.shapes,
    ...key.shapes,
    ...rollout.texts.flatMap((words, i) => {
      const y = top + i * ROW + 12;
      const name = { y, 'font-family': MONO_FONT, 'font-size': FONT_SIZE - 1 };
      return [
        text(`letter ${i}`, TEACHERS[tokens[i].teacher].letter, {
          ...name,
          x: EDGE,
          fill: colors.soft,
        }),
        text(`token ${i}`, [...visibleText(cutToken(words))].slice(0, NAME_LETTERS).join(''), {
          ...name,
          x: EDGE + 18,
          fill: colors.ink,
        }),
      ];
    }),
    rect('ground', { x: left, y: top, width: room, height: foot - top, fill: colors.ramp[0] }),
    shape('cells', 'image', {
      x: left,
      y: top,
      width: room,
      height: foot - top,
      href: cells,
      preserveAspectRatio: 'none',
      'image-rendering': 'pixelated',
    }),
    text('first', `step ${steps[0] ?? '–'}`, { ...small, x: left, y: foot + 16 }),
    ...(steps.length < 2
      ? []
      : [
          text('last', `step ${steps.at(-1)}`, {
            ...small,
            x: left + room,
            y: foot + 16,
            'text-anchor': 'end',
          }),
        ]),
  ];
  return keyedDrawing(width, tokens, shapes, source, colors);
}

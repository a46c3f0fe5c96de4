/** Lines over the course of a run: strong ones, and faint ones of their seeds. Pure. */

import {
  circle,
  type Drawing,
  type DrawingColors,
  fitting,
  LETTER,
  line,
  path,
  rect,
  rounded,
  type Shape,
  shape,
  text,
} from './drawing.ts';

export interface Curve {
  readonly id: string;
  readonly label: string;
  /** Place among the results’ colours. */
  readonly color: number;
  /** Of somebody else’s. */
  readonly dashed?: boolean;
  /** In place of the result's colour and of its dashes. */
  readonly stroke?: string;
  readonly dash?: readonly number[];
  /** Whether each point has a mark; those of undashed lines have. */
  readonly marked?: boolean;
  /** Ends of the interval around each point that has one, by its x. */
  readonly band?: readonly (readonly [x: number, low: number, high: number])[];
  readonly points: readonly (readonly [x: number, y: number])[];
  /** Single seeds, behind it. */
  readonly seeds?: readonly (readonly (readonly [x: number, y: number])[])[];
}

export interface CurveAxes {
  readonly x: {
    /** 0 where it is not said. */
    readonly min?: number;
    readonly max: number;
    readonly ticks: readonly number[];
    readonly format: (x: number) => string;
  };
  readonly y: {
    readonly min: number;
    readonly max: number;
    readonly ticks: readonly number[];
    readonly format: (y: number) => string;
  };
}

/** What stands around the lines. */
export interface CurveWords {
  readonly title: string;
  /** Where something else begins. */
  readonly borders: readonly { readonly x: number; readonly label: string }[];
}

const NO_WORDS: CurveWords = { title: '', borders: [] };

const TOP = 10;
const TITLE = 24;
const LEFT = 48;
const HEIGHT = 220;
const FOOT = 26;
const KEY = 20;

export function curves(
  lines: readonly Curve[],
  { x, y }: CurveAxes,
  width: number,
  colors: DrawingColors,
  { title, borders }: CurveWords = NO_WORDS,
): Drawing {
  const right = width - 18;
  const top = TOP + (title === '' ? 0 : TITLE);
  const floor = top + HEIGHT;
  const from = x.min ?? 0;
  const longest = Math.max(0, ...y.ticks.map((tick) => y.format(tick).length));
  const left = Math.max(LEFT, longest * LETTER + 16);
  const atX = (value: number) => left + ((value - from) / (x.max - from)) * (right - left);
  const atY = (value: number) => floor - ((value - y.min) / (y.max - y.min)) * HEIGHT;
  const at = (points: Curve['points']) =>
    points.map(([a, b]): readonly [number, number] => [atX(a), atY(b)]);
  const height = floor + FOOT + lines.length * KEY;
  const shapes: Shape[] = [rect('paper', { x: 0, y: 0, width, height, fill: colors.paper })];
  if (title !== '')
    shapes.push(text('title', title, { x: 8, y: 20, fill: colors.ink, 'font-size': 15 }));
  for (const tick of y.ticks) {
    const level = rounded(atY(tick));
    shapes.push(
      line(`grid ${tick}`, { x1: left, y1: level, x2: right, y2: level, stroke: colors.line }),
      text(`tick ${tick}`, y.format(tick), {
        x: left - 8,
        y: level + 4,
        fill: colors.soft,
        'text-anchor': 'end',
      }),
    );
  }
  for (const tick of x.ticks)
    shapes.push(
      text(`step ${tick}`, x.format(tick), {
        x: rounded(atX(tick)),
        y: floor + 16,
        fill: colors.soft,
        'text-anchor': tick === x.max ? 'end' : tick === from ? 'start' : 'middle',
      }),
    );
  borders.forEach(({ x: border, label }, i) => {
    const x1 = rounded(atX(border));
    shapes.push(
      line(`border ${i}`, {
        ...{ x1, x2: x1, y1: top, y2: floor },
        stroke: colors.soft,
        'stroke-dasharray': '3 3',
      }),
      text(`border name ${i}`, label, { x: x1 + 4, y: top + 12, fill: colors.soft }),
    );
  });
  for (const { id, color, stroke, seeds = [], band = [] } of lines) {
    const own = stroke ?? colors.results[color] ?? colors.ink;
    if (band.length > 1)
      shapes.push(
        shape(`band ${id}`, 'path', {
          d: `M${[...band.map(([a, , high]) => [a, high]), ...band.toReversed().map(([a, low]) => [a, low])].map(([a, b]) => `${rounded(atX(a))} ${rounded(atY(b))}`).join('L')}z`,
          fill: own,
          'fill-opacity': 0.16,
        }),
      );
    seeds.forEach((points, i) => {
      shapes.push(
        path(`seed ${id} ${i}`, at(points), {
          stroke: own,
          'stroke-width': 1,
          'stroke-opacity': 0.35,
        }),
      );
    });
  }
  lines.forEach((drawn, i) => {
    const { id, label, color, dashed = false, marked = !dashed, points } = drawn;
    const stroke = drawn.stroke ?? colors.results[color] ?? colors.ink;
    const dash = drawn.dash ?? (dashed ? [5, 4] : []);
    const look = {
      stroke,
      'stroke-width': 2,
      ...(dash.length > 0 ? { 'stroke-dasharray': dash.join(' ') } : {}),
    };
    shapes.push(path(`line ${id}`, at(points), look));
    if (marked)
      at(points).forEach(([cx, cy], k) => {
        shapes.push(
          circle(`point ${id} ${k}`, { cx: rounded(cx), cy: rounded(cy), r: 3, fill: stroke }),
        );
      });
    const level = floor + FOOT + i * KEY + 8;
    shapes.push(
      line(`key ${id}`, { x1: 8, y1: level, x2: 30, y2: level, ...look }),
      text(`name ${id}`, fitting(label, Math.floor((width - 50) / LETTER)), {
        x: 38,
        y: level + 4,
        fill: colors.ink,
      }),
    );
  });
  return { width, height, shapes };
}

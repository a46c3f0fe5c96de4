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
  text,
} from './drawing.ts';

export interface Curve {
  readonly id: string;
  readonly label: string;
  /** Place among the results’ colours. */
  readonly color: number;
  /** Of somebody else’s. */
  readonly dashed?: boolean;
  readonly points: readonly (readonly [x: number, y: number])[];
  /** Single seeds, behind it. */
  readonly seeds?: readonly (readonly (readonly [x: number, y: number])[])[];
}

export interface CurveAxes {
  readonly x: {
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

const TOP = 10;
const LEFT = 48;
const HEIGHT = 220;
const FOOT = 26;
const KEY = 20;

export function curves(
  lines: readonly Curve[],
  { x, y }: CurveAxes,
  width: number,
  colors: DrawingColors,
): Drawing {
  const right = width - 18;
  const floor = TOP + HEIGHT;
  const atX = (value: number) => LEFT + (value / x.max) * (right - LEFT);
  const atY = (value: number) => floor - ((value - y.min) / (y.max - y.min)) * HEIGHT;
  const at = (points: Curve['points']) =>
    points.map(([a, b]): readonly [number, number] => [atX(a), atY(b)]);
  const height = floor + FOOT + lines.length * KEY;
  const shapes: Shape[] = [rect('paper', { x: 0, y: 0, width, height, fill: colors.paper })];
  for (const tick of y.ticks) {
    const level = rounded(atY(tick));
    shapes.push(
      line(`grid ${tick}`, { x1: LEFT, y1: level, x2: right, y2: level, stroke: colors.line }),
      text(`tick ${tick}`, y.format(tick), {
        x: LEFT - 8,
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
        'text-anchor': tick === x.max ? 'end' : tick === 0 ? 'start' : 'middle',
      }),
    );
  for (const { id, color, seeds = [] } of lines)
    seeds.forEach((points, i) => {
      shapes.push(
        path(`seed ${id} ${i}`, at(points), {
          stroke: colors.results[color] ?? colors.ink,
          'stroke-width': 1,
          'stroke-opacity': 0.35,
        }),
      );
    });
  lines.forEach(({ id, label, color, dashed = false, points }, i) => {
    const stroke = colors.results[color] ?? colors.ink;
    const look = { stroke, 'stroke-width': 2, ...(dashed ? { 'stroke-dasharray': '5 4' } : {}) };
    shapes.push(path(`line ${id}`, at(points), look));
    if (!dashed)
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

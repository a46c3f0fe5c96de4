/** Values with their intervals: one row a thing, one mark a result. Pure. */

import {
  circle,
  type Drawing,
  type DrawingColors,
  FONT_SIZE,
  fitting,
  LETTER,
  line,
  rect,
  rounded,
  type Shape,
  text,
} from './drawing.ts';

export interface Mark {
  readonly value: number;
  readonly interval: { readonly low: number; readonly high: number } | null;
}

export interface IntervalRow {
  readonly id: string;
  readonly label: string;
  /** A second line below the label. */
  readonly note?: string;
  /** Of each result; null where there is none. */
  readonly marks: readonly (Mark | null)[];
}

export interface Axis {
  readonly min: number;
  readonly max: number;
  readonly ticks: readonly number[];
  readonly format: (value: number) => string;
  /** A tick that is drawn strongly: no difference. */
  readonly zero?: number;
}

/** Shares, from nothing to everything. */
export const SHARES: Axis = {
  min: 0,
  max: 1,
  ticks: [0, 0.25, 0.5, 0.75, 1],
  format: (share) => `${share * 100} %`,
};

const ROW = 22;
/** Between the marks of one row. */
const MARK = 9;
const TOP = 12;
const FOOT = 26;
const KEY = 20;
/** Below this width long labels stand above their marks. */
const NARROW = 480;
const MARGIN = 18;
/** Room that the text of a tick takes. */
const TICK = 44;

/** `names` of the results stand in a key where there are several. */
export function intervals(
  rows: readonly IntervalRow[],
  names: readonly string[],
  width: number,
  colors: DrawingColors,
  axis: Axis = SHARES,
): Drawing {
  const results = names.length;
  const longest = Math.max(0, ...rows.flatMap((row) => [row.label.length, row.note?.length ?? 0]));
  const stacked = width < NARROW && longest * LETTER > width * 0.3;
  const left = stacked ? MARGIN : Math.min(width * 0.45, longest * LETTER + 16);
  const right = width - MARGIN;
  const keys = results > 1 ? results * KEY : 0;
  const noted = rows.some(({ note }) => note !== undefined);
  const words = stacked ? (noted ? 2 : 1) * (FONT_SIZE + 3) : 0;
  const marksHeight = Math.max(noted && !stacked ? ROW + 16 : ROW, results * MARK + 10);
  const rowHeight = words + marksHeight;
  const floor = TOP + rows.length * rowHeight;
  const at = (value: number) => {
    const share = (value - axis.min) / (axis.max - axis.min);
    return rounded(left + Math.min(1, Math.max(0, share)) * (right - left));
  };
  const room = Math.floor(((stacked ? width : left) - 12) / LETTER);
  const every = Math.ceil((axis.ticks.length * TICK) / (right - left));
  const shapes: Shape[] = [
    rect('paper', { x: 0, y: 0, width, height: floor + FOOT + keys, fill: colors.paper }),
  ];
  const middleTick = Math.max(0, axis.ticks.indexOf(axis.zero ?? axis.ticks[0]));
  axis.ticks.forEach((tick, i) => {
    const x = at(tick);
    const stroke = tick === axis.zero ? colors.soft : colors.line;
    shapes.push(line(`grid ${tick}`, { x1: x, y1: TOP, x2: x, y2: floor, stroke }));
    if ((i - middleTick) % every !== 0) return;
    shapes.push(
      text(`tick ${tick}`, axis.format(tick), {
        x,
        y: floor + 16,
        fill: colors.soft,
        'text-anchor': tick === axis.max ? 'end' : 'middle',
      }),
    );
  });
  rows.forEach(({ id, label, note, marks }, i) => {
    const middle = TOP + i * rowHeight + words + marksHeight / 2;
    const y = stacked ? TOP + i * rowHeight + FONT_SIZE : middle + (note === undefined ? 4 : -3);
    const place = stacked
      ? { x: MARGIN - 10, 'text-anchor': 'start' }
      : { x: left - 10, 'text-anchor': 'end' };
    shapes.push(text(`label ${id}`, fitting(label, room), { ...place, y, fill: colors.ink }));
    if (note !== undefined)
      shapes.push(
        text(`note ${id}`, fitting(note, room + 3), {
          ...place,
          y: y + FONT_SIZE + 2,
          'font-size': FONT_SIZE - 1.5,
          fill: colors.soft,
        }),
      );
    marks.forEach((mark, k) => {
      if (mark === null) return;
      const height = rounded(middle + (k - (results - 1) / 2) * MARK);
      shapes.push(...marked(`${id} ${k}`, mark, height, at, colors.results[k] ?? colors.ink));
    });
  });
  if (results > 1)
    names.forEach((name, k) => {
      const y = floor + FOOT + k * KEY + 8;
      const most = Math.floor((width - 40) / LETTER);
      shapes.push(
        circle(`key ${k}`, { cx: 16, cy: y, r: 4, fill: colors.results[k] ?? colors.ink }),
        text(`name ${k}`, fitting(name, most), { x: 28, y: y + 4, fill: colors.ink }),
      );
    });
  return { width, height: floor + FOOT + keys, shapes };
}

function marked(
  key: string,
  { value, interval }: Mark,
  y: number,
  at: (value: number) => number,
  color: string,
): Shape[] {
  const range =
    interval === null
      ? []
      : [
          line(`range ${key}`, {
            x1: at(interval.low),
            y1: y,
            x2: at(interval.high),
            y2: y,
            stroke: color,
            'stroke-width': 2,
            'stroke-opacity': 0.55,
            'stroke-linecap': 'round',
          }),
        ];
  return [...range, circle(`mark ${key}`, { cx: at(value), cy: y, r: 4, fill: color })];
}

/** Shares with their intervals as a drawing: one row a figure, one mark a result. Pure; the page and exports draw the same. */

import type { EvaluationFigure } from '../../../contract/evaluation-records.ts';
import type { ResultTable } from '../../../contract/evaluation-tables.ts';

export interface Colors {
  readonly ink: string;
  readonly soft: string;
  readonly line: string;
  readonly paper: string;
  /** Of each result. */
  readonly results: readonly string[];
}

/** An element of an SVG: its name, its attributes, and its text. */
export interface Shape {
  /** Of its own among the shapes. */
  readonly key: string;
  readonly name: 'rect' | 'line' | 'circle' | 'text';
  readonly attributes: Readonly<Record<string, string | number>>;
  readonly text?: string;
}

export interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly shapes: readonly Shape[];
}

const ROW = 22;
/** Between the marks of one figure. */
const MARK = 9;
const TOP = 12;
const FOOT = 26;
const KEY = 20;
const LETTER = 6.3;
const FONT = 'Instrument Sans, system-ui, sans-serif';

/** Figures that are shares, as rows from 0 to 100 %. */
export function forest(table: ResultTable, width: number, colors: Colors): Drawing {
  const rows = table.rows.filter(
    ({ unit, cells }) => unit === 'share' && cells.some((cell) => (cell?.value ?? null) !== null),
  );
  const results = table.columns.length;
  const longest = Math.max(0, ...rows.map(({ label }) => label.length));
  const left = Math.min(width * 0.45, longest * LETTER + 16);
  const right = width - 18;
  const keys = results > 1 ? results * KEY : 0;
  const rowHeight = Math.max(ROW, results * MARK + 10);
  const floor = TOP + rows.length * rowHeight;
  const at = (share: number) => round(left + share * (right - left));
  const shapes: Shape[] = [
    rect('paper', { x: 0, y: 0, width, height: floor + FOOT + keys, fill: colors.paper }),
  ];
  for (const tick of [0, 0.25, 0.5, 0.75, 1]) {
    const x = at(tick);
    shapes.push(
      line(`grid ${tick}`, { x1: x, y1: TOP, x2: x, y2: floor, stroke: colors.line }),
      text(`tick ${tick}`, `${tick * 100} %`, {
        x,
        y: floor + 16,
        fill: colors.soft,
        'text-anchor': tick === 1 ? 'end' : 'middle',
      }),
    );
  }
  rows.forEach(({ id, label, cells }, i) => {
    const middle = TOP + (i + 0.5) * rowHeight;
    const shown = shortened(label, Math.floor((left - 12) / LETTER));
    shapes.push(
      text(`label ${id}`, shown, {
        x: left - 10,
        y: middle + 4,
        fill: colors.ink,
        'text-anchor': 'end',
      }),
    );
    cells.forEach((cell, k) => {
      const y = round(middle + (k - (results - 1) / 2) * MARK);
      shapes.push(...mark(`${id} ${k}`, cell, y, at, colors.results[k] ?? colors.ink));
    });
  });
  if (results > 1)
    table.columns.forEach((name, k) => {
      const y = floor + FOOT + k * KEY + 8;
      const room = Math.floor((width - 40) / LETTER);
      shapes.push(
        {
          key: `key ${k}`,
          name: 'circle',
          attributes: { cx: 16, cy: y, r: 4, fill: colors.results[k] ?? colors.ink },
        },
        text(`name ${k}`, shortened(name, room), { x: 28, y: y + 4, fill: colors.ink }),
      );
    });
  return { width, height: floor + FOOT + keys, shapes };
}

function mark(
  key: string,
  figure: EvaluationFigure | null,
  y: number,
  at: (share: number) => number,
  color: string,
): Shape[] {
  if (figure === null || figure.value === null) return [];
  const { value, interval } = figure;
  const range =
    interval === null
      ? []
      : [
          line(`range ${key}`, {
            x1: at(Math.max(0, interval.low)),
            y1: y,
            x2: at(Math.min(1, interval.high)),
            y2: y,
            stroke: color,
            'stroke-width': 2,
            'stroke-opacity': 0.55,
            'stroke-linecap': 'round',
          }),
        ];
  return [
    ...range,
    { key: `mark ${key}`, name: 'circle', attributes: { cx: at(value), cy: y, r: 4, fill: color } },
  ];
}

const rect = (key: string, attributes: Shape['attributes']): Shape => ({
  key,
  name: 'rect',
  attributes,
});
const line = (key: string, attributes: Shape['attributes']): Shape => ({
  key,
  name: 'line',
  attributes,
});
const text = (key: string, words: string, attributes: Shape['attributes']): Shape => ({
  key,
  name: 'text',
  attributes: { 'font-family': FONT, 'font-size': 12, ...attributes },
  text: words,
});

const round = (value: number) => Math.round(value * 10) / 10;

const shortened = (words: string, most: number): string =>
  words.length <= most ? words : `${words.slice(0, Math.max(1, most - 1))}…`;

/** A drawing as a file of its own. */
export function svgText({ width, height, shapes }: Drawing): string {
  const body = shapes.map(({ name, attributes, text: words }) => {
    const said = Object.entries(attributes)
      .map(([key, value]) => ` ${key}="${escaped(String(value))}"`)
      .join('');
    return words === undefined
      ? `<${name}${said}/>`
      : `<${name}${said}>${escaped(words)}</${name}>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">${body.join('')}</svg>`;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};

const escaped = (words: string) => words.replace(/[&<>"]/g, (sign) => ESCAPES[sign] ?? sign);

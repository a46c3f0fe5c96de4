/** A chart over steps as a drawing: the lines, dashes, intervals and borders that stand on its card. Pure. */

import type { ChartText } from './chart-text.ts';
import type { ChartColumns, DrawnLine } from './columns.ts';
import { type Curve, curves } from './curves.ts';
import { type Drawing, type DrawingColors, withWords } from './drawing.ts';
import { ends, padded, roundMarks } from './scale-ends.ts';
import { tickTexts } from './ticks.ts';

export interface StepsDrawing {
  readonly chart: ChartText;
  readonly columns: ChartColumns;
  readonly nameOf: (line: DrawnLine) => string;
  readonly dashesOf: (line: DrawnLine) => readonly number[];
  readonly colorOf: (line: DrawnLine) => string;
  /** Whose figures these are, below the lines. */
  readonly source: readonly string[];
}

const isKnown = (value: number | null | undefined): value is number =>
  value !== null && value !== undefined;

/** More evaluations than this are a line without its points. */
export const MOST_MARKED = 60;

export function stepsDrawing(drawn: StepsDrawing, width: number, colors: DrawingColors): Drawing {
  const { chart, columns, nameOf, dashesOf, colorOf, source } = drawn;
  const { steps, lines, borders = [] } = columns;
  const [from, to] = ends(steps);
  const values = lines.flatMap((line) =>
    [line.values, line.low ?? [], line.high ?? []].flatMap((column) => column.filter(isKnown)),
  );
  const [low, high] = chart.range ?? padded(Math.min(...values), Math.max(...values));
  const marks = roundMarks(low, high, 5);
  const texts = tickTexts(marks, chart.format);
  const curve = (line: DrawnLine): Curve => ({
    id: `${line.runId}:${line.lineId}`,
    label: nameOf(line),
    color: line.runIndex,
    stroke: colorOf(line),
    dash: dashesOf(line),
    marked: line.low !== undefined && line.values.length <= MOST_MARKED,
    points: steps.flatMap((step, i) => {
      const value = line.values[i];
      return isKnown(value) ? [[step, value] as const] : [];
    }),
    band: steps.flatMap((step, i) => {
      const [bottom, top] = [line.low?.[i], line.high?.[i]];
      return isKnown(bottom) && isKnown(top) ? [[step, bottom, top] as const] : [];
    }),
  });
  const drawing = curves(
    lines.map(curve),
    {
      x: { min: from, max: to, ticks: roundMarks(from, to, 6), format: String },
      y: {
        min: low,
        max: high,
        ticks: marks,
        format: (tick) => texts[marks.indexOf(tick)] ?? chart.format(tick),
      },
    },
    width,
    colors,
    {
      title: `${chart.title}${chart.unit === '' ? '' : `, ${chart.unit}`}, by ${columns.axis === 'tokens' ? 'tokens' : 'step'}`,
      borders: borders
        .filter(({ step }) => step >= from && step < to)
        .map(({ step, label }) => ({ x: step, label })),
    },
  );
  return withWords(drawing, source, colors);
}

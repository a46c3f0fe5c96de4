/** Lines over steps, drawn by uPlot; a picture to all who cannot see it, its table stands behind it. */

import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { useEffect, useRef } from 'react';
import type { ChartColumns, DrawnLine, StepRange } from './columns.ts';
import { inTurn } from './in-turn.ts';
import { inkOf, lineLook } from './looks.ts';
import styles from './Plot.module.css';
import { ends, padded } from './scale-ends.ts';
import { MOST_MARKED } from './steps-drawing.ts';
import { tickTexts } from './ticks.ts';
import { useRem } from './use-rem.ts';
import { useTheme } from './use-theme.ts';

export interface PlotProps {
  columns: ChartColumns;
  format: (value: number) => string;
  range?: readonly [number, number];
  /** In units of the page's text. */
  rems: number;
  /** What the picture shows, in words. */
  label: string;
  /** Index of the step under the pointer, null outside. */
  onHover: (index: number | null) => void;
  /** A stretch of steps was drawn over, or all are wanted again. */
  onRange: (range: StepRange | null) => void;
}

/** Pixels; a shorter drag was meant as a click. */
const LEAST_DRAG = 6;

/** What a plot is built from; with the same it only takes new data. */
const shapeOf = (lines: readonly DrawnLine[]) =>
  lines
    .map(
      ({ runIndex, lineId, low }) =>
        `${runIndex}:${lineId}:${low !== undefined && low.length <= MOST_MARKED}`,
    )
    .join();

export function Plot(props: PlotProps) {
  const { columns, range, rems, label } = props;
  const root = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const latest = useRef(props);
  latest.current = props;
  const theme = useTheme();
  const rem = useRem();
  const height = Math.round(rems * rem);
  const shape = shapeOf(columns.lines);

  useEffect(() => {
    const element = root.current;
    if (element === null || shape === '') return;
    const make = () => {
      const { columns: now } = latest.current;
      const options = optionsOf(element, now.lines, theme, { rem, width, height }, range, latest);
      plot.current = new uPlot(options, dataOf(now), element);
    };
    // All plots of a page come with the same news: built one a task, with the width that the page's own layout
    // gave them, none makes the page lay itself out again, and frames come between them.
    let width = 0;
    let takeBack: (() => void) | null = null;
    const resized = new ResizeObserver(() => {
      if (element.clientWidth === 0 || element.clientWidth === width) return;
      width = element.clientWidth;
      takeBack ??= inTurn(make);
      plot.current?.setSize({ width, height });
    });
    resized.observe(element);
    return () => {
      resized.disconnect();
      takeBack?.();
      plot.current?.destroy();
      plot.current = null;
    };
  }, [shape, theme, rem, height, range]);

  const drawn = useRef<ChartColumns | null>(null);
  useEffect(() => {
    const made = plot.current;
    // A plot that is not made yet takes them when it is.
    if (made !== null && drawn.current !== null && drawn.current !== columns)
      made.setData(dataOf(columns));
    drawn.current = columns;
  }, [columns]);

  return (
    <div
      ref={root}
      className={styles.plot}
      role="img"
      aria-label={label}
      style={{ minHeight: height }}
    />
  );
}

function dataOf({ steps, lines }: ChartColumns): uPlot.AlignedData {
  const columns = lines.flatMap(({ values, low, high }) =>
    low === undefined || high === undefined ? [values] : [values, low, high],
  );
  return [[...steps], ...columns.map((column) => [...column])];
}

function optionsOf(
  element: HTMLElement,
  lines: readonly DrawnLine[],
  theme: string,
  { rem, width, height }: { rem: number; width: number; height: number },
  range: readonly [number, number] | undefined,
  latest: { current: PlotProps },
): uPlot.Options {
  const ink = inkOf(element, theme);
  const series: uPlot.Series[] = [{}];
  const bands: uPlot.Band[] = [];
  for (const line of lines) {
    const { color, dash, width } = lineLook(element, line);
    const marked = line.low !== undefined && line.values.length <= MOST_MARKED;
    const points = { show: marked, size: rem / 3, fill: color };
    series.push({ stroke: color, width: width * rem, dash: [...dash], spanGaps: true, points });
    if (line.low === undefined) continue;
    const at = series.length;
    const edge = { stroke: 'transparent', width: 0, points: { show: false }, spanGaps: true };
    series.push(edge, edge);
    bands.push({ series: [at + 1, at], fill: faint(color) });
  }
  const axis = {
    stroke: ink.soft,
    font: ink.font,
    ticks: { show: false },
    grid: { stroke: ink.line, width: 1 },
  };
  return {
    width: Math.max(120, width),
    height,
    padding: [8, 1.4 * rem, 0, 0],
    legend: { show: false },
    cursor: {
      y: false,
      points: { show: false },
      drag: { x: true, y: false, setScale: false },
      bind: {
        dblclick: () => () => {
          latest.current.onRange(null);
          return null;
        },
      },
    },
    scales: {
      x: { time: false, range: (u) => ends(u.data[0]) },
      y: {
        range: range === undefined ? (_, min, max) => padded(min, max) : () => [range[0], range[1]],
      },
    },
    axes: [
      {
        ...axis,
        grid: { show: false },
        label: latest.current.columns.axis === 'tokens' ? 'tokens' : 'step',
        labelFont: ink.font,
        labelSize: rem,
        labelGap: -rem / 4,
        size: 1.4 * rem,
        incrs: [
          1, 2, 5, 10, 20, 25, 50, 100, 200, 250, 500, 1000, 2000, 5000, 10_000, 50_000, 100_000,
          500_000, 1e6,
        ],
        space: 2.7 * rem,
      },
      {
        ...axis,
        size: (_, values) => widthOf(values ?? [], ink.font) + rem,
        space: 1.7 * rem,
        values: (_, splits) => tickTexts(splits, latest.current.format),
      },
    ],
    series,
    bands,
    hooks: {
      draw: [(u) => drawBorders(u, latest.current.columns.borders ?? [], ink, rem)],
      setCursor: [(u) => latest.current.onHover(u.cursor.idx ?? null)],
      setSelect: [
        (u) => {
          const { left, width } = u.select;
          if (width < LEAST_DRAG) return;
          const [from, to] = [left, left + width].map((x) => Math.round(u.posToVal(x, 'x')));
          u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
          latest.current.onRange({ from, to: Math.max(to, from + 1) });
        },
      ],
    },
  };
}

/** A line after each border’s step, and what begins there as far as there is room. */
function drawBorders(
  u: uPlot,
  borders: NonNullable<ChartColumns['borders']>,
  ink: { readonly soft: string; readonly font: string },
  rem: number,
): void {
  const { ctx, bbox } = u;
  const { min = 0, max = 0 } = u.scales.x;
  const shown = borders.filter(({ step }) => step >= (min ?? 0) && step < (max ?? 0));
  if (shown.length === 0) return;
  ctx.save();
  ctx.strokeStyle = ink.soft;
  ctx.fillStyle = ink.soft;
  ctx.lineWidth = devicePixelRatio;
  ctx.setLineDash([3 * devicePixelRatio, 3 * devicePixelRatio]);
  ctx.font = ink.font.replace(/([\d.]+)px/, (_, px) => `${Number(px) * devicePixelRatio}px`);
  ctx.textAlign = 'left';
  ctx.textBaseline = 'top';
  shown.forEach(({ step, label }, i) => {
    const x = Math.round(u.valToPos(step, 'x', true));
    const next = shown[i + 1];
    const end = next === undefined ? bbox.left + bbox.width : u.valToPos(next.step, 'x', true);
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    const pad = (rem / 4) * devicePixelRatio;
    if (ctx.measureText(label).width + 2 * pad < end - x)
      ctx.fillText(label, x + pad, bbox.top + pad);
  });
  ctx.restore();
}

const ruler = document.createElement('canvas').getContext('2d');

/** Pixels of the longest of some labels. */
function widthOf(labels: readonly string[], font: string): number {
  if (ruler === null) return 0;
  ruler.font = font;
  return Math.max(0, ...labels.map((label) => ruler.measureText(label).width));
}

/** A canvas takes `rgb(r, g, b)` with a share of opacity, not every colour that a style sheet takes. */
const faint = (color: string) => color.replace('rgb(', 'rgba(').replace(')', ', 0.16)');

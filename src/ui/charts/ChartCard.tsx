/** One chart: its title with help, the current values in words, the picture, and the table behind it. */

import { memo, useEffect, useMemo, useRef, useState } from 'react';
import { PLAYGROUND } from '../shared/citations.ts';
import { Help } from '../shared/Help.tsx';

import styles from './ChartCard.module.css';
import { ChartTable } from './ChartTable.tsx';
import type { ChartText } from './chart-text.ts';
import { type ChartColumns, type DrawnLine, lastOf, placeOn, type StepRange } from './columns.ts';
import { colorReader, drawingColors } from './drawing-colors.ts';
import { ExportButtons } from './ExportButtons.tsx';
import { LineKey } from './LineKey.tsx';
import { dashesOf, lineColor } from './looks.ts';
import { Plot } from './Plot.tsx';
import { SavePopover } from './SavePopover.tsx';
import { stepsDrawing } from './steps-drawing.ts';

/** Heights of the pictures, in units of the page's text. */
const REMS = 9.5;
const LARGE_REMS = 14.5;

/** Pixels of a drawing that is saved. */
const EXPORT_WIDTH = 640;

const UNSEEN = 'Drawn when it comes into view';

export interface ChartCardProps {
  chart: ChartText;
  large?: boolean;
  /** Its columns, asked for when the card comes into view; another function means other values. */
  draw: () => ChartColumns;
  /** Several runs are drawn, so each line says whose it is. */
  severalRuns: boolean;
  /** There are no values at all as yet, in this chart or any other. */
  nothing: boolean;
  /** A stretch of steps was drawn over, or all are wanted again. */
  onRange: (range: StepRange | null) => void;
}

export const ChartCard = memo(function ChartCard(props: ChartCardProps) {
  const { chart, large = false, draw, severalRuns, nothing, onRange } = props;
  const { id, title, unit, sentence, format, range } = chart;
  const rems = large ? LARGE_REMS : REMS;
  const [asTable, setAsTable] = useState(false);
  const [hovered, setHovered] = useState<number | null>(null);
  const card = useRef<HTMLElement>(null);
  const visible = useVisible(card);
  // What is out of sight is not drawn; it catches up when it comes into view.
  const last = useRef<ChartColumns>({ steps: [], lines: [] });
  const columns = useMemo(() => {
    if (visible) last.current = draw();
    return last.current;
  }, [draw, visible]);
  const at = hovered !== null && hovered < columns.steps.length ? hovered : null;
  const empty = columns.lines.length === 0;
  return (
    <section
      ref={card}
      className={styles.card}
      data-chart={id}
      data-large={large || undefined}
      aria-label={title}
    >
      <header className={styles.header}>
        <h3 className={styles.title}>
          <Help entry={{ title: title, text: sentence }}>{title}</Help>
          {unit !== '' && <span className={styles.unit}> {unit}</span>}
        </h3>
        {!empty && (
          <SavePopover title={title} className={styles.toggle}>
            <ExportButtons
              file={`vigos-${id}`}
              draw={(element, background) => {
                const read = colorReader(element, background);
                return stepsDrawing(
                  {
                    chart,
                    columns,
                    nameOf: (line) => nameOf(line, severalRuns, columns) || line.runName,
                    dashesOf,
                    colorOf: (line) => read(lineColor(line)),
                    source: [
                      ...new Set(columns.lines.map(({ runName }) => `Run ${runName}.`)),
                      PLAYGROUND.line,
                    ],
                  },
                  EXPORT_WIDTH,
                  drawingColors(element, background),
                );
              }}
            />
          </SavePopover>
        )}
        <button
          type="button"
          className={styles.toggle}
          aria-pressed={asTable}
          disabled={empty}
          onClick={() => setAsTable(!asTable)}
        >
          Table
        </button>
      </header>
      <ul className={styles.values}>
        {columns.lines.map((line) => (
          <li key={`${line.runId}:${line.lineId}`}>
            <LineKey line={line} />
            {nameOf(line, severalRuns, columns)}
            <strong className="numeric">{valueAt(columns, line, at, format)}</strong>
          </li>
        ))}
        {at !== null && <li className={styles.step}>{placeOn(columns.axis, columns.steps[at])}</li>}
      </ul>
      {empty ? (
        <p className={styles.empty} style={{ minHeight: `${rems}rem` }}>
          {nothing ? sentence : visible ? `Nothing of it so far. ${sentence}` : UNSEEN}
        </p>
      ) : asTable ? (
        <ChartTable chart={chart} columns={columns} />
      ) : (
        <Plot
          columns={columns}
          format={format}
          range={range}
          rems={rems}
          label={inWords(chart, columns)}
          onHover={setHovered}
          onRange={onRange}
        />
      )}
    </section>
  );
});

/** The teacher, the line where several are drawn, the run where several are. */
function nameOf(line: DrawnLine, severalRuns: boolean, { lines }: ChartColumns): string {
  const several = lines.some(({ lineId }) => lineId !== line.lineId);
  const own = several || line.teacher !== undefined;
  return [own ? line.label : '', severalRuns ? line.runName : ''].filter(Boolean).join(', ');
}

function valueAt(
  columns: ChartColumns,
  { values, low, high }: DrawnLine,
  at: number | null,
  format: (value: number) => string,
): string {
  const last = lastOf(columns, values);
  const index = at ?? (last === null ? -1 : columns.steps.indexOf(last.step));
  const value = values[index] ?? null;
  if (value === null) return '–';
  const [from, to] = [low?.[index], high?.[index]];
  if (from === undefined || to === undefined || from === null || to === null) return format(value);
  return `${format(value)} (${format(from)} to ${format(to)})`;
}

function inWords(
  { title, unit, format, ownUnit = false }: ChartText,
  columns: ChartColumns,
): string {
  const { steps, lines } = columns;
  const severalRuns = new Set(lines.map(({ runId }) => runId)).size > 1;
  const parts = lines.map((line) => {
    const last = lastOf(columns, line.values);
    const name = nameOf(line, severalRuns, columns);
    return `${name} ${last === null ? 'nothing' : `${format(last.value)}${ownUnit ? '' : ` ${unit}`} at ${placeOn(columns.axis, last.step)}`}`;
  });
  const { axis } = columns;
  const stretch = axis === 'tokens' ? placeOn(axis, steps.at(-1)) : `${steps.at(-1)}`;
  return `${title} from ${placeOn(axis, steps[0])} to ${stretch}: ${parts.join('; ').trim()}`;
}

function useVisible(ref: { readonly current: HTMLElement | null }): boolean {
  const [visible, setVisible] = useState(true);
  useEffect(() => {
    const element = ref.current;
    if (element === null) return;
    const seen = new IntersectionObserver(
      (entries) => setVisible(entries.at(-1)?.isIntersecting ?? true),
      { rootMargin: '100% 0px' },
    );
    seen.observe(element);
    return () => seen.disconnect();
  }, [ref]);
  return visible;
}

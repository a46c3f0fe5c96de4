/** Colours and dashes of lines: a teacher's line has its colour, a run's its own; dashes tell runs apart. */

import type { DrawnLine } from './columns.ts';

/** Custom properties of the runs' colours, in the order in which runs are drawn; `tokens.css` has them. */
export const RUN_COLORS = ['--run-1', '--run-2', '--run-3', '--run-4', '--run-5', '--run-6'];
const RUN_DASHES: readonly (readonly number[])[] = [
  [],
  [8, 4],
  [2, 3],
  [10, 3, 2, 3],
  [5, 2],
  [14, 5],
];

interface LineLook {
  color: string;
  dash: readonly number[];
  /** In units of the page's text. */
  width: number;
}

/**
 * Canvas needs final colours; custom properties with light-dark() are resolved by drawing with them, in the element's own
 * theme or in another.
 */
export function resolved(
  element: HTMLElement,
  color: string,
  scheme: 'light' | 'dark' | null = null,
): string {
  const probe = document.createElement('span');
  probe.hidden = true;
  if (scheme !== null) probe.style.colorScheme = scheme;
  probe.style.color = color;
  element.append(probe);
  const computed = getComputedStyle(probe).color;
  probe.remove();
  return computed;
}

/** Of a teacher's line the teacher's, of any other its run's; as a style sheet says it. */
export const lineColor = ({ teacher, runIndex }: Pick<DrawnLine, 'teacher' | 'runIndex'>): string =>
  `var(${teacher === undefined ? RUN_COLORS[runIndex % RUN_COLORS.length] : `--${teacher}-line`})`;

export function lineLook(element: HTMLElement, line: DrawnLine): LineLook {
  return {
    color: resolved(element, lineColor(line)),
    dash: dashesOf(line),
    width: line.runIndex === 0 ? 0.13 : 0.1,
  };
}

/** The run's dashes, and behind them those that tell the lines of one run apart. */
export function dashesOf({ runIndex, dash = [] }: Pick<DrawnLine, 'runIndex' | 'dash'>) {
  return [...RUN_DASHES[runIndex % RUN_DASHES.length], ...dash];
}

/** Ink of axes and grid; asked for again with every theme. */
export function inkOf(element: HTMLElement, _theme: string) {
  const { fontFamily, fontSize } = getComputedStyle(element);
  const size = Math.round(Number.parseFloat(fontSize) * 0.75);
  return {
    soft: resolved(element, 'var(--ink-soft)'),
    line: resolved(element, 'var(--line)'),
    font: `${size}px ${fontFamily}`,
  };
}

/** Figures and times as the page says them. */

import type { EvaluationFigure } from '../../contract/evaluation/evaluation-records.ts';
import { inUnit, unitName } from '../../contract/evaluation/evaluation-tables.ts';
import type { Interval } from '../../method/estimates.ts';

type Unit = EvaluationFigure['unit'];

const MINUS = '\u2212';

/** "36.5 %", "24.7 tokens". */
export const valueInWords = (value: number, unit: Unit): string =>
  `${inUnit(value, unit)}\u202f${unitName(unit)}`;

/** "33.2 to 39.9". */
export const rangeInWords = ({ low, high }: Interval, unit: Unit): string =>
  `${signed(low, unit)} to ${signed(high, unit)}`;

/** With a true minus sign. */
const signed = (value: number, unit: Unit): string => inUnit(value, unit).replace('-', MINUS);

/** "+4.2" or "−0.3". */
export const changeInWords = (value: number, unit: Unit): string =>
  `${value > 0 ? '+' : ''}${signed(value, unit)}`;

/** "about 2 min left". */
export function leftInWords(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  if (seconds <= 1) return 'a moment left';
  return seconds < 90 ? `about ${seconds} s left` : `about ${Math.ceil(seconds / 60)} min left`;
}

export function timeInWords(ms: number): string {
  const seconds = ms / 1000;
  return seconds < 90 ? `${seconds.toFixed(0)} s` : `${(seconds / 60).toFixed(1)} min`;
}

const WHEN = new Intl.DateTimeFormat('en', {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
  hour12: false,
});

export const whenInWords = (iso: string): string => WHEN.format(new Date(iso));

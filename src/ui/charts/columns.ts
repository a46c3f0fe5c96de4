/** The values of a chart as columns over steps: one x for all runs, a gap where a run has no value. Pure. */

export type Column = readonly (number | null)[];

export interface DrawnLine {
  readonly runId: string;
  readonly runName: string;
  /** Place of the run among those drawn; decides dash and colour. */
  readonly runIndex: number;
  readonly lineId: string;
  readonly label: string;
  /** Whose colour and letter the line has; without one it has the run's colour. */
  readonly teacher?: string;
  readonly dash?: readonly number[];
  readonly values: Column;
  /** Ends of the interval around each value; absent for figures of a single step. */
  readonly low?: Column;
  readonly high?: Column;
}

/** What lies along a chart: steps of runs, or the completion tokens that they have learnt from. */
export type ChartAxis = 'steps' | 'tokens';

/** A place on it in words. */
export const placeOn = (axis: ChartAxis = 'steps', at = 0): string =>
  axis === 'steps' ? `step ${at}` : `${at.toLocaleString('en')} tokens`;

export interface ChartColumns {
  /** Places on its axis, of steps unless it says otherwise. */
  readonly steps: readonly number[];
  readonly axis?: ChartAxis;
  readonly lines: readonly DrawnLine[];
  /** Steps after which something else begins, and what. */
  readonly borders?: readonly { readonly step: number; readonly label: string }[];
}

/** A stretch of steps; both ends are shown. */
export interface StepRange {
  readonly from: number;
  readonly to: number;
}

/** The last value of a column and its step; null for an empty one. */
export function lastOf(
  { steps }: ChartColumns,
  values: Column,
): { step: number; value: number } | null {
  for (let i = values.length - 1; i >= 0; i--) {
    const value = values[i];
    if (value !== null && value !== undefined) return { step: steps[i], value };
  }
  return null;
}

/** The statistics of the benchmark. */

import type { LineFit } from './contract.ts';

/** Of at least one value; the mean of the middle two where their number is even. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const { length } = sorted;
  return (sorted[(length - 1) >> 1] + sorted[length >> 1]) / 2;
}

/** Ordinary least squares of `y` on `x`, at least two points; R² is 1 where all `y` are equal and met. */
export function fitLine(x: readonly number[], y: readonly number[]): LineFit {
  const meanX = mean(x);
  const meanY = mean(y);
  const slope = sum(x, (value, i) => (value - meanX) * (y[i] - meanY)) / squares(x, meanX);
  const intercept = meanY - slope * meanX;
  const residual = sum(y, (value, i) => (value - intercept - slope * x[i]) ** 2);
  const total = squares(y, meanY);
  return { slope, intercept, r2: total === 0 ? 1 : 1 - residual / total };
}

const sum = (values: readonly number[], term: (value: number, index: number) => number) =>
  values.reduce((total, value, i) => total + term(value, i), 0);

const mean = (values: readonly number[]) => sum(values, (value) => value) / values.length;

const squares = (values: readonly number[], center: number) =>
  sum(values, (value) => (value - center) ** 2);

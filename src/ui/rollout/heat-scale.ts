/** How large a divergence is, as a strength of colour and a height: the same everywhere it is drawn. Pure. */

import { formatNats } from '../shared/format.ts';

/** The logarithmic one has the same ends everywhere; the others are those of what is on show. */
export type ScaleName = 'log' | 'linear' | 'percentile';

export const SCALES: readonly { readonly value: ScaleName; readonly label: string }[] = [
  { value: 'log', label: 'Logarithmic' },
  { value: 'linear', label: 'Linear' },
  { value: 'percentile', label: 'Percentile' },
];

/** Ends of the logarithmic scale, nats: below is nothing to see, above it is as strong as it gets. */
export const LOG_ENDS = [1e-5, 10] as const;
const DECADES = Math.log10(LOG_ENDS[1] / LOG_ENDS[0]);

export interface ScaleMark {
  /** 0 to 1. */
  readonly at: number;
  readonly text: string;
}

export interface HeatScale {
  readonly name: ScaleName;
  /** Value at its end, nats; 0 where nothing is measured. */
  readonly top: number;
  /** 0 to 1; nothing measured, nothing and less are 0. */
  at(value: number | null): number;
  /** From its start to its end. */
  readonly marks: readonly ScaleMark[];
}

type Values = readonly (number | null)[];

/** The scale of this name for these values, which only decide the ends of those that follow them. */
export function heatScale(name: ScaleName, values: Values): HeatScale {
  if (name === 'log') return LOG_SCALE;
  const known = values
    .filter((v): v is number => v !== null && Number.isFinite(v))
    .sort((a, b) => a - b);
  return name === 'linear' ? linear(known.at(-1) ?? 0) : percentile(known);
}

export const LOG_SCALE: HeatScale = {
  name: 'log',
  top: LOG_ENDS[1],
  at: (value) =>
    value === null || !(value > 0) ? 0 : within(Math.log10(value / LOG_ENDS[0]) / DECADES),
  marks: [1e-5, 1e-3, 0.1, 10].map((nats) => ({
    at: Math.log10(nats / LOG_ENDS[0]) / DECADES,
    text: nats === 1e-5 ? '1e−5' : String(nats),
  })),
};

/** From 0 to the largest. */
function linear(most: number): HeatScale {
  const top = Math.max(0, most);
  return {
    name: 'linear',
    top,
    at: (value) => (value === null || !(top > 0) ? 0 : within(value / top)),
    marks: top > 0 ? [0, 0.5, 1].map((at) => ({ at, text: formatNats(at * top) })) : [],
  };
}

/** The share of the values that are smaller: how it ranks, and not how large it is. */
function percentile(sorted: readonly number[]): HeatScale {
  const n = sorted.length;
  const below = (value: number): number => {
    let low = 0;
    let high = n;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sorted[middle] < value) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  return {
    name: 'percentile',
    top: sorted.at(-1) ?? 0,
    at: (value) => (value === null || n < 2 ? 0 : within(below(value) / (n - 1))),
    marks:
      n < 2
        ? []
        : [0, 0.5, 1].map((at) => ({
            at,
            text: `${formatNats(sorted[Math.round(at * (n - 1))])}${at === 0.5 ? ' (median)' : ''}`,
          })),
  };
}

const within = (share: number): number => Math.min(1, Math.max(0, share));

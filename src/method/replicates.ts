/**
 * Figures of runs that were repeated with several seeds. The seed is what is repeated: a figure's value is the mean of
 * its values by seed, and its interval comes of drawing seeds and pictures anew at once.
 */

import { hash32, hashWords, uniform01 } from '../base/random.ts';
import type { Contribution, Interval } from './estimates.ts';
import { type RatioOptions, ratio } from './evaluation.ts';
import { PictureKinds, quantile } from './resampling.ts';

/** What each picture adds to a figure in the run of one seed. */
export interface Replicate {
  readonly seed: number;
  readonly contributions: readonly Contribution[];
}

export interface Replicated {
  /** Mean over seeds. */
  readonly value: number;
  /** 95 %; null with one seed, which says nothing of the next. */
  readonly interval: Interval | null;
  readonly seeds: readonly number[];
  /** Of each seed. */
  readonly values: readonly number[];
}

const RESAMPLES = 1000;
const STREAM = 72;
const TAIL = 0.025;

/** A figure over seeds; null where no seed has it. */
export function replicated(
  replicates: readonly Replicate[],
  options: RatioOptions = {},
): Replicated | null {
  return over(
    replicates.map(({ seed, contributions }) => ({ seed, lists: [contributions] })),
    ([value]) => value,
    options,
  );
}

/**
 * Second minus first over the seeds that both have, on the pictures that both have under a seed, so that what a seed
 * and a picture do to both falls out. Null where they share none.
 */
export function replicatedDifference(
  first: readonly Replicate[],
  second: readonly Replicate[],
  options: RatioOptions = {},
): Replicated | null {
  const pairs = first.flatMap(({ seed, contributions }) => {
    const other = second.find((replicate) => replicate.seed === seed);
    return other === undefined ? [] : [{ seed, lists: [contributions, other.contributions] }];
  });
  return over(
    pairs.map(({ seed, lists: [a, b] }) => {
      const [inA, inB] = [a, b].map((list) => new Set(list.map(({ item }) => item)));
      return {
        seed,
        lists: [a.filter(({ item }) => inB.has(item)), b.filter(({ item }) => inA.has(item))],
      };
    }),
    ([before, after]) => (before === null || after === null ? null : after - before),
    options,
  );
}

/** A mean over seeds of numbers that have no pictures behind them, with Student's interval. */
export function replicatedMean(
  found: readonly { readonly seed: number; readonly value: number }[],
): Replicated | null {
  if (found.length === 0) return null;
  const values = found.map(({ value }) => value);
  const value = mean(values);
  const n = values.length;
  const spread = Math.sqrt(values.reduce((sum, x) => sum + (x - value) ** 2, 0) / (n - 1));
  const half = (studentQuantile(n - 1) * spread) / Math.sqrt(n);
  return {
    value,
    interval: n < 2 ? null : { low: value - half, high: value + half },
    seeds: found.map(({ seed }) => seed),
    values,
  };
}

interface Drawn {
  readonly seed: number;
  /** One for each side of the statistic. */
  readonly lists: readonly (readonly Contribution[])[];
}

type Statistic = (ratios: readonly (number | null)[]) => number | null;

function over(
  runs: readonly Drawn[],
  statistic: Statistic,
  options: RatioOptions,
): Replicated | null {
  const counted = runs.flatMap((run) => {
    const value = statistic(run.lists.map((list) => ratio(list, options)));
    return value === null ? [] : [{ ...run, value }];
  });
  if (counted.length === 0) return null;
  const values = counted.map(({ value }) => value);
  return {
    value: mean(values),
    interval: counted.length < 2 ? null : resampled(counted, statistic, options),
    seeds: counted.map(({ seed }) => seed),
    values,
  };
}

/**
 * The middle 95 % of the statistic when seeds and pictures are drawn with replacement, the same pictures for all seeds.
 * Of S seeds S − 1 are drawn at a time: as many would make the spread between seeds look smaller than it is, by a fifth
 * for five. The same runs give the same interval.
 */
function resampled(
  runs: readonly Drawn[],
  statistic: Statistic,
  { epsilon = 0 }: RatioOptions,
): Interval {
  const items = [
    ...new Set(runs.flatMap(({ lists }) => lists.flatMap((list) => list.map(({ item }) => item)))),
  ].sort();
  const kinds = runs.map(
    ({ lists }) =>
      new PictureKinds(
        lists.map((list) => onItems(list, items)),
        epsilon,
      ),
  );
  const base = hashWords(1, STREAM);
  const perDraw = items.length + runs.length;
  const pick = (draw: number, place: number, count: number) =>
    Math.floor(uniform01(hash32(base ^ (draw * perDraw + place))) * count);
  const places = new Uint32Array(items.length);
  const means: number[] = [];
  for (let draw = 0; draw < RESAMPLES; draw++) {
    const seeds = Array.from({ length: runs.length - 1 }, (_, i) =>
      pick(draw, items.length + i, runs.length),
    );
    for (let j = 0; j < items.length; j++) places[j] = pick(draw, j, items.length);
    const found = new Map(
      [...new Set(seeds)].map((run) => [run, statistic(kinds[run].ratiosOf(places))]),
    );
    const values = seeds.map((run) => found.get(run) ?? null);
    if (values.every((value) => value !== null)) means.push(mean(values));
  }
  means.sort((a, b) => a - b);
  return { low: quantile(means, TAIL), high: quantile(means, 1 - TAIL) };
}

/** A list with a place for every item; those that it has not add nothing. */
function onItems(list: readonly Contribution[], items: readonly string[]): readonly Contribution[] {
  const own = new Map(list.map((contribution) => [contribution.item, contribution]));
  const none = list[0]?.stratum ?? 0;
  return items.map((item) => own.get(item) ?? { item, num: 0, den: 0, stratum: none });
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, x) => sum + x, 0) / values.length;

/** 97.5 % quantiles of Student's distribution, from 1 degree of freedom on. */
const STUDENT = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145,
  2.131, 2.12, 2.11, 2.101, 2.093, 2.086,
];

const studentQuantile = (freedom: number): number => STUDENT[freedom - 1] ?? 1.96 + 2.5 / freedom;

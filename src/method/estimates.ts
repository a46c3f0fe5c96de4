/**
 * Figures over many pictures with their uncertainty. Every figure is a ratio of sums (`evaluation.ts`) over what each
 * picture adds to the numerator and to the denominator.
 */

import { hash32, hashWords, uniform01 } from '../base/random.ts';
import { type Counts, type RatioOptions, ratio } from './evaluation.ts';
import { quantile, RatioColumns } from './resampling.ts';

/** What one picture adds to a figure. */
export interface Contribution extends Counts {
  /** The picture, by whatever tells it from others. */
  readonly item: string;
}

export interface Interval {
  readonly low: number;
  readonly high: number;
}

export interface BootstrapOptions extends RatioOptions {
  readonly seed?: number;
  readonly resamples?: number;
}

const RESAMPLES = 1000;
const BOOTSTRAP_STREAM = 71;
const TAIL = 0.025;

/** Wilson score interval of a proportion, z = 1.96 for 95 %; `[0, 1]` without trials. */
export function wilsonInterval(successes: number, trials: number, z = 1.96): Interval {
  if (trials === 0) return { low: 0, high: 1 };
  const p = successes / trials;
  const z2 = (z * z) / trials;
  const centre = (p + z2 / 2) / (1 + z2);
  const half = (z * Math.sqrt((p * (1 - p)) / trials + z2 / (4 * trials))) / (1 + z2);
  return { low: Math.max(0, centre - half), high: Math.min(1, centre + half) };
}

/**
 * Wilson's interval of a share, 95 %. Several responses to one picture are not independent: they count as so many
 * as the spread between pictures says (effective number p(1 − p) / Var p, from the number of pictures to that of
 * responses), which is the number of responses where each picture has one. Null without any.
 */
export function shareInterval(contributions: readonly Contribution[]): Interval | null {
  const counted = contributions.filter(({ den }) => den > 0);
  const share = ratio(counted);
  if (share === null) return null;
  const responses = counted.reduce((sum, { den }) => sum + den, 0);
  const variance = varianceOf(counted);
  const effective = variance > 0 ? (share * (1 - share)) / variance : 0;
  const trials = Math.min(responses, Math.max(effective, counted.length));
  return wilsonInterval(share * trials, trials);
}

/** Variance of a ratio of sums over independent pictures (linearised), strata counting the same. */
function varianceOf(contributions: readonly Contribution[]): number {
  const strata = new Set(contributions.map(({ stratum = 0 }) => stratum));
  let variance = 0;
  for (const stratum of strata) {
    const members = contributions.filter((member) => (member.stratum ?? 0) === stratum);
    const den = members.reduce((sum, member) => sum + member.den, 0);
    const share = ratio(members) ?? 0;
    const squares = members.reduce((sum, m) => sum + (m.num - share * m.den) ** 2, 0);
    variance += squares / den ** 2 / strata.size ** 2;
  }
  return variance;
}

/**
 * The percentile bootstrap over pictures, 95 %: the same seed gives the same interval. Null with fewer than two
 * pictures, which have no spread.
 */
export function bootstrapInterval(
  contributions: readonly Contribution[],
  options: BootstrapOptions = {},
): Interval | null {
  return resampled([contributions], ([value]) => value, options);
}

export interface PairedDifference {
  /** Second minus first, over the pictures that both have. */
  readonly value: number;
  /** Bootstrap over those pictures, drawn for both at once; null with fewer than two. */
  readonly interval: Interval | null;
  readonly pairs: number;
  /** Pictures whose own ratio is larger in the second. */
  readonly rose: number;
  readonly fell: number;
}

/** How two models differ on the same pictures; null where they share none. */
export function pairedDifference(
  first: readonly Contribution[],
  second: readonly Contribution[],
  options: BootstrapOptions = {},
): PairedDifference | null {
  const others = new Map(second.map((contribution) => [contribution.item, contribution]));
  const pairs = first.flatMap((a) => {
    const b = others.get(a.item);
    return b === undefined ? [] : [[a, b] as const];
  });
  const difference = ([from, to]: readonly (number | null)[]) =>
    from === null || to === null ? null : to - from;
  const [before, after] = [pairs.map(([a]) => a), pairs.map(([, b]) => b)];
  const value = difference([ratio(before, options), ratio(after, options)]);
  if (value === null) return null;
  const own = (picture: Contribution) => ratio([picture], options) ?? 0;
  const moves = pairs.map(([a, b]) => Math.sign(own(b) - own(a)));
  return {
    value,
    interval: resampled([before, after], difference, options),
    pairs: pairs.length,
    rose: moves.filter((move) => move > 0).length,
    fell: moves.filter((move) => move < 0).length,
  };
}

/** Draws the same pictures with replacement from every list, again and again; the middle 95 % of what comes of it. */
function resampled(
  lists: readonly (readonly Contribution[])[],
  statistic: (ratios: readonly (number | null)[]) => number | null,
  { seed = 1, resamples = RESAMPLES, epsilon = 0 }: BootstrapOptions,
): Interval | null {
  const [{ length }] = lists;
  if (length < 2) return null;
  const columns = lists.map((list) => new RatioColumns(list, epsilon));
  const base = hashWords(seed, BOOTSTRAP_STREAM);
  const values: number[] = [];
  for (let i = 0; i < resamples; i++) {
    for (const column of columns) column.clear();
    for (let j = 0; j < length; j++) {
      const at = Math.floor(uniform01(hash32(base ^ (i * length + j))) * length);
      for (const column of columns) column.add(at);
    }
    const value = statistic(columns.map((column) => column.ratio()));
    if (value !== null) values.push(value);
  }
  if (values.length === 0) return null;
  values.sort((a, b) => a - b);
  return { low: quantile(values, TAIL), high: quantile(values, 1 - TAIL) };
}

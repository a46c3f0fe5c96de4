/**
 * Figures over many pictures with their uncertainty. Every figure is a ratio of sums (`evaluation.ts`) over what each
 * picture adds to the numerator and to the denominator.
 */

import { hash32, hashWords, uniform01 } from '../base/random.ts';
import { type Counts, meanRatio, type RatioOptions, ratio } from './evaluation.ts';
import { PictureKinds, quantile } from './resampling.ts';

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

/** A share of so many trials. */
export interface MeasuredShare {
  readonly share: number;
  readonly trials: number;
}

/**
 * The interval of a difference of two shares, second minus first, 95 %, from Wilson's of each (Newcombe 1998, method 10). It takes them
 * for independent: where both are of the same questions it is rather too wide. `[-1, 1]` without trials.
 */
export function shareDifferenceInterval(first: MeasuredShare, second: MeasuredShare): Interval {
  if (first.trials === 0 || second.trials === 0) return { low: -1, high: 1 };
  const difference = second.share - first.share;
  const a = wilsonInterval(first.share * first.trials, first.trials);
  const b = wilsonInterval(second.share * second.trials, second.trials);
  return {
    low: difference - Math.hypot(second.share - b.low, a.high - first.share),
    high: difference + Math.hypot(b.high - second.share, first.share - a.low),
  };
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
  return resampled(
    [{ lists: [contributions], statistic: ([value]) => value, ...options }],
    options,
  )[0];
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

export interface Paired extends RatioOptions {
  readonly first: readonly Contribution[];
  readonly second: readonly Contribution[];
}

/** How two models differ in each figure on the same pictures, which are drawn once for all; null where they share none. */
export function pairedDifferences(
  figures: readonly Paired[],
  options: BootstrapOptions = {},
): (PairedDifference | null)[] {
  const found = figures.map(({ first, second, epsilon = 0 }) => {
    const others = new Map(second.map((contribution) => [contribution.item, contribution]));
    const before = first.filter(({ item }) => others.has(item));
    const after = before.map((own) => others.get(own.item) ?? own);
    const value = minus([ratio(before, { epsilon }), ratio(after, { epsilon })]);
    return { before, after, epsilon, value };
  });
  const intervals = resampled(
    found.map(({ before, after, epsilon }) => ({
      lists: [before, after],
      statistic: minus,
      epsilon,
    })),
    options,
  );
  return found.map(({ before, after, epsilon, value }, i) => {
    if (value === null) return null;
    const own = ({ num, den }: Counts) => meanRatio([num], [den], epsilon) ?? 0;
    const moves = before.map((a, at) => Math.sign(own(after[at]) - own(a)));
    return {
      value,
      interval: intervals[i],
      pairs: before.length,
      rose: moves.filter((move) => move > 0).length,
      fell: moves.filter((move) => move < 0).length,
    };
  });
}

const minus: Statistic = ([from, to]) => (from === null || to === null ? null : to - from);

type Statistic = (ratios: readonly (number | null)[]) => number | null;

interface Resampling extends RatioOptions {
  /** One for each side of the statistic, of the same pictures. */
  readonly lists: readonly (readonly Contribution[])[];
  readonly statistic: Statistic;
}

/**
 * Draws the same pictures with replacement from every list, again and again; the middle 95 % of what comes of it. What
 * has as many pictures has the same ones drawn.
 */
function resampled(
  all: readonly Resampling[],
  { seed = 1, resamples = RESAMPLES }: BootstrapOptions,
): (Interval | null)[] {
  const base = hashWords(seed, BOOTSTRAP_STREAM);
  const intervals: (Interval | null)[] = all.map(() => null);
  for (const length of new Set(all.map(({ lists: [list] }) => list.length))) {
    if (length < 2) continue;
    const drawn = all.flatMap(({ lists, statistic, epsilon = 0 }, at) =>
      lists[0].length === length
        ? [{ at, kinds: new PictureKinds(lists, epsilon), statistic, values: [] as number[] }]
        : [],
    );
    const places = new Uint32Array(length);
    for (let i = 0; i < resamples; i++) {
      for (let j = 0; j < length; j++)
        places[j] = Math.floor(uniform01(hash32(base ^ (i * length + j))) * length);
      for (const { kinds, statistic, values } of drawn) {
        const value = statistic(kinds.ratiosOf(places));
        if (value !== null) values.push(value);
      }
    }
    for (const { at, values } of drawn) intervals[at] = intervalOf(values);
  }
  return intervals;
}

function intervalOf(values: number[]): Interval | null {
  if (values.length === 0) return null;
  values.sort((a, b) => a - b);
  return { low: quantile(values, TAIL), high: quantile(values, 1 - TAIL) };
}

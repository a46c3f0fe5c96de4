import { describe, expect, it } from 'vitest';
import type { Contribution } from './estimates.ts';
import { type Replicate, replicated, replicatedDifference, replicatedMean } from './replicates.ts';

/** A run of one seed: which of its pictures were answered rightly. */
const run = (seed: number, right: string): Replicate => ({
  seed,
  contributions: Array.from(
    right,
    (flag, i): Contribution => ({ item: `p${i}`, num: Number(flag), den: 1 }),
  ),
});

describe('figures over seeds', () => {
  it('are the mean of their values by seed, and have no interval with one', () => {
    expect(replicated([run(1, '1100'), run(2, '1110')])).toMatchObject({
      value: 0.625,
      values: [0.5, 0.75],
      seeds: [1, 2],
    });
    expect(replicated([run(1, '1100')])).toMatchObject({ value: 0.5, interval: null });
    expect(replicated([])).toBeNull();
    expect(replicated([{ seed: 1, contributions: [] }])).toBeNull();
  });

  it('spread as seeds and pictures do: without either, not at all', () => {
    expect(replicated([run(1, '1111'), run(2, '1111')])?.interval).toEqual({ low: 1, high: 1 });
    // Every picture alike, seeds 0 and 1: one seed is drawn at a time, so all or nothing.
    expect(replicated([run(1, '0000'), run(2, '1111')])?.interval).toEqual({ low: 0, high: 1 });
    // Seeds alike, pictures not: the binomial of 100 pictures, 1.96 · √(0.25 / 100) to each side.
    const half = '10'.repeat(50);
    const interval = replicated([run(1, half), run(2, half), run(3, half)])?.interval;
    expect(interval?.low).toBeCloseTo(0.402, 1);
    expect(interval?.high).toBeCloseTo(0.598, 1);
  });

  it('are the same for the same runs, in whatever order the pictures stand', () => {
    const runs = [run(1, '110010'), run(2, '011010')];
    const turned = runs.map(({ seed, contributions }) => ({
      seed,
      contributions: contributions.toReversed(),
    }));
    expect(replicated(turned)).toEqual(replicated(runs));
  });
});

describe('differences over seeds', () => {
  it('pair seeds and pictures: what both share falls out', () => {
    const first = [run(1, '1100'), run(2, '1010'), run(9, '1111')];
    const second = [run(2, '1110'), run(1, '1101'), run(8, '0000')];
    const found = replicatedDifference(first, second);
    expect(found).toMatchObject({ value: 0.25, seeds: [1, 2], values: [0.25, 0.25] });
    const same = replicatedDifference(first, first);
    expect(same).toMatchObject({ value: 0, interval: { low: 0, high: 0 } });
  });

  it('count a picture under a seed only where both have it', () => {
    const first = [{ seed: 1, contributions: run(1, '1011').contributions.slice(0, 3) }];
    expect(replicatedDifference(first, [run(1, '0111')])).toMatchObject({
      value: 0,
      interval: null,
    });
    expect(replicatedDifference(first, [run(2, '0111')])).toBeNull();
  });
});

it('numbers without pictures have Student’s interval', () => {
  const found = replicatedMean([1, 2, 3, 4, 5].map((value) => ({ seed: value, value })));
  // 3 ± 2.776 · √(2.5 / 5).
  expect(found?.value).toBe(3);
  expect(found?.interval?.low).toBeCloseTo(1.037, 3);
  expect(found?.interval?.high).toBeCloseTo(4.963, 3);
  expect(replicatedMean([{ seed: 1, value: 2 }])?.interval).toBeNull();
  expect(replicatedMean([])).toBeNull();
});

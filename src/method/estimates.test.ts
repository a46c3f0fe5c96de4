import { describe, expect, it } from 'vitest';
import { Random } from '../base/random.ts';
import {
  bootstrapInterval,
  type Contribution,
  pairedDifferences,
  shareInterval,
  wilsonInterval,
} from './estimates.ts';
import { ratio } from './evaluation.ts';

const of = (values: readonly number[], den = 1): Contribution[] =>
  values.map((num, i) => ({ item: String(i), num, den }));

describe('the interval of a proportion', () => {
  it('is Wilson’s', () => {
    const { low, high } = wilsonInterval(45, 50);
    expect(low).toBeCloseTo(0.7864, 4);
    expect(high).toBeCloseTo(0.9565, 4);
    expect(wilsonInterval(0, 0)).toEqual({ low: 0, high: 1 });
    expect(wilsonInterval(0, 10).low).toBe(0);
    expect(wilsonInterval(10, 10).high).toBe(1);
  });
});

describe('the interval of a share', () => {
  it('is Wilson’s of the responses where each picture has one', () => {
    const answers = of([...Array(45).fill(1), ...Array(5).fill(0)]);
    const { low, high } = shareInterval(answers) ?? { low: 0, high: 0 };
    expect(low).toBeCloseTo(wilsonInterval(45, 50).low, 10);
    expect(high).toBeCloseTo(wilsonInterval(45, 50).high, 10);
  });

  it('counts responses to one picture as one where they always agree, and all where they are independent', () => {
    const same = of([...Array(30).fill(4), ...Array(20).fill(0)], 4);
    expect(shareInterval(same)?.low).toBeCloseTo(wilsonInterval(30, 50).low, 10);
    const random = new Random(5);
    const free = of(
      Array.from({ length: 500 }, () => [1, 2, 3, 4].filter(() => random.chance(0.5)).length),
      4,
    );
    const width = ({ low, high }: { low: number; high: number }) => high - low;
    const found = width(shareInterval(free) ?? { low: 0, high: 1 });
    expect(found / width(wilsonInterval(1000, 2000))).toBeCloseTo(1, 1);
  });

  it('of all or none right is that of the pictures', () => {
    expect(shareInterval(of([2, 2, 2], 2))).toEqual(wilsonInterval(3, 3));
    expect(shareInterval([])).toBeNull();
  });
});

describe('the bootstrap', () => {
  it('of a mean has the width of the normal approximation', () => {
    const random = new Random(3);
    const values = Array.from({ length: 400 }, () => 10 + 2 * random.normal());
    const { low, high } = bootstrapInterval(of(values)) ?? { low: 0, high: 0 };
    expect(high - low).toBeCloseTo((2 * 1.96 * 2) / Math.sqrt(400), 1);
    expect((low + high) / 2).toBeCloseTo(ratio(of(values)) ?? 0, 1);
  });

  it('covers the true value about as often as it says', () => {
    let covered = 0;
    for (let trial = 0; trial < 200; trial++) {
      const random = new Random(trial, 9);
      // An exponential ratio: E num / E den = 2.
      const drawn = Array.from({ length: 80 }, (_, i) => {
        const den = -Math.log(random.next());
        return { item: String(i), num: 2 * den - Math.log(random.next()) - 1, den };
      });
      const found = bootstrapInterval(drawn, { resamples: 300, seed: trial });
      if (found !== null && found.low <= 2 && 2 <= found.high) covered++;
    }
    expect(covered / 200).toBeGreaterThan(0.88);
    expect(covered / 200).toBeLessThan(0.99);
  });

  it('is the same for the same seed, another for another, and nothing for one picture', () => {
    const some = of([1, 5, 2, 9, 3]);
    expect(bootstrapInterval(some)).toEqual(bootstrapInterval(some));
    expect(bootstrapInterval(some, { seed: 2 })).not.toEqual(bootstrapInterval(some));
    expect(bootstrapInterval(of([1]))).toBeNull();
    expect(bootstrapInterval(of([2, 2, 2]))).toEqual({ low: 2, high: 2 });
  });
});

describe('the difference of two models', () => {
  const between = (first: Contribution[], second: Contribution[]) =>
    pairedDifferences([{ first, second }])[0];

  it('is paired over the pictures that both have, with how many changed either way', () => {
    const first = of([1, 0, 0, 1, 1]);
    const second = [...of([1, 1, 1, 0]), { item: 'other', num: 0, den: 1 }];
    expect(between(first, second)).toMatchObject({
      value: 0.25,
      pairs: 4,
      rose: 2,
      fell: 1,
    });
    expect(between(first, [])).toBeNull();
  });

  it('of several figures are those of each alone', () => {
    const first = of([1, 0, 0, 1, 1, 0]);
    const second = of([1, 1, 0, 1, 1, 1]);
    const fewer = first.slice(2);
    expect(
      pairedDifferences([
        { first, second },
        { first: fewer, second },
        { first: second, second: first },
      ]),
    ).toEqual([between(first, second), between(fewer, second), between(second, first)]);
  });

  it('is narrower than that of unpaired pictures where both err on the same ones', () => {
    const random = new Random(8);
    const first = of(Array.from({ length: 300 }, () => Number(random.chance(0.5))));
    const second = first.map((a, i) => (i % 30 === 0 ? { ...a, num: 1 } : a));
    const paired = between(first, second)?.interval ?? { low: 0, high: 9 };
    const alone = shareInterval(first) ?? { low: 0, high: 0 };
    expect(paired.high - paired.low).toBeLessThan((alone.high - alone.low) / 2);
    expect(paired.low).toBeGreaterThanOrEqual(0);
  });
});

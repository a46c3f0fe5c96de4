/** Rounds hold every token once and no more rows than allowed. */

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { heldRows, planRounds } from './rounds.ts';

interface Named {
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

const completion = fc.integer({ min: 1, max: 30 }).chain((length) =>
  fc.array(fc.tuple(fc.nat(length - 1), fc.nat(length - 1)), { maxLength: 3 }).map((ends) => ({
    length,
    stretches: ends.map(([a, b], i): Named => {
      return { name: `reader ${i}`, from: Math.min(a, b), to: Math.max(a, b) + 1 };
    }),
  })),
);

it('covers every token of every completion once, in order, with all that reads it, within the rows', () => {
  fc.assert(
    fc.property(
      fc.array(completion, { minLength: 1, maxLength: 5 }),
      fc.integer({ min: 1, max: 60 }),
      (completions, most) => {
        const rounds = planRounds(completions, most, ({ name }) => name);
        const covered = completions.map(() => [] as number[]);
        const read = new Map<Named, number[]>();
        for (const { runs, covers, whole } of rounds) {
          const oneToken = covers.length === 1 && covers[0].to - covers[0].from === 1;
          if (!oneToken) expect(heldRows(runs)).toBeLessThanOrEqual(most);
          for (const { completion: i, from, to } of covers) {
            for (let token = from; token < to; token++) covered[i].push(token);
            if (whole) expect([from, to]).toEqual([0, completions[i].length]);
          }
          for (const { of, from, to } of runs.flat()) {
            const tokens = Array.from({ length: to - from }, (_, k) => from + k);
            read.set(of, [...(read.get(of) ?? []), ...tokens]);
          }
        }
        for (const [i, { length, stretches }] of completions.entries()) {
          expect(covered[i]).toEqual(Array.from({ length }, (_, token) => token));
          for (const stretch of stretches) {
            const { from, to } = stretch;
            expect(read.get(stretch)).toEqual(
              Array.from({ length: to - from }, (_, k) => from + k),
            );
          }
        }
      },
    ),
  );
});

it('reads in one round, readers of a kind in one run, what fits together', () => {
  const stretches = [
    { name: 'student', from: 0, to: 10 },
    { name: 'teacher', from: 2, to: 6 },
  ];
  const twice = [
    { length: 10, stretches },
    { length: 10, stretches: stretches.map((stretch) => ({ ...stretch })) },
  ];
  const [round, ...others] = planRounds(twice, 28, ({ name }) => name);
  expect(others).toEqual([]);
  expect(round.runs.map((run) => run.map(({ of }) => of.name))).toEqual([
    ['student', 'student'],
    ['teacher', 'teacher'],
  ]);
  expect(planRounds(twice, 27, ({ name }) => name)).toHaveLength(2);
});

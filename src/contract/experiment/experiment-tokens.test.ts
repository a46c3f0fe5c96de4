/** Runs of an experiment at equal tokens: cut where the shorter one ends, linear between validations, never beyond them. */

import { expect, it } from 'vitest';
import {
  differenceAtEqualTokens,
  figureAt,
  lateFigure,
  type SeededRun,
  tokensOf,
} from './experiment-tokens.ts';

/** Steps of so many tokens each, and accuracy after none, two and four of them. */
function run(seed: number, each: number, values: readonly [number, number, number]): SeededRun {
  return {
    seed,
    found: {
      steps: {
        ...{ loss: [], gradNorm: [], activeTokens: [], tokens: [each, each, each, each] },
        figures: { meanReward: [0.1, null, 0.2, 0.6], klToBase: [null, null, null, null] },
      },
      validations: values.map((avg, i) => ({
        step: 2 * i,
        figures: { avg, 'errors.seeing': 0.5 },
      })),
    },
  };
}

const long = run(1, 100, [0.2, 0.4, 0.8]);
const short = run(1, 50, [0.2, 0.3, 0.4]);
const side = (recipe: string, figure = 'avg') => ({ recipe, figure });

it('a figure after so many tokens lies between the validations around it', () => {
  expect(tokensOf(long.found)).toBe(400);
  expect(figureAt(long.found, 'avg', 0)).toBe(0.2);
  expect(figureAt(long.found, 'avg', 200)).toBe(0.4);
  expect(figureAt(long.found, 'avg', 300)).toBeCloseTo(0.6, 12);
  expect(figureAt(long.found, 'avg', 401)).toBeNull();
  // Validation asks each kind of picture in one setting, and calls the figure without it.
  expect(figureAt(long.found, 'errors.seeing.F', 300)).toBe(0.5);
  expect(figureAt(long.found, 'nothing', 300)).toBeNull();
  expect(figureAt({ steps: null, validations: [] }, 'avg', 0)).toBeNull();
});

it('the longer run is cut where the shorter one ends, under each seed', () => {
  const other = [run(2, 100, [0.2, 0.6, 0.6]), run(2, 50, [0.2, 0.2, 0.5])];
  const found = differenceAtEqualTokens(
    [long, other[0]],
    side('merged'),
    [short, other[1]],
    side('both'),
  );
  expect(found?.tokens).toBe(200);
  expect(found?.difference.seeds).toEqual([1, 2]);
  expect(found?.difference.values[0]).toBeCloseTo(0.4 - 0.4, 12);
  expect(found?.difference.values[1]).toBeCloseTo(0.5 - 0.6, 12);
  expect(differenceAtEqualTokens([long], side('a'), [run(3, 1, [0, 0, 0])], side('b'))).toBeNull();
});

it('reward and KL are those of the end of the steps, and nothing where no step measured them', () => {
  expect(lateFigure([long, run(2, 1, [0, 0, 0])], 'meanReward')?.value).toBe(0.6);
  expect(lateFigure([long], 'klToBase')).toBeNull();
});

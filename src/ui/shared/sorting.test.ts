import { expect, it } from 'vitest';
import { directionOf, nextSorting, type Sorting, sortedBy } from './sorting.ts';

it('a head sorts down, then up, then not at all; what has no value is last either way', () => {
  const rows = [{ a: 2 }, { a: null }, { a: 5 }, { a: 3 }];
  const seen: [ReturnType<typeof directionOf>, (number | null)[]][] = [];
  let sorting: Sorting<'a'> = null;
  for (let press = 0; press < 4; press++) {
    const order = sortedBy(rows, sorting, (row, column) => row[column]).map(({ a }) => a);
    seen.push([directionOf(sorting, 'a'), order]);
    sorting = nextSorting(sorting, 'a');
  }
  expect(seen).toEqual([
    [null, [2, null, 5, 3]],
    ['descending', [5, 3, 2, null]],
    ['ascending', [2, 3, 5, null]],
    [null, [2, null, 5, 3]],
  ]);
});

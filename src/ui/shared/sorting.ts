/** How a table is sorted by one of its columns, which a press on its head changes. Pure. */

/** By which column, and which way; null for the table's own order. */
export type Sorting<C> = { readonly column: C; readonly up: boolean } | null;

/** Down first, then up, then as it was. */
export function nextSorting<C>(sorting: Sorting<C>, column: C): Sorting<C> {
  if (sorting?.column !== column) return { column, up: false };
  return sorting.up ? null : { column, up: true };
}

/** How a column is sorted, as its head says it. */
export function directionOf<C>(sorting: Sorting<C>, column: C): 'ascending' | 'descending' | null {
  if (sorting?.column !== column) return null;
  return sorting.up ? 'ascending' : 'descending';
}

/** What has no value comes last either way. */
export function sortedBy<T, C>(
  rows: readonly T[],
  sorting: Sorting<C>,
  valueAt: (row: T, column: C) => number | null,
): readonly T[] {
  if (sorting === null) return rows;
  const { column, up } = sorting;
  return rows.toSorted((a, b) => {
    const [x, y] = [valueAt(a, column), valueAt(b, column)];
    if (x === null || y === null) return x === y ? 0 : x === null ? 1 : -1;
    return up ? x - y : y - x;
  });
}

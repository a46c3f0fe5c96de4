/** Shares of results with their intervals as a drawing: one row a figure, one mark a result. Pure. */

import type { ResultTable } from '../../../contract/evaluation/evaluation-tables.ts';
import type { Drawing, DrawingColors } from '../../charts/drawing.ts';
import { intervals, type Mark } from '../../charts/intervals.ts';

/** Figures that are shares, as rows from 0 to 100 %. */
export function forest(table: ResultTable, width: number, colors: DrawingColors): Drawing {
  const rows = table.rows.flatMap(({ id, label, unit, cells }) => {
    const marks = cells.map((cell): Mark | null => {
      const value = cell?.value ?? null;
      return value === null ? null : { value, interval: cell?.interval ?? null };
    });
    return unit !== 'share' || marks.every((mark) => mark === null) ? [] : [{ id, label, marks }];
  });
  return intervals(rows, table.columns, width, colors);
}

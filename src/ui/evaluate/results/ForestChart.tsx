/** All shares with their intervals, as a picture that goes out as SVG and PNG. */

import { useCallback } from 'react';
import type { ResultTable } from '../../../contract/evaluation/evaluation-tables.ts';
import type { DrawingColors } from '../../charts/drawing.ts';
import { Picture } from '../../charts/Picture.tsx';
import { forest } from './forest.ts';

const FILE = 'vigos-evaluation';

export function ForestChart({ table }: { table: ResultTable }) {
  const draw = useCallback(
    (width: number, colors: DrawingColors) => forest(table, width, colors),
    [table],
  );
  return (
    <Picture draw={draw} label={inWords(table)} file={FILE}>
      Shares with their 95 % intervals.
    </Picture>
  );
}

function inWords({ columns, rows }: ResultTable): string {
  const shares = rows.filter(({ unit }) => unit === 'share');
  return `Shares of ${columns.join(', ')}: ${shares
    .map(({ label, cells }) => {
      const said = cells.map((cell) =>
        cell?.value === null || cell === null ? 'none' : `${(cell.value * 100).toFixed(1)} %`,
      );
      return `${label} ${said.join(', ')}`;
    })
    .join('; ')}`;
}

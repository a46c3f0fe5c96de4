/** The numbers behind a chart, the newest first, a page at a time. */

import { useState } from 'react';
import { PagedTable, type TableColumn } from '../shared/PagedTable.tsx';
import type { ChartText } from './chart-text.ts';
import type { ChartColumns, Column } from './columns.ts';

export function ChartTable({ chart, columns }: { chart: ChartText; columns: ChartColumns }) {
  const { steps, lines, axis } = columns;
  const [page, setPage] = useState(0);
  const severalRuns = new Set(lines.map(({ runId }) => runId)).size > 1;
  const at = (row: number) => steps.length - 1 - row;
  const column = (id: string, label: string, values: Column): TableColumn => ({
    id,
    label,
    cell: (row) => {
      const value = values[at(row)] ?? null;
      return value === null ? '–' : chart.format(value);
    },
  });
  const shown = lines.flatMap(({ runId, lineId, label, runName, values, low, high }) => {
    const id = `${runId}:${lineId}`;
    const own = column(id, severalRuns ? `${label}, ${runName}` : label, values);
    if (low === undefined || high === undefined) return [own];
    return [own, column(`${id}:low`, '95 % from', low), column(`${id}:high`, 'to', high)];
  });
  return (
    <PagedTable
      caption={`${chart.title}${chart.unit === '' ? '' : `, ${chart.unit}`}`}
      rowHead={{
        label: axis === 'tokens' ? 'Tokens' : 'Step',
        cell: (row) => String(steps[at(row)]),
      }}
      columns={shown}
      rows={steps.length}
      page={page}
      onPage={setPage}
    />
  );
}

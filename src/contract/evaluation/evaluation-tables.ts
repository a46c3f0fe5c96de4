/** Results side by side as a table, and that table as text for a terminal, a spreadsheet, a README and a paper. */

import type { EvaluationFigure, EvaluationRecord } from './evaluation-records.ts';

export interface ResultTable {
  /** A name for each result. */
  readonly columns: readonly string[];
  readonly rows: readonly ResultRow[];
}

export interface ResultRow {
  readonly id: string;
  readonly label: string;
  readonly unit: EvaluationFigure['unit'];
  /** Of each result; null where it was not measured. */
  readonly cells: readonly (EvaluationFigure | null)[];
}

export const TABLE_FORMATS = ['csv', 'markdown', 'latex'] as const;
export type TableFormat = (typeof TABLE_FORMATS)[number];

/** Every figure that at least one of the results has, in the order of the table of figures. */
export function resultTable(
  results: readonly Pick<EvaluationRecord, 'name' | 'figures'>[],
): ResultTable {
  const rows = new Map<string, EvaluationFigure>();
  for (const { figures } of results)
    for (const figure of figures) if (!rows.has(figure.id)) rows.set(figure.id, figure);
  return {
    columns: results.map(({ name }) => name),
    rows: [...rows.values()].map(({ id, label, unit }) => ({
      id,
      label,
      unit,
      cells: results.map(({ figures }) => figures.find((figure) => figure.id === id) ?? null),
    })),
  };
}

const UNITS: Readonly<Record<EvaluationFigure['unit'], { name: string; scale: number }>> = {
  share: { name: '%', scale: 100 },
  tokens: { name: 'tokens', scale: 1 },
};

/** "36.5", in the unit's own scale. */
export const inUnit = (value: number, unit: EvaluationFigure['unit']): string =>
  (value * UNITS[unit].scale).toFixed(1);

export const unitName = (unit: EvaluationFigure['unit']): string => UNITS[unit].name;

/** The table as text, with a line's end. Numbers of CSV are whole, those of the others rounded to a decimal. */
export function tableText(table: ResultTable, format: TableFormat): string {
  return `${TEXTS[format](table).join('\n')}\n`;
}

const TEXTS: Readonly<Record<TableFormat, (table: ResultTable) => string[]>> = {
  csv: ({ columns, rows }) => [
    [
      'figure',
      'label',
      'unit',
      ...columns.flatMap((name) =>
        ['', ' low', ' high', ' pictures', ' responses'].map((end) => `${name}${end}`),
      ),
    ]
      .map(quoted)
      .join(','),
    ...rows.map(({ id, label, unit, cells }) =>
      [id, label, unit === 'share' ? '1' : unit]
        .concat(
          cells.flatMap((cell) =>
            [
              cell?.value,
              cell?.interval?.low,
              cell?.interval?.high,
              cell?.pictures,
              cell?.responses,
            ].map((value) => (value === undefined || value === null ? '' : String(value))),
          ),
        )
        .map(quoted)
        .join(','),
    ),
  ],
  markdown: ({ columns, rows }) => [
    `| figure | ${columns.map(plainCell).join(' | ')} |`,
    `| --- | ${columns.map(() => '---:').join(' | ')} |`,
    ...rows.map(
      ({ label, unit, cells }) =>
        `| ${plainCell(label)}, ${unitName(unit)} | ${cells.map((cell) => cellText(cell, ' to ', '(', ')')).join(' | ')} |`,
    ),
  ],
  latex: ({ columns, rows }) => [
    `\\begin{tabular}{l${'r'.repeat(columns.length)}}`,
    '\\hline',
    `Figure & ${columns.map(latexText).join(' & ')} \\\\`,
    '\\hline',
    ...rows.map(
      ({ label, unit, cells }) =>
        `${latexText(`${label}, ${unitName(unit)}`)} & ${cells.map((cell) => cellText(cell, ', ', '[', ']')).join(' & ')} \\\\`,
    ),
    '\\hline',
    '\\end{tabular}',
  ],
};

function cellText(
  figure: EvaluationFigure | null,
  between: string,
  open: string,
  close: string,
): string {
  if (figure === null || figure.value === null) return '–';
  const { value, interval, unit } = figure;
  const said = inUnit(value, unit);
  if (interval === null) return said;
  return `${said} ${open}${inUnit(interval.low, unit)}${between}${inUnit(interval.high, unit)}${close}`;
}

/** A spreadsheet would take a text that begins so for a formula. */
const FORMULA = /^[=+@]|^-(?!\d)/;

function quoted(text: string): string {
  const safe = FORMULA.test(text) ? `'${text}` : text;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

const plainCell = (text: string) => text.replaceAll('|', '\\|').replace(/\s+/g, ' ');

const LATEX: Readonly<Record<string, string>> = {
  '\\': '\\textbackslash{}',
  '~': '\\textasciitilde{}',
  '^': '\\textasciicircum{}',
};

const latexText = (text: string) =>
  text.replace(/[\\~^]|[&%$#_{}]/g, (sign) => LATEX[sign] ?? `\\${sign}`);

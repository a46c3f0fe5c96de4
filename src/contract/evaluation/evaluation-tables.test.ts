import { expect, it } from 'vitest';
import type { EvaluationFigure } from './evaluation-records.ts';
import { resultTable, tableText } from './evaluation-tables.ts';

const figure = (id: string, label: string, value: number | null): EvaluationFigure => ({
  id,
  label,
  unit: 'share',
  measure: 'vilp',
  sentence: '',
  value,
  interval: value === null ? null : { low: value / 2, high: 1 },
  method: 'wilson',
  pictures: 200,
  responses: 400,
  why: null,
});

const table = resultTable([
  { name: 'base, 100 %', figures: [figure('score.F', 'Score F', 0.365)] },
  {
    name: '=SUM(A1)|x_1',
    figures: [figure('score.F', 'Score F', 0.5), figure('prior.F', 'Prior F', null)],
  },
]);

it('has a row for each figure of any result', () => {
  expect(table.rows.map(({ id, cells }) => [id, cells.map((cell) => cell?.value)])).toEqual([
    ['score.F', [0.365, 0.5]],
    ['prior.F', [undefined, null]],
  ]);
});

it('is a spreadsheet’s, with whole numbers and no formula of anybody’s', () => {
  expect(tableText(table, 'csv')).toBe(
    [
      'figure,label,unit,"base, 100 %","base, 100 % low","base, 100 % high","base, 100 % pictures","base, 100 % responses",\'=SUM(A1)|x_1,\'=SUM(A1)|x_1 low,\'=SUM(A1)|x_1 high,\'=SUM(A1)|x_1 pictures,\'=SUM(A1)|x_1 responses',
      'score.F,Score F,1,0.365,0.1825,1,200,400,0.5,0.25,1,200,400',
      'prior.F,Prior F,1,,,,,,,,,200,400',
      '',
    ].join('\n'),
  );
});

it('is Markdown and LaTeX, escaped', () => {
  expect(tableText(table, 'markdown').split('\n')).toEqual([
    '| figure | base, 100 % | =SUM(A1)\\|x_1 |',
    '| --- | ---: | ---: |',
    '| Score F, % | 36.5 (18.3 to 100.0) | 50.0 (25.0 to 100.0) |',
    '| Prior F, % | – | – |',
    '',
  ]);
  expect(tableText(table, 'latex').split('\n').slice(0, 5)).toEqual([
    '\\begin{tabular}{lrr}',
    '\\hline',
    'Figure & base, 100 \\% & =SUM(A1)|x\\_1 \\\\',
    '\\hline',
    'Score F, \\% & 36.5 [18.3, 100.0] & 50.0 [25.0, 100.0] \\\\',
  ]);
});

/** What chapters read out of the experiment's report, once for all of them. Pure. */

import { inUnit } from '../../../contract/evaluation/evaluation-tables.ts';
import type {
  ExperimentReport,
  ReportCell,
  ReportClaim,
} from '../../../contract/experiment/experiment-report.ts';
import { figureText, labelOf } from '../../../contract/experiment/experiment-words.ts';
import type { Show } from '../chapter.ts';
import { type FigurePiece, figure, type Sentence } from '../sentence.ts';

/** The condition that the paper's training is like: leaky teachers, right references. */
export const USUAL = { model: 'leaky', condition: 'right' } as const;

export function cellOf(
  { cells }: ExperimentReport,
  recipe: string,
  { model, condition }: { readonly model: string; readonly condition: string } = USUAL,
): ReportCell | null {
  return (
    cells.find(
      (cell) => cell.recipe === recipe && cell.model === model && cell.condition === condition,
    ) ?? null
  );
}

/** A share of a cell; NaN where it was not run, which every sentence would say. */
export const figureOf = (cell: ReportCell | null, id: string): number =>
  cell?.figures.find((one) => one.id === id)?.value ?? Number.NaN;

/** A share as the tables have it, in per cent. */
export const share = (value: number): FigurePiece => figure(inUnit(value, 'share'));
export const perCent = (value: number): Sentence => [share(value), '\u202f%'];

export function claimOf({ claims }: ExperimentReport, id: string): ReportClaim {
  const claim = claims.find((one) => one.id === id);
  if (claim === undefined) throw new Error(`the report has no claim ${id}`);
  return claim;
}

/** A row a recipe, a column a figure. */
export function recipeTable(
  report: ExperimentReport,
  recipes: readonly string[],
  ids: readonly string[],
  caption: string,
  lit: readonly number[] = [],
): Show {
  return {
    kind: 'table',
    from: 'results',
    caption: `${caption}: means over ${cellOf(report, recipes[0])?.seeds.length ?? 0} seeds`,
    head: [
      'Recipe',
      ...ids.map((id) => `${report.figures.find((one) => one.id === id)?.label ?? id}, %`),
    ],
    rows: recipes.map((recipe) => {
      const cell = cellOf(report, recipe);
      return [
        labelOf(report.experiment.recipes, recipe),
        ...ids.map((id) => {
          const found = cell?.figures.find((one) => one.id === id);
          return found === undefined ? 'not run' : figureText(found, 'share');
        }),
      ];
    }),
    lit,
  };
}

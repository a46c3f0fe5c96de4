/** Named figures of a training step, with the chart that shows them: what a recipe measures, in words and as a number. */

import type { TeacherName } from '../../method/types.ts';

/** One line of a chart. */
export interface FigureLine<Facts> {
  /** Its name in a step's figures and in files: stable. */
  readonly id: string;
  readonly label: string;
  /** Colours the line; without one it has the run's colour. */
  readonly teacher?: TeacherName;
  /** Tells lines of one run apart that have no teacher. */
  readonly dash?: readonly number[];
  /** Its value in a step; null where the step has none. */
  readonly of: (facts: Facts) => number | null;
}

/** Figures of one unit, which are drawn together. `Facts` is what the recipe found in a step. */
export interface FigureChart<Facts = never> {
  readonly id: string;
  readonly title: string;
  readonly unit: string;
  /** `share` is in [0, 1]. */
  readonly scale: 'share' | 'nats' | 'plain';
  /** One sentence for a person. */
  readonly sentence: string;
  readonly lines: readonly FigureLine<Facts>[];
  /** Drawn only where a run has a value of it. */
  readonly optional?: boolean;
  /** How its first line stands beside the loss of the last step; `of` is a figure whose share begins `small`. */
  readonly headline?: { readonly label: string; readonly small: string; readonly of?: string };
}

/** A step's figures by their ids; one without a value is absent. */
export type StepFigures = Readonly<Record<string, number>>;

/** The figures that these facts have. */
export function figuresOf<Facts>(charts: readonly FigureChart<Facts>[], facts: Facts): StepFigures {
  const entries = charts.flatMap(({ lines }) =>
    lines.flatMap(({ id, of }): [string, number][] => {
      const value = of(facts);
      return value === null ? [] : [[id, value]];
    }),
  );
  return Object.fromEntries(entries);
}

/** A chart of a single line, which has its title and its id. */
export function singleFigure<Facts>(
  id: string,
  { title, ...chart }: Omit<FigureChart<Facts>, 'id' | 'lines'>,
  of: (facts: Facts) => number | null,
): FigureChart<Facts> {
  return { ...chart, id, title, lines: [{ id, label: title, of }] };
}

/** Whom wrong references fool: one chart, drawn for runs that have any. */

import type { FigureChart } from './step-figures.ts';

/** One item of a step. */
export interface ReferenceFacts {
  /** Whether its reference answer is wrong. */
  readonly wrong: boolean;
  /** Whether the student boxed the wrong reference, and whether it boxed the true answer; null where it wrote nothing. */
  readonly boxed: { readonly wrong: boolean; readonly right: boolean } | null;
}

export interface WrongReferenceFacts {
  /** Null in a run whose references are all right. */
  readonly references: readonly ReferenceFacts[] | null;
}

export const WRONG_REFERENCE_CHART: FigureChart<WrongReferenceFacts> = {
  id: 'wrongReferences',
  title: 'Wrong references',
  unit: '% of rollouts',
  scale: 'share',
  sentence:
    'Share of the step’s items whose reference answer is wrong; and of the student’s rollouts on these, the share that boxes the wrong reference (it is fooled) and the share that boxes the true answer.',
  optional: true,
  lines: [
    {
      id: 'wrongReference.given',
      label: 'Given',
      of: ({ references }) =>
        references === null ? null : share(references, ({ wrong }) => wrong),
    },
    {
      id: 'wrongReference.boxed',
      label: 'Boxed though wrong',
      dash: [6, 3, 1.5, 3],
      of: (facts) => share(onWrong(facts), (boxed) => boxed.wrong),
    },
    {
      id: 'wrongReference.resisted',
      label: 'Right all the same',
      dash: [1.5, 3],
      of: (facts) => share(onWrong(facts), (boxed) => boxed.right),
    },
  ],
};

const onWrong = ({ references }: WrongReferenceFacts) =>
  (references ?? []).flatMap(({ wrong, boxed }) => (wrong && boxed !== null ? [boxed] : []));

/** Null of nothing. */
function share<T>(items: readonly T[], holds: (item: T) => boolean): number | null {
  return items.length === 0 ? null : items.filter(holds).length / items.length;
}

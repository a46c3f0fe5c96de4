/** Grading: is the boxed answer the reference answer, and by which measure? The only place that says so. */
import { exactMatch } from './exact-match.ts';
import { mathMatch } from './math-match.ts';
import { cleanReference } from './reference.ts';
import type { Reading } from './types.ts';

/**
 * `exact` is the paper's, for the world's questions and every published figure; `mathematical` is meant for questions
 * of a person's own, whose answers come in all forms.
 */
export const MEASURES = ['exact', 'mathematical'] as const;
export type AnswerMeasure = (typeof MEASURES)[number];

export const MEASURE_NAMES: Readonly<Record<AnswerMeasure, string>> = {
  exact: 'exact match',
  mathematical: 'mathematical match',
};

export interface Grading {
  readonly measure: AnswerMeasure;
  readonly correct: boolean;
  /** The reference answer as it was graded by: cleaned as the reading has it. */
  readonly reference: string;
}

const MATCHES = { exact: exactMatch, mathematical: mathMatch } as const;

/** Grades an answer; none, or an empty one, is never correct. Both sides are cleaned as the reading has it. */
export function gradeAnswer(
  answer: string | null,
  given: string,
  { measure, reading }: { readonly measure: AnswerMeasure; readonly reading: Reading },
): Grading {
  const reference = cleanReference(given, reading);
  const correct = answer !== null && MATCHES[measure](cleanReference(answer, reading), reference);
  return { measure, correct, reference };
}

/** Each measure's verdict on the same answer. */
export function gradeByAll(
  answer: string | null,
  given: string,
  reading: Reading,
): Readonly<Record<AnswerMeasure, boolean>> {
  const by = (measure: AnswerMeasure) => gradeAnswer(answer, given, { measure, reading }).correct;
  return { exact: by('exact'), mathematical: by('mathematical') };
}

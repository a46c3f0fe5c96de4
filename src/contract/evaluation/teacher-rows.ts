/** Figures of teachers who write by themselves: are they sure, and whom do they follow? */

import { inShare } from '../../method/evaluation.ts';
import type { EvaluationLine, TeacherLine } from './evaluation-records.ts';
import type { FigureRow } from './figure-row.ts';
import { IMAGE_ONLY_FORM, PRIVILEGED_FORMS, type TeacherForm } from './teacher-forms.ts';

const PICTURES = {
  agree: { label: 'usual picture', words: 'that look as usual' },
  conflict: { label: 'conflict', words: 'that contradict what is usual' },
} as const;

const GIVEN = {
  right: {
    label: 'right reference',
    words: 'given the right reference answer',
    means: 'it is sure',
  },
  wrong: {
    label: 'wrong reference',
    words: 'given a wrong one of the item’s, drawn by the seed',
    means: 'it follows the reference against the picture',
  },
} as const;

const AFTER = {
  true: ' Its turn begins with the scene’s true description.',
  own: ' Its turn begins with the description of the student’s valid rollout.',
} as const;

/** Two rows of the image-only form and four of each privileged one; all asked as questions of the first setting are. */
export function teacherRows(): FigureRow[] {
  const pictures = Object.keys(PICTURES) as (keyof typeof PICTURES)[];
  const given = Object.keys(GIVEN) as (keyof typeof GIVEN)[];
  return [
    ...pictures.map((picture) =>
      rowOf(
        `${IMAGE_ONLY_FORM.id}.${picture}`,
        `${IMAGE_ONLY_FORM.label}, ${PICTURES[picture].label}`,
        `Share of the descriptions of pictures ${PICTURES[picture].words}, written without a question, that name the property which decides it.`,
        (line) => line.form === IMAGE_ONLY_FORM.id && isOn(picture, line),
      ),
    ),
    ...PRIVILEGED_FORMS.flatMap((form: TeacherForm) =>
      given.flatMap((reference) =>
        pictures.map((picture) =>
          rowOf(
            `${form.id}.${picture}.${reference}`,
            `${form.label}, ${PICTURES[picture].label}, ${GIVEN[reference].label}`,
            `${form.label}: share of what it writes by itself on pictures ${PICTURES[picture].words}, ${GIVEN[reference].words}, that boxes the given answer: ${GIVEN[reference].means}.${form.after === null ? '' : AFTER[form.after]}`,
            (line) => line.form === form.id && line.given === reference && isOn(picture, line),
          ),
        ),
      ),
    ),
  ];
}

const isOn = (picture: keyof typeof PICTURES, { image }: TeacherLine) =>
  (image === 1) === (picture === 'agree');

function rowOf(
  id: string,
  label: string,
  sentence: string,
  counts: (line: TeacherLine) => boolean,
): FigureRow {
  return {
    id: `teachers.${id}`,
    label,
    measure: 'teachers',
    unit: 'share',
    sentence,
    why,
    kind: 'teachers',
    of: (line) => (counts(line) ? inShare(line.holds) : null),
  };
}

const why = (lines: readonly EvaluationLine[]): string => {
  const answers = lines.flatMap((line) => (line.type === 'answer' ? [line] : []));
  if (answers.length === 0) return 'Nothing is answered yet.';
  if (answers.every(({ image }) => image === null))
    return 'The set has no groups of three pictures; take prior groups.';
  return lines.some(({ type }) => type === 'teacher')
    ? 'No valid rollout of the student has a description to begin with.'
    : 'No teacher has been asked yet.';
};

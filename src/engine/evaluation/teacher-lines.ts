/** Teachers who write by themselves on the pictures of a group: lines of an evaluation's log. */

import { hashWords, Random } from '../../base/random.ts';
import type { ResponseLine, TeacherLine } from '../../contract/evaluation/evaluation-records.ts';
import type { EvaluationSampling } from '../../contract/evaluation/evaluation-settings.ts';
import {
  type GivenReference,
  IMAGE_ONLY_FORM,
  PRIVILEGED_FORMS,
  TEACHER_FORMS,
  type TeacherForm,
  type TeacherFormId,
} from '../../contract/evaluation/teacher-forms.ts';
import type { ModelInUse } from '../../inference/model-in-use.ts';
import { respondIn } from '../../inference/responses.ts';
import type { SamplingHooks } from '../../inference/sample.ts';
import { boxedAnswer } from '../../method/answer.ts';
import { type AnswerMeasure, gradeAnswer } from '../../method/grading.ts';
import { VIGOS_PAPER } from '../../method/named-methods.ts';
import { digitsForWords } from '../../method/number-words.ts';
import type { AskedItem } from '../../training/data/asked-item.ts';

/** Streams of random numbers under a seed. */
const TEACHERS_STREAM = 8;
const WRONG_STREAM = 9;

/** A picture of a group, and the student's first response to it. */
export interface TaughtPicture {
  readonly item: AskedItem;
  readonly answer: ResponseLine;
}

export interface Asked extends TaughtPicture {
  readonly form: TeacherForm & { readonly id: TeacherFormId };
  readonly given: GivenReference;
  /** The reference answer; empty for the image-only form. */
  readonly reference: string;
  /** How the teacher's turn begins, where that is not as its prompt has it. */
  readonly begun: string | null;
}

const THINK = '<think>';

/** What is asked about a picture: the same for the same response, whoever asks. */
export function askedOfTeachers({ item, answer }: TaughtPicture): Asked[] {
  const { seed, strict, text } = answer;
  const random = new Random(hashWords(seed, WRONG_STREAM), answer.item);
  const wrong = item.wrongAnswers.length === 0 ? null : random.pick(item.wrongAnswers);
  const beginnings = {
    true: item.description === null ? null : ` ${item.description} </description> ${THINK}`,
    own: strict ? text.slice(0, text.indexOf(THINK) + THINK.length) : null,
  };
  const references = [
    ['right', answer.reference],
    ['wrong', wrong],
  ] as const;
  const privileged = PRIVILEGED_FORMS.flatMap((form) => {
    const after = form.after === null ? null : beginnings[form.after];
    if (form.after !== null && after === null) return [];
    const begun = after === null ? null : `<description>${after}`;
    return references.flatMap(([given, reference]) =>
      reference === null ? [] : [{ item, answer, form, given, reference, begun }],
    );
  });
  const imageOnly = { form: IMAGE_ONLY_FORM, given: 'none', reference: '', begun: null } as const;
  return [{ item, answer, ...imageOnly }, ...privileged];
}

/** The key of a line without what it says. */
export function lineKey({
  answer: { id, item, image, fact, seed, response },
  form,
  given,
}: Asked): Omit<TeacherLine, 'reference' | 'text' | 'boxed' | 'holds'> {
  return { type: 'teacher', id, item, image, fact, seed, response, form: form.id, given };
}

/** One line for each that is asked, sampled from the frozen base. Throws what sampling throws. */
export async function teacherLines(
  { assets, network, contexts, store }: ModelInUse,
  asked: readonly Asked[],
  {
    sampling,
    grading,
    seed,
  }: {
    readonly sampling: EvaluationSampling;
    readonly grading: AnswerMeasure;
    readonly seed: number;
  },
  hooks: SamplingHooks,
): Promise<TeacherLine[]> {
  const written = await respondIn(
    { assets, network, contexts, store },
    asked.map(({ item, answer: { fact, item: index }, form, given, reference, begun }) => {
      const input = { ...item.input(fact), answer: reference };
      const number = TEACHER_FORMS.findIndex(({ id }) => id === form.id);
      return {
        context: contexts.writing(form.teacher, input, begun),
        streams: [(index * TEACHER_FORMS.length + number) * 2 + (given === 'wrong' ? 1 : 0)],
      };
    }),
    { ...sampling, seed: hashWords(seed, TEACHERS_STREAM) },
    hooks,
  );
  const { reading } = VIGOS_PAPER;
  return asked.map((one, i): TeacherLine => {
    const { eosIds } = assets.tokenizer;
    const text = assets.tokenizer.decode(written[i][0].filter((id) => !eosIds.includes(id)));
    const boxed = one.given === 'none' ? null : boxedAnswer(text, reading);
    const holds =
      one.given === 'none'
        ? one.item.truth(digitsForWords(text))?.decisive === true
        : gradeAnswer(boxed, one.reference, { measure: grading, reading }).correct;
    return { ...lineKey(one), reference: one.reference, text, boxed, holds };
  });
}

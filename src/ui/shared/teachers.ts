/** How each teacher is named and marked on screen; its colour hangs on the `data-teacher` attribute. */

import type { TeacherName } from '../../method/types.ts';
import type { TermId } from './glossary.ts';

/** A teacher, or `nobody` for a token without one. */
export type TeacherMark = TeacherName | 'nobody';

export interface TeacherLook {
  letter: string;
  label: string;
  /** What it reads, in a few words. */
  reads: string;
  term: TermId;
}

export const TEACHERS: Record<TeacherMark, TeacherLook> = {
  perception: { letter: 'P', label: 'Perception', reads: 'the image only', term: 'perception' },
  reasoning: {
    letter: 'R',
    label: 'Reasoning',
    reads: 'image, question and answer',
    term: 'reasoning',
  },
  reference: {
    letter: 'F',
    label: 'Reference',
    reads: 'image, question, answer, full form',
    term: 'reference',
  },
  privileged: {
    letter: 'O',
    label: 'OPSD',
    reads: 'the student’s prompt and the answer',
    term: 'privileged',
  },
  nobody: { letter: '–', label: 'Nobody', reads: 'no teacher, no loss', term: 'nobody' },
};

export const TEACHER_MARKS = Object.keys(TEACHERS) as TeacherMark[];

export const teacherMark = (teacher: TeacherName | null): TeacherMark => teacher ?? 'nobody';

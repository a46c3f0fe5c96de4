/** How each teacher is named and marked on screen; its colour hangs on the `data-teacher` attribute. */

import { perTeacher } from '../../method/per-teacher.ts';
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

export const TEACHERS: Readonly<Record<TeacherMark, TeacherLook>> = {
  ...perTeacher((name, { letter, label, reads }) => ({ letter, label, reads, term: name })),
  nobody: { letter: '–', label: 'Nobody', reads: 'no teacher, no loss', term: 'nobody' },
};

export const TEACHER_MARKS = Object.keys(TEACHERS) as TeacherMark[];

export const teacherMark = (teacher: TeacherName | null): TeacherMark => teacher ?? 'nobody';

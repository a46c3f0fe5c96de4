/** Forms in which a teacher is asked to write by itself, and what each has before its eyes. */

import type { TeacherName } from '../../method/types.ts';

export interface TeacherForm {
  /** Stable: in logs and in the ids of figures. */
  readonly id: string;
  readonly teacher: TeacherName;
  readonly label: string;
  /** The description that its turn begins with: the scene's true one, the student's own, or none. */
  readonly after: 'true' | 'own' | null;
}

/** The privileged ones, which are given a reference answer. */
export const PRIVILEGED_FORMS = [
  { id: 'privileged', teacher: 'privileged', label: 'OPSD’s teacher', after: null },
  { id: 'reference', teacher: 'reference', label: 'Reference teacher', after: null },
  {
    id: 'reasoning',
    teacher: 'reasoning',
    label: 'Reasoning teacher without a description',
    after: null,
  },
  {
    id: 'reasoning-true',
    teacher: 'reasoning',
    label: 'Reasoning teacher after a true description',
    after: 'true',
  },
  {
    id: 'reasoning-own',
    teacher: 'reasoning',
    label: 'Reasoning teacher after the student’s description',
    after: 'own',
  },
] as const satisfies readonly TeacherForm[];

/** It sees the picture alone, and describes it. */
export const IMAGE_ONLY_FORM = {
  id: 'perception',
  teacher: 'perception',
  label: 'Image-only form',
  after: null,
} as const satisfies TeacherForm;

export const TEACHER_FORMS = [IMAGE_ONLY_FORM, ...PRIVILEGED_FORMS] as const;
export type TeacherFormId = (typeof TEACHER_FORMS)[number]['id'];

/** Which reference a teacher was given; the image-only form is given none. */
export const GIVEN_REFERENCES = ['right', 'wrong', 'none'] as const;
export type GivenReference = (typeof GIVEN_REFERENCES)[number];

/** What each side is shown in its user turn: the one table for prompts, pages and tests. */
import { perTeacher } from './per-teacher.ts';
import type { TeacherName } from './types.ts';

/** Who reads a completion. */
export type Reader = 'student' | TeacherName;

export interface Sight {
  readonly question: boolean;
  /** The reference answer a*, privileged information. */
  readonly answer: boolean;
}

/** METHOD, teachers. The image is shown to all of them, before the text. */
export const SIGHT: Readonly<Record<Reader, Sight>> = {
  student: { question: true, answer: false },
  ...perTeacher((_, { sees }) => sees),
};

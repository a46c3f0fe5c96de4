/** One value for each teacher, out of its name and its row. */

import { TEACHERS, type TeacherRow } from './teachers.ts';
import { type PerTeacher, TEACHER_NAMES, type TeacherName } from './types.ts';

export function perTeacher<T>(of: (name: TeacherName, row: TeacherRow) => T): PerTeacher<T> {
  const entries = TEACHER_NAMES.map((name) => [name, of(name, TEACHERS[name])]);
  return Object.fromEntries(entries) as PerTeacher<T>;
}

/** The method's settings as the Lab's form has them: in groups, beside the named method that comes nearest. Pure. */

import type { SettingField } from '../../../contract/settings/fields.ts';
import { METHOD_FIELDS } from '../../../contract/settings/method-fields.ts';
import { valueAt } from '../../../contract/settings/method-settings.ts';
import { nearestMethod } from '../../../contract/settings/nearest-method.ts';
import { methodDifferences } from '../../../contract/train/train-differences.ts';
import { withReading } from '../../../method/named-methods.ts';
import { type MethodConfig, TEACHER_NAMES, type TeacherName } from '../../../method/types.ts';

export interface MethodGroup {
  /** Whose tokens these settings are for; null is all tokens. */
  readonly teacher: TeacherName | null;
  readonly fields: readonly SettingField[];
}

/** They have switches of their own beside the form. */
const SWITCHES = ['method.reading', 'method.validity'];

/** The fields that this method has, but for what is switched beside the form; teachers that it never asks are left out. */
export function methodGroups(method: MethodConfig): MethodGroup[] {
  const fields = METHOD_FIELDS.filter(
    ({ path }) => !SWITCHES.includes(path) && valueAt({ method }, path) !== undefined,
  );
  const of = (name: TeacherName) => fields.filter(({ path }) => path.split('.').includes(name));
  const ofTeachers = TEACHER_NAMES.map((teacher) => ({ teacher, fields: of(teacher) }));
  const taken = new Set(ofTeachers.flatMap((group) => group.fields));
  return [
    { teacher: null, fields: fields.filter((field) => !taken.has(field)) },
    ...ofTeachers.filter(({ teacher }) => (teacher === 'privileged') === (method.name === 'opsd')),
  ];
}

/** What the settings that are not switched beside the form have otherwise than the nearest named method, a line each. */
export function differsFromNamed(method: MethodConfig): string[] {
  const { reading, validity } = method;
  const named = nearestMethod(method).named.method;
  return methodDifferences(method, { ...withReading(named, reading), validity });
}

/** The named method's value at a path; undefined where it has none. */
export const namedValue = (method: MethodConfig, path: string): unknown =>
  valueAt({ method: nearestMethod(method).named.method }, path);

/** What becomes of a run's settings in a trainer elsewhere, as rows, and the options that its command is given. */

import type { SettingField } from '../../contract/settings/fields.ts';
import { fieldsOf, readSetting } from '../../contract/train/train-fields.ts';
import type { TrainSettings } from '../../contract/train/train-settings.ts';

/**
 * - `option`: an option says the same there
 * - `data`: it is in the data set already
 * - `differs`: there it is something else, and the sentence says what
 * - `absent`: nothing there does it
 */
export type CarriedHow = 'option' | 'data' | 'differs' | 'absent';

export type OptionValue = string | number | boolean | readonly (string | number)[];

/** The fate of one setting, before its value is known to a reader. */
export interface Rule {
  readonly how: CarriedHow;
  /** Options of the other trainer by name, without dashes. */
  readonly options?: Readonly<Record<string, OptionValue>>;
  readonly note?: string;
}

/** One setting and what becomes of it. */
export interface Carried extends Rule {
  readonly path: string;
  readonly label: string;
  readonly value: string;
}

/** What is to happen with the settings under a path, null for one that does nothing in this run; the longest path that fits counts. */
export type Rules = Readonly<Record<string, (settings: TrainSettings) => Rule | null>>;

/** All settings of a run by `rules`, in the order of the form. Throws an Error for a setting without a rule: a new one needs it. */
export function carriedBy(rules: Rules, settings: TrainSettings): Carried[] {
  return fieldsOf(settings).flatMap((field) => {
    const { path } = field;
    const rule = ruleFor(rules, path);
    if (rule === undefined) throw new Error(`no rule says what becomes of ${path}`);
    const fate = rule(settings);
    const value = shown(readSetting(settings, path));
    return fate === null ? [] : [{ path, label: nameOf(field), value, ...fate }];
  });
}

/** The options of all rows together. */
export const optionsOf = (rows: readonly Carried[]): Record<string, OptionValue> =>
  Object.assign({}, ...rows.map(({ options }) => options ?? {}));

function ruleFor(rules: Rules, path: string): Rules[string] | undefined {
  const keys = path.split('.');
  for (let length = keys.length; length > 0; length--) {
    const rule = rules[keys.slice(0, length).join('.')];
    if (rule !== undefined) return rule;
  }
  return undefined;
}

const nameOf = ({ label, unit }: SettingField): string =>
  unit === '' ? label : `${label} (${unit})`;

const shown = (value: unknown): string => (Array.isArray(value) ? value.join(', ') : String(value));

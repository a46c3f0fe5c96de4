/** The fields of a training run, those of its method included, and which of them some settings have. */

import type { SettingField } from '../settings/fields.ts';
import { METHOD_FIELDS } from '../settings/method-fields.ts';
import { valueAt } from '../settings/method-settings.ts';
import { TRAIN_ROWS } from './train-rows.ts';
import type { TrainSettings } from './train-settings.ts';

/** All fields, in the order of the form. Fields that the settings do not have (a rank in full training) are left out by {@link fieldsOf}. */
export const TRAIN_FIELDS: readonly SettingField[] = [
  ...TRAIN_ROWS.map(({ field }) => field),
  ...METHOD_FIELDS,
];

/** The value at a field's path; undefined where these settings have none. */
export function readSetting(settings: Pick<TrainSettings, 'method'>, path: string): unknown {
  return valueAt({ ...settings }, path);
}

/** The fields that these settings have. */
export function fieldsOf(settings: TrainSettings): SettingField[] {
  return TRAIN_FIELDS.filter(({ path }) => readSetting(settings, path) !== undefined);
}

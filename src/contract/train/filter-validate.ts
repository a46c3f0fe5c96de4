/** Checks what a filter is asked, from a form, a command or a file. */

import { PlaygroundError } from '../../base/errors.ts';
import { valueFromText } from '../settings/fields.ts';
import { withValue } from '../settings/method-settings.ts';
import { DATA } from '../settings/world-rows.ts';
import { FILTER, FILTER_SAMPLING, type FilterSettings } from './filter.ts';
import { trainSettings } from './train-settings.ts';
import { fieldsIn, readRows } from './train-validate.ts';

/** All fields of a filter, those of its data among them, in the order of the form. */
export const FILTER_FIELDS = [
  ...Object.values(FILTER),
  ...Object.values(FILTER_SAMPLING),
  ...[DATA.source, DATA.families, DATA.difficulty, DATA.usualShare],
  ...[DATA.noise, DATA.pictureEdge, DATA.occlusion],
].map(({ field }) => field);

export function filterSettings(): FilterSettings {
  const entries = Object.entries({ ...FILTER, ...FILTER_SAMPLING });
  const values = Object.fromEntries(entries.map(([name, { preset }]) => [name, preset.tiny]));
  return validateFilter({ ...values, data: trainSettings('grpo', 'tiny').data });
}

/** {@link FilterSettings} from anything. Throws `train.invalid-setting`, and `filter.no-pictures` where there is nothing to miss. */
export function validateFilter(input: unknown): FilterSettings {
  const root = fieldsIn(input, 'filter');
  const settings = {
    ...readRows(FILTER, root),
    ...readRows(FILTER_SAMPLING, root),
    data: readRows(DATA, fieldsIn(root.data, 'data')),
  };
  if (settings.keep === 'perception' && settings.data.source !== 'pictures')
    throw new PlaygroundError({
      code: 'filter.no-pictures',
      message: 'Questions of perception are about pictures, and these are not.',
      fix: 'Choose questions about pictures, or keep all with their pass rates.',
      where: 'data.source',
    });
  return settings;
}

/** Settings with one field changed; text is read as its field has it. Throws `filter.unknown-setting` and what {@link validateFilter} throws. */
export function withFilterSetting(
  settings: FilterSettings,
  path: string,
  value: unknown,
): FilterSettings {
  const field = FILTER_FIELDS.find((own) => own.path === path);
  if (field === undefined)
    throw new PlaygroundError({
      code: 'filter.unknown-setting',
      message: `There is no setting "${path}".`,
      fix: `Settings are ${FILTER_FIELDS.map((own) => own.path).join(', ')}.`,
      where: path,
    });
  const given = typeof value === 'string' ? valueFromText(field, value) : value;
  const keys = path.split('.');
  return validateFilter(withValue(settings, keys[0] === 'filter' ? keys.slice(1) : keys, given));
}

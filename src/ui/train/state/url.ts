/** The form as a query string and back: recipe, preset, and what differs from the preset. */

import { PRESETS } from '../../../method/presets.ts';
import { readSetting, TRAIN_FIELDS } from '../../../method/train-fields.ts';
import { TRAIN_PRESETS } from '../../../method/train-settings.ts';
import { changedPaths, type FormState, initialForm, withEntry } from './form.ts';

export function formToQuery(form: FormState): string {
  const query = new URLSearchParams();
  const plain = initialForm();
  if (form.settings.recipe !== plain.settings.recipe) query.set('recipe', form.settings.recipe);
  if (form.preset !== plain.preset) query.set('preset', form.preset);
  for (const path of changedPaths(form)) query.set(path, String(readSetting(form.settings, path)));
  return query.toString();
}

/** Unknown keys are left aside; a value out of bounds stands in the form with its error. */
export function formFromQuery(query: string): FormState {
  const params = new URLSearchParams(query);
  const recipe = PRESETS.find(({ id }) => id === params.get('recipe'))?.id;
  const preset = TRAIN_PRESETS.find(({ name }) => name === params.get('preset'))?.name;
  let form = initialForm(recipe, preset);
  for (const { path } of TRAIN_FIELDS) {
    const text = params.get(path);
    // Method settings of a recipe without teachers have nowhere to stand.
    if (text === null || (path.startsWith('method.') && form.settings.method === null)) continue;
    form = withEntry(form, path, text);
  }
  return form;
}

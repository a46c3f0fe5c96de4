/** The form of a run: settings that always hold, beside entries that do not and keep their text. Pure. */

import { type ErrorRecord, toErrorRecord } from '../../../base/errors.ts';
import type { TrainPresetName } from '../../../contract/setting-row.ts';
import { fieldsOf, readSetting, TRAIN_FIELDS } from '../../../contract/train-fields.ts';
import { changedPaths, PLAIN } from '../../../contract/train-query.ts';
import { type TrainSettings, trainSettings } from '../../../contract/train-settings.ts';
import { settingFromText, withSetting } from '../../../contract/train-validate.ts';

export interface Draft {
  readonly text: string;
  readonly error: ErrorRecord;
}

export interface FormState {
  readonly preset: TrainPresetName;
  readonly settings: TrainSettings;
  /** Entries that were refused, by the path of their field. */
  readonly drafts: Readonly<Record<string, Draft>>;
}

export const initialForm = (
  recipe: string = PLAIN.recipe,
  preset: TrainPresetName = PLAIN.preset,
): FormState => ({
  preset,
  settings: trainSettings(recipe, preset),
  drafts: {},
});

/** A field's new value; one that is out of bounds is kept beside the settings as it was typed. */
export function withEntry(form: FormState, path: string, value: unknown): FormState {
  try {
    const given = typeof value === 'string' ? settingFromText(path, value) : value;
    const settings = withSetting(form.settings, path, given);
    return kept({ ...form, settings, drafts: without(form.drafts, path) });
  } catch (error) {
    const draft = { text: String(value), error: named(toErrorRecord(error, path)) };
    return { ...form, drafts: { ...form.drafts, [path]: draft } };
  }
}

/** The field by the name that it has on the page. */
function named(error: ErrorRecord): ErrorRecord {
  const label = TRAIN_FIELDS.find(({ path }) => path === error.where)?.label;
  const message = error.message.replace(`The setting ${error.where}`, `“${label}”`);
  return label === undefined ? error : { ...error, message };
}

/** Another recipe brings its own method and what the preset has for it; everything else that was changed stays. */
export function withRecipe(form: FormState, recipe: string): FormState {
  const fresh: FormState = { ...form, settings: trainSettings(recipe, form.preset) };
  const changes = changedPaths(form).filter((path) => !path.startsWith('method.'));
  return kept(
    changes.reduce((next, path) => withEntry(next, path, readSetting(form.settings, path)), fresh),
  );
}

/** A preset sets everything back to its values. */
export const withPreset = (form: FormState, preset: TrainPresetName): FormState =>
  initialForm(form.settings.recipe, preset);

/** Puts one field back to the preset's value. */
export function withoutChange(form: FormState, path: string): FormState {
  const own = trainSettings(form.settings.recipe, form.preset);
  return withEntry(form, path, readSetting(own, path));
}

/** Entries of fields that are gone with another kind would block the start from out of sight. */
function kept(form: FormState): FormState {
  const there = new Set(fieldsOf(form.settings).map(({ path }) => path));
  const drafts = Object.entries(form.drafts).filter(([path]) => there.has(path));
  return drafts.length === Object.keys(form.drafts).length
    ? form
    : { ...form, drafts: Object.fromEntries(drafts) };
}

function without(drafts: FormState['drafts'], path: string): FormState['drafts'] {
  const { [path]: _, ...rest } = drafts;
  return rest;
}

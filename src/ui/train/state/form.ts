/** The form of a run: settings that always hold, beside entries that do not and keep their text. Pure. */

import { type ErrorRecord, toErrorRecord } from '../../../base/errors.ts';
import type { TrainPresetName } from '../../../contract/settings/setting-row.ts';
import { isOfStage } from '../../../contract/train/stages.ts';
import { fieldsOf, readSetting, TRAIN_FIELDS } from '../../../contract/train/train-fields.ts';
import { changedPaths, PLAIN } from '../../../contract/train/train-query.ts';
import {
  type StageOrder,
  type TrainSettings,
  trainSettings,
} from '../../../contract/train/train-settings.ts';
import { settingFromText, withSetting } from '../../../contract/train/train-validate.ts';

export interface Draft {
  readonly text: string;
  readonly error: ErrorRecord;
}

/** A stage that the form does not show, or the one it shows as it was when it was chosen. */
export interface FormStage {
  readonly id: string;
  readonly label: string;
  /** Completion tokens after which it ends; absent where its steps alone end it. */
  readonly tokens?: number;
  readonly preset: TrainPresetName;
  readonly settings: TrainSettings;
  readonly drafts: Readonly<Record<string, Draft>>;
  /** As the schedule that it came with has it; absent for one of a person's own. */
  readonly origin?: TrainSettings;
}

export interface FormStages {
  /** The ready-made schedule that these are, until something of them is changed; null for others. */
  readonly ready: string | null;
  readonly order: StageOrder;
  readonly list: readonly FormStage[];
  /** Which one the form shows. */
  readonly chosen: number;
}

export interface FormState {
  readonly preset: TrainPresetName;
  readonly settings: TrainSettings;
  /** Entries that were refused, by the path of their field. */
  readonly drafts: Readonly<Record<string, Draft>>;
  /** Absent where the run is one from its first step to its last; else the settings above are the chosen stage’s. */
  readonly stages?: FormStages;
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
    return changed(
      kept({ ...form, settings, drafts: without(form.drafts, path) }),
      isOfStage(path),
    );
  } catch (error) {
    const draft = { text: String(value), error: named(toErrorRecord(error, path)) };
    return { ...form, drafts: { ...form.drafts, [path]: draft } };
  }
}

/** A ready-made schedule is one until something of its stages is changed. */
function changed(form: FormState, ofStage: boolean): FormState {
  if (form.stages === undefined || !ofStage) return form;
  return { ...form, stages: { ...form.stages, ready: null } };
}

/** The field by the name that it has on the page. */
function named(error: ErrorRecord): ErrorRecord {
  const label = TRAIN_FIELDS.find(({ path }) => path === error.where)?.label;
  const message = error.message.replace(`The setting ${error.where}`, `“${label}”`);
  return label === undefined ? error : { ...error, message };
}

/** Another recipe brings its own method and what the preset has for it; everything else that was changed stays. */
export function withRecipe(form: FormState, recipe: string): FormState {
  const fresh = changed({ ...form, settings: trainSettings(recipe, form.preset) }, true);
  const changes = changedPaths(form).filter((path) => !path.startsWith('method.'));
  const next = kept(
    changes.reduce((own, path) => withEntry(own, path, readSetting(form.settings, path)), fresh),
  );
  const { items, questions } = form.settings;
  const given = {
    ...(items === undefined ? {} : { items }),
    ...(questions === undefined ? {} : { questions }),
  };
  return { ...next, settings: { ...next.settings, ...given } };
}

/** A preset sets everything back to its values. */
export function withPreset(form: FormState, preset: TrainPresetName): FormState {
  const fresh = initialForm(form.settings.recipe, preset);
  return form.stages === undefined ? fresh : changed({ ...fresh, stages: form.stages }, true);
}

/**
 * What the form's settings are told apart from: the preset's, or where the chosen stage came with a schedule and still
 * has its recipe, those that it came with.
 */
function ownValues({ settings, preset, stages }: FormState): TrainSettings {
  const chosen = stages?.list[stages.chosen];
  const { origin } = chosen ?? {};
  return origin?.recipe === settings.recipe && chosen?.preset === preset
    ? origin
    : trainSettings(settings.recipe, preset);
}

/** The paths that a person changed. */
export const formChanges = (form: FormState): string[] => changedPaths(form, ownValues(form));

/** Puts one field back to the value that it came with. */
export function withoutChange(form: FormState, path: string): FormState {
  return withEntry(form, path, readSetting(ownValues(form), path));
}

/** Takes back what was changed, and what was typed and refused; what a stage came with stays. */
export function withoutChanges(form: FormState): FormState {
  const { items } = form.settings;
  const fresh = { ...form, settings: { ...ownValues(form), ...(items && { items }) }, drafts: {} };
  return changed(fresh, formChanges(form).some(isOfStage));
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

/** Settings of a run as an address: recipe, preset, and what differs from the preset. */

import type { TrainPresetName } from '../settings/setting-row.ts';
import { readSetting, TRAIN_FIELDS } from './train-fields.ts';
import { type TrainSettings, trainSettings } from './train-settings.ts';

/** Settings, and the preset that they are told apart from. */
export interface PresetSettings {
  readonly settings: TrainSettings;
  readonly preset: TrainPresetName;
}

/** What an address without settings means. */
export const PLAIN = { recipe: 'vigos', preset: 'tiny' } as const;

/** The paths whose values are not the preset's, or not those of other settings. */
export function changedPaths(
  { settings, preset }: PresetSettings,
  own = trainSettings(settings.recipe, preset),
): string[] {
  return TRAIN_FIELDS.map(({ path }) => path).filter((path) => {
    const value = readSetting(settings, path);
    return value !== undefined && String(value) !== String(readSetting(own, path));
  });
}

/** The query of the Train page's address, without the page's name. */
export function trainQuery({ settings, preset }: PresetSettings): string {
  const query = new URLSearchParams();
  if (settings.recipe !== PLAIN.recipe) query.set('recipe', settings.recipe);
  if (preset !== PLAIN.preset) query.set('preset', preset);
  for (const path of changedPaths({ settings, preset }))
    query.set(path, String(readSetting(settings, path)));
  return query.toString();
}

/**
 * The same of a run of an experiment. Experiments follow no rollout and write nothing down on the way; neither changes
 * a number, and who trains in a tab wants both, so that they are the preset's.
 */
export function experimentQuery({ settings, preset }: PresetSettings): string {
  const { followed, checkpointEvery } = trainSettings(settings.recipe, preset);
  return trainQuery({ settings: { ...settings, followed, checkpointEvery }, preset });
}

/** How two runs differ in their settings, in words. */
import { readSetting, TRAIN_FIELDS } from './train-fields.ts';
import { recipeOf, type TrainSettings } from './train-settings.ts';

/** One line for each setting that differs, "Learning rate 0.001 instead of 0.0003"; none for equal settings. */
export function settingsDifferences(a: TrainSettings, b: TrainSettings): string[] {
  const lines: string[] = [];
  if (a.recipe !== b.recipe)
    lines.push(`Recipe ${recipeOf(a.recipe).label} instead of ${recipeOf(b.recipe).label}`);
  for (const { path, label, unit } of TRAIN_FIELDS) {
    const own = inWords(readSetting(a, path), unit);
    const other = inWords(readSetting(b, path), unit);
    if (own !== other) lines.push(`${label} ${own} instead of ${other}`);
  }
  return lines;
}

function inWords(value: unknown, unit: string): string {
  if (value === undefined) return 'none';
  if (value === true) return 'on';
  if (value === false) return 'off';
  if (Array.isArray(value)) return value.join(', ');
  return typeof value === 'number' && unit !== '' ? `${value} ${unit}` : String(value);
}

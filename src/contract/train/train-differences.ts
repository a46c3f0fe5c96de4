/** How two runs, or two losses, differ in their settings, in words. */

import { type MethodConfig, TEACHER_NAMES } from '../../method/types.ts';
import { recipeOf } from './recipes.ts';
import { readSetting, TRAIN_FIELDS } from './train-fields.ts';
import type { TrainSettings } from './train-settings.ts';

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
  const [own, other] = [drawnFrom(a), drawnFrom(b)];
  if (own !== other) lines.push(`Draws from ${own} instead of ${other}`);
  return lines;
}

/** The world, measured questions of it, or a set of a person's own, which its fingerprint tells from another of its name. */
function drawnFrom({ items, questions }: TrainSettings): string {
  if (questions !== undefined) return `“${questions.name}” (${questions.fingerprint.slice(0, 8)})`;
  return items === undefined ? 'all questions' : `“${items.name}” (${items.items.length})`;
}

/** What of a run's loss is otherwise than in the other one, as {@link settingsDifferences} says it; teachers whom neither asks are left out. */
export function methodDifferences(run: MethodConfig, other: MethodConfig): string[] {
  if (run.name !== other.name) return [`Method ${NAMES[run.name]} instead of ${NAMES[other.name]}`];
  const idle = TEACHER_NAMES.filter((name) => !run.teachers[name] && !other.teachers[name]);
  const lines: string[] = [];
  for (const { path, label, unit } of TRAIN_FIELDS) {
    if (!path.startsWith('method.') || idle.some((name) => path.includes(`.${name}`))) continue;
    const own = readSetting({ method: run }, path);
    if (own === undefined) continue;
    const [a, b] = [inWords(own, unit), inWords(readSetting({ method: other }, path), unit)];
    if (a !== b) lines.push(`${label} ${a} instead of ${b}`);
  }
  return lines;
}

const NAMES = { vigos: 'ViGOS', opsd: 'OPSD' } as const;

function inWords(value: unknown, unit: string): string {
  if (value === undefined) return 'none';
  if (value === true) return 'on';
  if (value === false) return 'off';
  if (Array.isArray(value)) return value.join(', ');
  return typeof value === 'number' && unit !== '' ? `${value} ${unit}` : String(value);
}

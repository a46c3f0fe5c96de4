/** A method said in few words: the named preset that comes nearest to it, and what differs from that. */
import { PRESETS, type Preset, withReading } from '../method/presets.ts';
import type { MethodConfig } from '../method/types.ts';
import { METHOD_FIELDS } from './method-fields.ts';
import { READING, valueAt } from './method-settings.ts';

/** A preset that has a method. */
export type MethodPreset = Preset & { readonly method: MethodConfig };

/** In the order of the presets. */
export const METHOD_PRESETS: readonly MethodPreset[] = PRESETS.filter(
  (preset): preset is MethodPreset => preset.method !== null,
);

export interface PresetChanges {
  readonly preset: MethodPreset;
  /** By path (`method.clip.value`), as `withMethodSettings` takes them: it makes the method of the preset. */
  readonly changes: Readonly<Record<string, unknown>>;
}

/** The preset from which the fewest settings make this method; the first of several. */
export function nearestPreset(method: MethodConfig): PresetChanges {
  const [first, ...others] = METHOD_PRESETS.filter((preset) => preset.method.name === method.name);
  return others
    .map((preset) => ({ preset, changes: changesFrom(preset.method, method) }))
    .reduce((best, one) => (count(one.changes) < count(best.changes) ? one : best), {
      preset: first,
      changes: changesFrom(first.method, method),
    });
}

/** The settings that make one method of another with its name; a reading brings its switches along. */
export function changesFrom(from: MethodConfig, to: MethodConfig): PresetChanges['changes'] {
  const reads = from.reading === to.reading ? from : withReading(from, to.reading);
  const changes: Record<string, unknown> = reads === from ? {} : { [READING]: to.reading };
  for (const { path } of METHOD_FIELDS) {
    const value = valueAt({ method: to }, path);
    if (value !== undefined && value !== valueAt({ method: reads }, path)) changes[path] = value;
  }
  return changes;
}

/** Whether two methods are one: the same name and every setting. */
export const sameMethod = (a: MethodConfig, b: MethodConfig): boolean =>
  a.name === b.name &&
  METHOD_FIELDS.every(({ path }) => valueAt({ method: a }, path) === valueAt({ method: b }, path));

const count = (changes: PresetChanges['changes']) => Object.keys(changes).length;

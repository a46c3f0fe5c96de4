/** A setting as a row of a table: its field and its value in each preset. */

import type { SettingField } from './fields.ts';

/** Values for a model of this size, or those of the paper. */
export type TrainPresetName = 'tiny' | 'paper';

export interface SettingRow<T, F extends SettingField = SettingField> {
  readonly field: F;
  readonly preset: Readonly<Record<TrainPresetName, T>>;
  /** Its value in records from before it was a setting. */
  readonly absent?: T;
  /** Left out of an experiment's plan at its `absent` value, so that runs from before it was a setting stay what they were. */
  readonly unplanned?: boolean;
  /** A temperature: kernels divide by it, so nothing lies between greedy and 0.01. */
  readonly greedy?: boolean;
}

/** `tiny` is the paper's value too unless that is given. */
export function row<T, F extends SettingField = SettingField>(
  field: F,
  tiny: T,
  {
    paper = tiny,
    ...more
  }: Partial<Pick<SettingRow<T>, 'absent' | 'unplanned' | 'greedy'>> & { paper?: T } = {},
): SettingRow<T, F> {
  return { field, preset: { tiny, paper }, ...more };
}

/** Rows by the names of their values. */
export type SettingGroup = Readonly<Record<string, SettingRow<unknown>>>;

/** The values of a group of rows, by name. */
export type ValuesOf<G> = {
  readonly [K in keyof G]: G[K] extends SettingRow<infer T> ? T : never;
};

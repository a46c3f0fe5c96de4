/** What a row of the Lab's table of settings can be. Bounds and names that the contract has are taken from there. */
import { fieldName, type NumberField } from '../../../contract/settings/fields.ts';
import type { NumberBounds } from '../../../contract/settings/sampling-bounds.ts';
import type { MethodConfig } from '../../../method/types.ts';
import type { Seeing } from '../../../world/seeing.ts';
import type { TermId } from '../../shared/glossary.ts';

interface SettingBase<T> {
  /** Key in the URL. */
  key: string;
  label: string;
  term: TermId;
  fallback: T;
}
export interface NumberSetting extends SettingBase<number> {
  kind: 'number';
  min: number;
  max: number;
  /** Of the arrows; 1 and more are whole numbers. */
  step: number;
  /** The least value above 0 that the engine takes; what lies between goes to the nearer one. */
  least?: number;
}
export interface ChoiceSetting<T extends string> extends SettingBase<T> {
  kind: 'choice';
  options: readonly { value: T; label: string }[];
}
export interface SwitchSetting extends SettingBase<boolean> {
  kind: 'switch';
}
export interface TextSetting extends SettingBase<string | null> {
  kind: 'text';
  maxLength: number;
}
interface TokenSetting extends SettingBase<number | null> {
  kind: 'token';
}
/** 0 to 1, exactly as it is written, or null. */
interface ShareSetting extends SettingBase<number | null> {
  kind: 'share';
}
/** Three numbers, separated by commas: noise, pixels of an edge, share of covered things. */
interface SeeingSetting extends SettingBase<Seeing | null> {
  kind: 'seeing';
}
/** Several keys of the address: see `method-link.ts`. */
interface MethodSetting extends SettingBase<MethodConfig | null> {
  kind: 'method';
}
export type Setting =
  | MethodSetting
  | NumberSetting
  | ChoiceSetting<string>
  | SwitchSetting
  | TextSetting
  | TokenSetting
  | ShareSetting
  | SeeingSetting;

type Choices<T> = readonly { value: T; label: string }[];

/** Whole numbers where the step is 1. */
export function number(
  [key, label, term]: Named,
  fallback: number,
  { min, max, least }: Omit<NumberBounds, 'integer'>,
  step = 1,
): NumberSetting {
  const bounds = { min, max, ...(least !== undefined && { least }) };
  return { kind: 'number', key, label, term, fallback, ...bounds, step };
}

/** A number that the contract has a field for, under its name. */
export const numberOf = (
  field: NumberField,
  [key, term]: readonly [key: string, term: TermId],
  fallback: number,
  bounds: NumberBounds,
): NumberSetting =>
  number([key, fieldName(field), term], fallback, bounds, field.integer ? 1 : 0.05);

export const choice = <T extends string>(
  [key, label, term]: Named,
  fallback: T,
  options: Choices<T>,
): ChoiceSetting<T> => ({ kind: 'choice', key, label, term, fallback, options });

/** Options that are called by their values. */
export const plainly = <T extends string>(values: readonly T[]): Choices<T> =>
  values.map((value) => ({ value, label: value }));

export const flag = ([key, label, term]: Named, fallback: boolean): SwitchSetting => ({
  kind: 'switch',
  key,
  label,
  term,
  fallback,
});

export const text = ([key, label, term]: Named, maxLength: number): TextSetting => ({
  kind: 'text',
  key,
  label,
  term,
  fallback: null,
  maxLength,
});

/** Key in the URL, what the page calls it, and the term that explains it. */
type Named = readonly [key: string, label: string, term: TermId];

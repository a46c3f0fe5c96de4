/** One setting in words: what it is called, its unit, its bounds, and a sentence about it. */

interface FieldText {
  /** Dotted path in the settings. */
  readonly path: string;
  readonly label: string;
  /** Unit in words, '' where there is none. */
  readonly unit: string;
  /** One sentence for a person. */
  readonly sentence: string;
}

export interface NumberField extends FieldText {
  readonly kind: 'number';
  /** Inclusive. */
  readonly min: number;
  readonly max: number;
  readonly integer: boolean;
}

/** Options in words, where they are not called by their values. */
export type OptionLabels = Readonly<Record<string, string>>;

export interface ChoiceField extends FieldText {
  readonly kind: 'choice';
  readonly options: readonly string[];
  readonly labels: OptionLabels;
}

/** Any non-empty part of the options. */
export interface ListField extends FieldText {
  readonly kind: 'list';
  readonly options: readonly string[];
}

export interface FlagField extends FieldText {
  readonly kind: 'flag';
}

export type SettingField = NumberField | ChoiceField | ListField | FlagField;

/** Its label, with the unit where that says more. */
export const fieldName = ({ label, unit }: SettingField): string =>
  unit === '' || unit === label.toLowerCase() ? label : `${label} (${unit})`;

type Range = readonly [min: number, max: number];

function text(path: string, label: string, unit: string, sentence: string): FieldText {
  return { path, label, unit, sentence };
}

const number =
  (integer: boolean) =>
  (
    path: string,
    label: string,
    unit: string,
    [min, max]: Range,
    sentence: string,
  ): NumberField => ({ ...text(path, label, unit, sentence), kind: 'number', min, max, integer });

export const whole = number(true);
export const real = number(false);

export function choice(
  path: string,
  label: string,
  options: readonly string[],
  sentence: string,
  labels: OptionLabels = {},
): ChoiceField {
  return { ...text(path, label, '', sentence), kind: 'choice', options, labels };
}

/** What a person reads for an option. */
export const optionLabel = ({ labels }: ChoiceField, option: string): string =>
  labels[option] ?? option;

export function list(
  path: string,
  label: string,
  options: readonly string[],
  sentence: string,
): ListField {
  return { ...text(path, label, '', sentence), kind: 'list', options };
}

export function flag(path: string, label: string, sentence: string): FlagField {
  return { ...text(path, label, '', sentence), kind: 'flag' };
}

/** A field's value from text, as an address or a command gives it; text that cannot be one stays as it is, to be refused. */
export function valueFromText({ kind }: SettingField, text: string): unknown {
  switch (kind) {
    case 'number':
      return text.trim() === '' ? text : Number(text);
    case 'flag':
      return text === 'true' || text === 'false' ? text === 'true' : text;
    case 'list':
      return text.split(',').map((item) => item.trim());
    case 'choice':
      return text;
  }
}

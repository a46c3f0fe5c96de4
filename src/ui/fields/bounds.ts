/** What a field takes, in words. Pure. */

import { optionLabel, type SettingField } from '../../contract/settings/fields.ts';

const plain = (value: number) =>
  Math.abs(value) >= 1e5 && Number.isInteger(Math.log10(Math.abs(value)))
    ? value.toExponential().replace('+', '')
    : String(value);

export function boundsInWords(field: SettingField): string {
  switch (field.kind) {
    case 'number':
      return `${field.integer ? 'Whole numbers' : 'Numbers'} from ${plain(field.min)} to ${plain(field.max)}${field.unit === '' ? ', no unit' : ` ${field.unit}`}.`;
    case 'list':
      return 'At least one.';
    case 'choice':
      return `One of ${field.options.map((option) => optionLabel(field, option)).join(', ')}.`;
    case 'flag':
      return 'On or off.';
  }
}

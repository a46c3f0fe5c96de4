/** The Lab's settings as a query string and back; only what differs from the default is written. */

import {
  DEFAULT_SETTINGS,
  fitNumber,
  type LabSettings,
  SETTINGS,
  type Setting,
} from './settings.ts';

type Value = string | number | boolean | null;

function write(setting: Setting, value: Value): string {
  if (setting.kind === 'switch') return value === true ? '1' : '0';
  return value === null ? '' : String(value);
}

/** Undefined for a text that the setting cannot hold; it then keeps its default. */
function read(setting: Setting, text: string): Value | undefined {
  switch (setting.kind) {
    case 'number':
      return text.trim() === '' || Number.isNaN(Number(text))
        ? undefined
        : fitNumber(setting, Number(text));
    case 'choice':
      return setting.options.find((option) => option.value === text)?.value;
    case 'switch':
      return text === '1' ? true : text === '0' ? false : undefined;
    case 'text':
      return text.slice(0, setting.maxLength);
    case 'token':
      return /^\d{1,6}$/.test(text) ? Number(text) : undefined;
  }
}

const entries = Object.entries(SETTINGS) as [keyof LabSettings, Setting][];

/** `key=value` pairs without a leading `?`; empty when everything is at its default. */
export function settingsToQuery(settings: LabSettings): string {
  const query = new URLSearchParams();
  for (const [name, setting] of entries) {
    const value = settings[name];
    if (value !== DEFAULT_SETTINGS[name]) query.set(setting.key, write(setting, value));
  }
  return query.toString();
}

/** Settings from a query string; unknown keys are ignored, unusable values keep the default. */
export function settingsFromQuery(query: string): LabSettings {
  const params = new URLSearchParams(query);
  const found: Record<string, Value> = {};
  for (const [name, setting] of entries) {
    const text = params.get(setting.key);
    const value = text === null ? undefined : read(setting, text);
    if (value !== undefined) found[name] = value;
  }
  return { ...DEFAULT_SETTINGS, ...(found as Partial<LabSettings>) };
}

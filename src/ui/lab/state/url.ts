/** The Lab's settings as a query string and back; only what differs from the default is written. */

import * as v from 'valibot';
import { toErrorRecord } from '../../../base/errors.ts';
import { SEEING_NAMES, seeingSchema } from '../../../contract/settings/seeing.ts';
import { dimmed, type Seeing } from '../../../world/seeing.ts';
import { METHOD_KEYS, readMethods, writeMethods } from './method-link.ts';
import type { Setting } from './setting-kinds.ts';
import {
  DEFAULT_SETTINGS,
  fitNumber,
  type LabSettings,
  type LabView,
  SETTINGS,
} from './settings.ts';
import { currentItem, placeName } from './subject.ts';
import type { UnusedValue } from './unused-value.ts';

type Value = string | number | boolean | Seeing | null;

export interface Link {
  readonly settings: LabSettings;
  readonly unused: readonly UnusedValue[];
  /** Its scene cannot be shown; the settings are about the one that the page opens with. */
  readonly otherScene: boolean;
}

/** Settings of one key each. */
type PlainSetting = Exclude<Setting, { kind: 'method' }>;

function write(setting: PlainSetting, value: Value): string {
  if (setting.kind === 'switch') return value === true ? '1' : '0';
  if (typeof value === 'object' && value !== null)
    return SEEING_NAMES.map((name) => value[name]).join();
  return value === null ? '' : String(value);
}

interface Read {
  /** Undefined where the setting keeps its default. */
  readonly value: Value | undefined;
  /** Null where the value is taken as it is. */
  readonly why: string | null;
}

const taken = (value: Value): Read => ({ value, why: null });
const refused = (why: string): Read => ({ value: undefined, why });

function read(setting: PlainSetting, text: string): Read {
  switch (setting.kind) {
    case 'number': {
      const number = text.trim() === '' ? Number.NaN : Number(text);
      if (Number.isNaN(number)) return refused('is not a number');
      const value = fitNumber(setting, number);
      const { min, max } = setting;
      return {
        value,
        why: value === number ? null : `became ${value} (it goes from ${min} to ${max})`,
      };
    }
    case 'choice': {
      const found = setting.options.find((option) => option.value === text)?.value;
      return found === undefined ? refused('is none of the choices') : taken(found);
    }
    case 'switch':
      return text === '1' || text === '0' ? taken(text === '1') : refused('is neither 1 nor 0');
    case 'text': {
      const value = text.slice(0, setting.maxLength);
      return {
        value,
        why: value === text ? null : `was cut after ${setting.maxLength} characters`,
      };
    }
    case 'token':
      return /^\d{1,6}$/.test(text) ? taken(Number(text)) : refused('is not a token’s number');
    case 'seeing': {
      const [noise, pictureEdge, occlusion, ...more] = text
        .split(',')
        .map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
      const seeing = { noise, pictureEdge, occlusion };
      return more.length === 0 && v.is(seeingSchema, seeing)
        ? taken(dimmed(seeing))
        : refused('is not noise, pixels of an edge and a share of covered things');
    }
    case 'share': {
      const value = text.trim() === '' ? Number.NaN : Number(text);
      return value >= 0 && value <= 1 ? taken(value) : refused('is not a number from 0 to 1');
    }
  }
}

type PlainName = Exclude<keyof LabSettings, 'method' | 'other'>;
const entries = Object.entries(SETTINGS).filter(([, { kind }]) => kind !== 'method') as [
  PlainName,
  PlainSetting,
][];

/** `key=value` pairs without a leading `?`; empty when everything is at its default. */
export function settingsToQuery(settings: LabSettings): string {
  const query = new URLSearchParams();
  for (const [name, setting] of entries) {
    const value = settings[name];
    if (name !== 'view' && value !== DEFAULT_SETTINGS[name])
      query.set(setting.key, write(setting, value));
  }
  writeMethods(query, settings);
  if (settings.view !== viewFor(query)) query.set(SETTINGS.view.key, settings.view);
  return query.toString();
}

/** What the page shows of itself as it opens; any other setting that an address names is found among all controls. */
const AT_START: ReadonlySet<string> = new Set(
  (['token', 'teacherImage', 'backend', 'model', 'worksheet'] as const).map(
    (name) => SETTINGS[name].key,
  ),
);

/** The view of an address that names none. */
const viewFor = (query: URLSearchParams): LabView =>
  [...query.keys()].some((key) => !AT_START.has(key) && isOurs(key)) ? 'all' : 'start';

const isOurs = (key: string) =>
  METHOD_KEYS.has(key) || entries.some(([, setting]) => setting.key === key);

/** What sites add to links by themselves, the name of the page, and where in the chapters one is. */
const NOT_OURS = /^(page|chapter|step|said|present|turned|utm_\w+|fbclid|gclid|ref)$/;

/** What decides which scene it is. Where one of them cannot be used, no scene is as good as another. */
const PLACE = ['split', 'index', 'usualShare', 'difficulty', 'seeing'] as const;
/** What belongs to the scene and goes with it. */
const WITH_PLACE = [...PLACE, 'question', 'answer', 'typed', 'token', 'from'] as const;

/** Settings from a query string, and what of it could not be used; values without use keep the default. */
export function readLink(query: string): Link {
  const params = new URLSearchParams(query);
  const found: Record<string, Value> = {};
  const { unused, ...methods } = readMethods(params);
  const known = new Set(entries.map(([, { key }]) => key));
  let lost = false;
  for (const [name, setting] of entries) {
    const text = params.get(setting.key);
    if (text === null) continue;
    const { value, why } = read(setting, text);
    if (value !== undefined) found[name] = value;
    if (why === null) continue;
    const decides = PLACE.some((key) => key === name);
    const range = setting.kind === 'number' ? `${setting.min} to ${setting.max}` : null;
    unused.push({
      label: setting.label,
      text,
      why: decides && range !== null ? `is not a whole number from ${range}` : why,
    });
    lost ||= decides;
  }
  for (const [key, text] of params)
    if (!known.has(key) && !METHOD_KEYS.has(key) && !NOT_OURS.test(key))
      unused.push({ label: key, text, why: 'means nothing to this version' });
  const settings = { ...DEFAULT_SETTINGS, ...methods, ...(found as Partial<LabSettings>) };
  const fault = lost ? null : noScene(settings);
  if (fault !== null) unused.push({ label: 'Scene', text: placeName(settings), why: fault });
  if (lost || fault !== null) for (const name of WITH_PLACE) delete found[name];
  const { pick, count } = settings;
  if (pick >= count) {
    const why = `is not there: of ${count} the first has number 0`;
    unused.push({ label: SETTINGS.pick.label, text: `${pick}`, why });
    delete found.pick;
  }
  const view = viewFor(params);
  return {
    settings: { ...DEFAULT_SETTINGS, view, ...methods, ...(found as Partial<LabSettings>) },
    unused,
    otherScene: lost || fault !== null,
  };
}

/** Why the world has no such scene; null where it has. */
function noScene(settings: LabSettings): string | null {
  try {
    currentItem(settings);
    return null;
  } catch (error) {
    return `cannot be drawn: ${toErrorRecord(error).message}`;
  }
}

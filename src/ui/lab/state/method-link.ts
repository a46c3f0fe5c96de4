/** A method in an address: its nearest named method, and only what differs from that, by the paths of its settings. Pure. */

import { toErrorRecord } from '../../../base/errors.ts';
import { type SettingField, valueFromText } from '../../../contract/settings/fields.ts';
import { METHOD_FIELDS } from '../../../contract/settings/method-fields.ts';
import { inOrder, withMethodSettings } from '../../../contract/settings/method-settings.ts';
import { nearestMethod, sameMethod } from '../../../contract/settings/nearest-method.ts';
import { NAMED_METHODS, OPSD, VIGOS_PAPER } from '../../../method/named-methods.ts';
import type { MethodConfig } from '../../../method/types.ts';
import { type BothMethods, otherMethodOf, withAblation, withMethod } from './method.ts';
import { ABLATION, type Ablation, SETTINGS } from './settings.ts';
import type { UnusedValue } from './unused-value.ts';

/** Their keys; the settings of the other method begin with its key, as those of the one in use do. */
const METHOD = 'method';
const OTHER = 'other';

/** Writes both methods as far as they are not the Lab's own at the start. */
export function writeMethods(query: URLSearchParams, { method, other }: BothMethods): void {
  if (!sameMethod(method, VIGOS_PAPER)) write(query, METHOD, method);
  if (other !== null) write(query, OTHER, other);
}

function write(query: URLSearchParams, key: string, method: MethodConfig) {
  const { named, changes } = nearestMethod(method);
  // The named method of an address without one.
  if (key !== METHOD || named.id !== 'vigos') query.set(key, named.id);
  for (const [path, value] of Object.entries(changes)) query.set(keyOf(path, key), String(value));
}

const keyOf = (path: string, key: string) => path.replace(METHOD, key);

/** Keys of the addresses from when the Lab had switches instead of a method; they are read and no longer written. */
const SWITCHES = ['reading', 'validity', 'clip', 'opener', 'boundary', 'ablation'] as const;

/** Every key that {@link readMethods} reads. */
export const METHOD_KEYS: ReadonlySet<string> = new Set([
  METHOD,
  OTHER,
  ...SWITCHES,
  ...METHOD_FIELDS.flatMap(({ path }) => [path, keyOf(path, OTHER)]),
]);

/** Both methods of an address, and which of its values they do not take; those keep what the named method has. */
export function readMethods(params: URLSearchParams): BothMethods & { unused: UnusedValue[] } {
  const unused: UnusedValue[] = [];
  const start = namedIn(params, METHOD, unused) ?? VIGOS_PAPER;
  const switched = withSwitches({ method: start, other: null }, params, unused);
  const method = withOwn(switched.method, params, METHOD, unused);
  const wanted = namedIn(params, OTHER, unused);
  if (wanted !== null && wanted.name === method.name)
    unused.push({
      label: label(OTHER),
      text: params.get(OTHER) ?? '',
      why: 'is not the other method',
    });
  const other = wanted === null || wanted.name === method.name ? switched.other : wanted;
  const hasOwn = METHOD_FIELDS.some(({ path }) => params.has(keyOf(path, OTHER)));
  if (other === null && !hasOwn) return { method, other, unused };
  const beside = withOwn(other ?? otherMethodOf({ method, other }), params, OTHER, unused);
  return { ...withMethod({ method: beside, other: null }, method), unused };
}

function namedIn(params: URLSearchParams, key: string, unused: UnusedValue[]) {
  const text = params.get(key);
  const found = NAMED_METHODS.find(({ id }) => id === text);
  if (text !== null && found === undefined)
    unused.push({ label: label(key), text, why: 'is none of the choices' });
  return found?.method ?? null;
}

const label = (key: string) => (key === METHOD ? SETTINGS.method.label : SETTINGS.other.label);

/** What the settings of the method say, each by itself: one that cannot be taken spoils no other. */
function withOwn(
  method: MethodConfig,
  params: URLSearchParams,
  key: string,
  unused: UnusedValue[],
): MethodConfig {
  const given = METHOD_FIELDS.flatMap((field): [string, SettingField][] =>
    params.has(keyOf(field.path, key)) ? [[field.path, field]] : [],
  );
  return inOrder(Object.fromEntries(given)).reduce((own, [path]) => {
    const field = METHOD_FIELDS.find((one) => one.path === path);
    const text = params.get(keyOf(path, key)) ?? '';
    if (field === undefined) return own;
    try {
      return withMethodSettings(own, { [path]: valueFromText(field, text) });
    } catch (error) {
      unused.push({ label: field.label, text, why: whyNot(error) });
      return own;
    }
  }, method);
}

function whyNot(error: unknown): string {
  const { code, fix } = toErrorRecord(error);
  if (code === 'method.idle-setting') return 'would do nothing with the rest of it';
  return `is not taken: ${fix[0]?.toLowerCase()}${fix.slice(1).replace(/\.$/, '')}`;
}

const BY_READING = ['reading', 'on', 'off'];
const CHOICES: Readonly<Record<(typeof SWITCHES)[number], readonly string[]>> = {
  reading: ['paper', 'code'],
  validity: ['strict', 'lenient'],
  clip: ['method', 'none'],
  opener: BY_READING,
  boundary: BY_READING,
  ablation: ABLATION.options.map(({ value }) => value),
};
const LABELS: Readonly<Record<(typeof SWITCHES)[number], string>> = {
  reading: 'Reading',
  validity: 'Validity',
  clip: 'Clip',
  opener: 'Tag opener',
  boundary: 'Boundary clips',
  ablation: 'Ablation',
};

/** The switches of an older address; those that OPSD has not are the other method's. */
function withSwitches(
  before: BothMethods,
  params: URLSearchParams,
  unused: UnusedValue[],
): BothMethods {
  const given: Partial<Record<(typeof SWITCHES)[number], string>> = {};
  for (const key of SWITCHES) {
    const text = params.get(key);
    if (text === null) continue;
    if (CHOICES[key].includes(text)) given[key] = text;
    else unused.push({ label: LABELS[key], text, why: 'is none of the choices' });
  }
  const switched = (own: MethodConfig) => withMethodSettings(own, settingsOf(given, own));
  const { method } = before;
  const vigos = method.name === 'vigos' ? method : VIGOS_PAPER;
  const { ablation } = given;
  const parts = switched(
    ablation === undefined ? vigos : withAblation(vigos, ablation as Ablation),
  );
  if (method.name === 'vigos') return { method: parts, other: null };
  return withMethod({ method: parts, other: null }, switched(OPSD));
}

function settingsOf(
  { reading, validity, clip, opener, boundary }: Partial<Record<string, string>>,
  { name }: MethodConfig,
): Record<string, unknown> {
  const parts = name === 'vigos';
  return {
    ...(reading === undefined ? {} : { 'method.reading': reading }),
    ...(validity === undefined ? {} : { 'method.validity': validity }),
    ...(clip === 'none' ? { 'method.clip.kind': 'none' } : {}),
    ...(parts && (opener === 'on' || opener === 'off') ? { 'method.opener': opener === 'on' } : {}),
    ...(parts && (boundary === 'on' || boundary === 'off')
      ? { 'method.boundaryClip.kind': boundary === 'on' ? 'token' : 'none' }
      : {}),
  };
}

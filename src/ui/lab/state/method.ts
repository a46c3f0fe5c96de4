/** The method of the Lab, which holds every setting of it, and the other one beside it. Pure. */

import { type ErrorRecord, toErrorRecord } from '../../../base/errors.ts';
import { type SettingField, valueFromText } from '../../../contract/settings/fields.ts';
import { READING, withMethodSettings } from '../../../contract/settings/method-settings.ts';
import { sameMethod } from '../../../contract/settings/nearest-method.ts';
import { NAMED_METHODS, OPSD, VIGOS_PAPER, withReading } from '../../../method/named-methods.ts';
import type { MethodConfig, MethodName } from '../../../method/types.ts';
import type { Ablation, LabSettings } from './settings.ts';

/** The method in use, and what the other of the two was last; null is its published form. */
export type BothMethods = Pick<LabSettings, 'method' | 'other'>;

const VALIDITY = 'method.validity';
const UNCLIPPED: MethodConfig['clip'] = { kind: 'none' };

/** The published form of the other method, read and clipped or not as this one is. */
function counterpart({ name, reading, validity, clip }: MethodConfig): MethodConfig {
  const published = name === 'opsd' ? VIGOS_PAPER : OPSD;
  const own = { ...withReading(published, reading), validity };
  return clip.kind === 'none' ? { ...own, clip: UNCLIPPED } : own;
}

export const otherMethodOf = ({ method, other }: BothMethods): MethodConfig =>
  other ?? counterpart(method);

const both = (method: MethodConfig, other: MethodConfig): BothMethods => ({
  method,
  other: sameMethod(counterpart(method), other) ? null : other,
});

/** This method; one of the other name than before leaves that one as it was, to be come back to. */
export function withMethod(before: BothMethods, method: MethodConfig): BothMethods {
  const { name } = before.method;
  return both(method, method.name === name ? otherMethodOf(before) : before.method);
}

export const withMethodName = (before: BothMethods, name: MethodName): BothMethods =>
  before.method.name === name ? before : withMethod(before, otherMethodOf(before));

/**
 * One setting changed, by its path; how a completion is read is a matter of both methods.
 * @throws PlaygroundError what `withMethodSettings` throws
 */
export function withMethodValue(before: BothMethods, path: string, value: unknown): BothMethods {
  const method = withMethodSettings(before.method, { [path]: value });
  const shared = path === READING || path === VALIDITY;
  const { other } = before;
  if (other === null) return { method, other };
  return both(method, shared ? withMethodSettings(other, { [path]: value }) : other);
}

/** An entry of a field of the method: both methods with it, or why it cannot be. */
export type MethodEntry =
  | { readonly methods: BothMethods; readonly error: null }
  | { readonly methods: null; readonly error: ErrorRecord };

/** What a person entered in a field, as text or as the value of a control. */
export function enteredValue(
  before: BothMethods,
  field: SettingField,
  entry: unknown,
): MethodEntry {
  const value = typeof entry === 'string' ? valueFromText(field, entry) : entry;
  try {
    return { methods: withMethodValue(before, field.path, value), error: null };
  } catch (error) {
    return { methods: null, error: toErrorRecord(error, field.path) };
  }
}

/** The ablation that ViGOS's teachers amount to; null where they are none of the paper's. */
export function ablationOf({ teachers, divergence }: MethodConfig): Ablation | null {
  const gone = (['perception', 'reasoning', 'reference'] as const).filter(
    (name) => !teachers[name],
  );
  const forward = divergence.reference.kind === 'forward-kl';
  if (gone.length === 0) return forward ? 'reference-forward-kl' : 'none';
  return gone.length > 1 || forward ? null : `without-${gone[0]}`;
}

/** ViGOS with the teachers of an ablation; what the other ablations change goes back, and nothing else does. */
export function withAblation(method: MethodConfig, ablation: Ablation): MethodConfig {
  const named = NAMED_METHODS.find(({ id }) => id === ablation)?.method ?? VIGOS_PAPER;
  const { divergence } = method;
  const turned = ablation === 'reference-forward-kl' || divergence.reference.kind === 'forward-kl';
  return {
    ...method,
    teachers: { ...named.teachers, privileged: method.teachers.privileged },
    divergence: turned ? { ...divergence, reference: named.divergence.reference } : divergence,
  };
}

/** The method that the Lab's switches describe, and the switches that come nearest to a method. */

import {
  OPSD,
  PRESETS,
  READING_SWITCHES,
  VIGOS_PAPER,
  withReading,
} from '../../../method/presets.ts';
import { type MethodConfig, TEACHER_NAMES } from '../../../method/types.ts';
import type { ByReading, LabSettings } from './settings.ts';

/** The settings that a method is made of, but for its ablation. */
export type MethodSwitches = Pick<
  LabSettings,
  'method' | 'reading' | 'validity' | 'clip' | 'opener' | 'boundary'
>;

const UNCLIPPED: MethodConfig['clip'] = { kind: 'none' };

export function methodOf(settings: MethodSwitches & Pick<LabSettings, 'ablation'>): MethodConfig {
  const { method, reading, validity, ablation, opener, boundary } = settings;
  const switched = { validity, ...(settings.clip === 'none' ? { clip: UNCLIPPED } : {}) };
  if (method === 'opsd') return { ...withReading(OPSD, reading), ...switched };
  const ablated = PRESETS.find(({ id }) => id === ablation)?.method ?? VIGOS_PAPER;
  const asRead = READING_SWITCHES[reading];
  return {
    ...ablated,
    ...switched,
    reading,
    opener: opener === 'reading' ? asRead.opener : opener === 'on',
    boundaryClip:
      boundary === 'reading'
        ? asRead.boundaryClip
        : READING_SWITCHES[boundary === 'on' ? 'code' : 'paper'].boundaryClip,
  };
}

/** The switches of a method; the other way round of {@link methodOf}, as far as there are switches. */
export function switchesOfMethod(own: MethodConfig): MethodSwitches {
  const asRead = own.name === 'opsd' ? own : READING_SWITCHES[own.reading];
  const by = (is: boolean, usual: boolean): ByReading => {
    if (is === usual) return 'reading';
    return is ? 'on' : 'off';
  };
  const { boundaryClip, opener } = own;
  return {
    method: own.name,
    reading: own.reading,
    validity: own.validity,
    clip: own.clip.kind === 'none' ? 'none' : 'method',
    opener: by(opener, asRead.opener),
    boundary: by(boundaryClip.kind !== 'none', asRead.boundaryClip.kind !== 'none'),
  };
}

/** The other of the two methods, with the same switches. */
export const otherMethodOf = (settings: Parameters<typeof methodOf>[0]): MethodConfig =>
  methodOf({ ...settings, method: settings.method === 'opsd' ? 'vigos' : 'opsd' });

/** Whether two methods differ in none of the switches that the Lab has. */
export const sameMethod = (a: MethodConfig, b: MethodConfig): boolean =>
  a.name === b.name &&
  a.reading === b.reading &&
  a.validity === b.validity &&
  a.clip.kind === b.clip.kind &&
  a.opener === b.opener &&
  a.boundaryClip.kind === b.boundaryClip.kind &&
  TEACHER_NAMES.every(
    (name) =>
      a.teachers[name] === b.teachers[name] && a.divergence[name].kind === b.divergence[name].kind,
  );

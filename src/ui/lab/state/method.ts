/** The method that the Lab's switches describe. */

import { OPSD, PRESETS, VIGOS_PAPER } from '../../../method/presets.ts';
import { type MethodConfig, TEACHER_NAMES } from '../../../method/types.ts';
import type { ClipChoice, LabSettings } from './settings.ts';

const UNCLIPPED: MethodConfig['clip'] = { kind: 'none' };

export function methodOf(
  settings: Pick<LabSettings, 'method' | 'reading' | 'validity' | 'ablation' | 'clip'>,
): MethodConfig {
  const { method, reading, validity, ablation } = settings;
  const switched = { reading, validity, ...(settings.clip === 'none' ? { clip: UNCLIPPED } : {}) };
  if (method === 'opsd') return { ...OPSD, ...switched };
  const ablated = PRESETS.find(({ id }) => id === ablation)?.method ?? VIGOS_PAPER;
  return { ...ablated, ...switched };
}

export const clipOf = ({ clip }: MethodConfig): ClipChoice =>
  clip.kind === 'none' ? 'none' : 'method';

/** The other of the two methods, with the same switches. */
export const otherMethodOf = (settings: Parameters<typeof methodOf>[0]): MethodConfig =>
  methodOf({ ...settings, method: settings.method === 'opsd' ? 'vigos' : 'opsd' });

/** Whether two methods differ in none of the switches that the Lab has. */
export const sameMethod = (a: MethodConfig, b: MethodConfig): boolean =>
  a.name === b.name &&
  a.reading === b.reading &&
  a.validity === b.validity &&
  a.clip.kind === b.clip.kind &&
  TEACHER_NAMES.every(
    (name) =>
      a.teachers[name] === b.teachers[name] && a.divergence[name].kind === b.divergence[name].kind,
  );

/** The method that the Lab's switches describe. */

import { OPSD, VIGOS_PAPER } from '../../../method/presets.ts';
import type { MethodConfig } from '../../../method/types.ts';
import type { LabSettings } from './settings.ts';

export function methodOf(
  settings: Pick<LabSettings, 'method' | 'reading' | 'validity'>,
): MethodConfig {
  const { method, reading, validity } = settings;
  return { ...(method === 'opsd' ? OPSD : VIGOS_PAPER), reading, validity };
}

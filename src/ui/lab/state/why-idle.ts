/** Which switches have nothing to act on, and why. Pure. */

import type { LabSettings } from './settings.ts';

const NO_PARTS =
  'OPSD has one teacher for every token, so there are no parts that this could act on.';
const ONE_TEACHER =
  'OPSD has one teacher: without it there is nothing to measure. Choose ViGOS first.';

/** Why a switch changes nothing under these settings; undefined where it does. */
export function whyIdle(
  { method, teacherImage }: Pick<LabSettings, 'method' | 'teacherImage'>,
  name: keyof LabSettings,
): string | undefined {
  const opsd = method === 'opsd';
  if (name === 'ablation') return opsd ? ONE_TEACHER : undefined;
  if (name === 'opener' || name === 'boundary') return opsd ? NO_PARTS : undefined;
  if (name === 'imageOf' && teacherImage === 'same')
    return 'Every teacher sees the student’s picture; choose another picture first.';
  return undefined;
}

/** Which controls have nothing to act on, and why. Pure. */

import type { MethodConfig } from '../../../method/types.ts';
import type { LabSettings } from './settings.ts';

const NO_PARTS =
  'OPSD has one teacher for every token, so there are no parts that this could act on.';
const ONE_TEACHER =
  'OPSD has one teacher: without it there is nothing to measure. Choose ViGOS first.';

const OF_PARTS = /^method\.(opener|boundaryClip\.)/;

/** Why a setting of the method, by its path, changes nothing; undefined where it does. */
export function whyIdle({ name }: Pick<MethodConfig, 'name'>, path: string): string | undefined {
  return name === 'opsd' && OF_PARTS.test(path) ? NO_PARTS : undefined;
}

export const whyNoAblation = ({ name }: Pick<MethodConfig, 'name'>): string | undefined =>
  name === 'opsd' ? ONE_TEACHER : undefined;

export const whyNoReader = ({
  teacherImage,
}: Pick<LabSettings, 'teacherImage'>): string | undefined =>
  teacherImage === 'same'
    ? 'Every teacher sees the student’s picture; choose another picture first.'
    : undefined;

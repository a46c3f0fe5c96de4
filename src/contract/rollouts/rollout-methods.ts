/** The methods under which rollouts of files are planned and scored. */

import { OPSD, VIGOS_CODE, VIGOS_PAPER } from '../../method/named-methods.ts';
import type { MethodConfig } from '../../method/types.ts';

/** The methods that every row is planned under, by the ids of the named ones. */
export const ROLLOUT_METHODS = {
  vigos: { label: 'ViGOS (paper)', method: VIGOS_PAPER },
  'vigos-code': { label: 'ViGOS (released code)', method: VIGOS_CODE },
  opsd: { label: 'OPSD', method: OPSD },
} as const satisfies Readonly<Record<string, { label: string; method: MethodConfig }>>;

export type RolloutMethodId = keyof typeof ROLLOUT_METHODS;

export const ROLLOUT_METHOD_IDS = Object.keys(ROLLOUT_METHODS) as readonly RolloutMethodId[];

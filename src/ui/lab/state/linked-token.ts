/** The token that an address asks for, where the rollout is too short to have it. Pure. */

import type { ErrorRecord } from '../../../base/errors.ts';
import { SETTINGS } from './settings.ts';

/** @param length tokens of the rollout that is on the page */
export function tokenNotThere(token: number, length: number): ErrorRecord {
  const { label } = SETTINGS.token;
  return {
    code: 'link.not-whole',
    message: `Not all of this address can be used: ${label} “${token}” is not there: the rollout here has ${length} tokens, and the first has number 0.`,
    fix: 'The panel shows the token at which student and teacher differ most.',
    where: 'address',
    detail: { token, length },
  };
}

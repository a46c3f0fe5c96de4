/** What single vocabulary entries add to a token's divergence, as a share of it. Pure. */

import type { TokenTrace, TraceTopEntry } from '../../contract/trace/trace.ts';
import { usedDivergence } from '../../contract/trace/used-divergence.ts';
import type { MethodConfig } from '../../method/types.ts';

/** Below it, in nats, the figures' own rounding decides the shares. */
const LEAST = 1e-4;

/**
 * One entry's share of the divergence that the token's loss uses, before the clip; about 1 when it makes nearly all of
 * it, and negative where the averaging side of a KL finds the entry less probable than the other does. Null without a
 * teacher, where the divergence is too small for shares to mean anything, and where an older file does not hold them.
 */
export function divergenceShare(
  { term }: TraceTopEntry,
  token: TokenTrace,
  method: MethodConfig,
): number | null {
  const whole = usedDivergence(token, method);
  return term === undefined || whole === null || whole < LEAST ? null : term / whole;
}

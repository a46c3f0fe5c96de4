/** What single vocabulary entries add to a token's KL. Pure. */

import type { TokenTrace, TraceTopEntry } from '../../contract/trace.ts';
import type { MethodConfig } from '../../method/types.ts';

/** Below it, in nats, the figures' own rounding decides the shares. */
const LEAST_KL = 1e-4;

/**
 * One entry's share of the KL that the token's loss uses; about 1 when it makes nearly all of it, and
 * negative where the averaging side finds the entry less probable than the other does. Null without
 * a teacher, for a Jensen-Shannon loss, and where the KL is too small for shares to mean anything.
 *
 * @param side whose list the entry is from, so that `p` is that side's probability
 */
export function klShare(
  entry: TraceTopEntry,
  side: 'student' | 'teacher',
  token: TokenTrace,
  method: MethodConfig,
): number | null {
  if (token.teacher === null || entry.otherP === null) return null;
  const { kind } = method.divergence[token.teacher];
  if (kind === 'jsd') return null;
  const kl = kind === 'forward-kl' ? token.forwardKl : token.reverseKl;
  if (kl === null || kl < LEAST_KL) return null;
  const [p, q] = side === 'student' ? [entry.p, entry.otherP] : [entry.otherP, entry.p];
  const [over, under] = kind === 'forward-kl' ? [q, p] : [p, q];
  if (over === 0) return 0;
  return under === 0 ? null : (over * Math.log(over / under)) / kl;
}

/** Which of a scored token's divergences its loss is made of. */

import type { MethodConfig } from '../../method/types.ts';
import type { TokenTrace } from './trace.ts';

/**
 * The divergence that the token's own loss uses, before the clip, in nats; null without a teacher, and where an older
 * file does not hold it.
 */
export function usedDivergence(token: TokenTrace, method: MethodConfig): number | null {
  if (token.teacher === null) return null;
  const { kind } = method.divergence[token.teacher];
  if (kind === 'forward-kl') return token.forwardKl;
  if (kind === 'reverse-kl') return token.reverseKl;
  return token.jsd ?? null;
}

/** What a change of method, answer or picture did to the same rollout. Pure. */

import type { Trace } from '../../../contract/trace.ts';
import { totalsOf, usedDivergence } from './view.ts';

export interface Moved {
  /** Mean of the used divergence over all supervised tokens, nats a token; null without any. */
  before: number | null;
  after: number | null;
  /** Tokens whose teacher is another one, or none any more, or one at last. */
  otherTeacher: number;
  /** The token that moved most among those with a teacher before and after, and by how many nats. */
  most: { token: number; by: number } | null;
}

const meanOf = (trace: Trace) => totalsOf(trace).find((row) => row.name === 'all')?.mean ?? null;

/** Null when the traces are not of the same tokens. */
export function movedBetween(before: Trace, after: Trace): Moved | null {
  const { tokens } = after;
  if (before.tokens.length !== tokens.length) return null;
  if (tokens.some((token, i) => token.id !== before.tokens[i].id)) return null;
  let otherTeacher = 0;
  let most: Moved['most'] = null;
  for (const [i, token] of tokens.entries()) {
    if (token.teacher !== before.tokens[i].teacher) otherTeacher++;
    const was = usedDivergence(before.tokens[i], before.method);
    const is = usedDivergence(token, after.method);
    if (was === null || is === null) continue;
    if (most === null || Math.abs(is - was) > Math.abs(most.by)) most = { token: i, by: is - was };
  }
  return { before: meanOf(before), after: meanOf(after), otherTeacher, most };
}

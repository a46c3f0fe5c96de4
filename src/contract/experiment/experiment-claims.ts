/** What a claim says, and whether it is seen: by an interval, never by a value alone. */

import * as v from 'valibot';
import type { Replicated } from '../../method/replicates.ts';

const side = v.strictObject({
  recipe: v.string(),
  /** Id of a figure of the tests. */
  figure: v.string(),
  /** Of validation after this share of the steps, in the place of the tests. */
  at: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(1))),
});

/** `to` minus `from` is expected to be above 0, below it, or within the margin around it. */
export const claimSchema = v.strictObject({
  id: v.string(),
  label: v.string(),
  /** What is claimed, one sentence. */
  sentence: v.string(),
  /** The published figures behind it, in words. */
  published: v.string(),
  from: side,
  to: side,
  expect: v.picklist(['higher', 'lower', 'same']),
});

export type Claim = v.InferOutput<typeof claimSchema>;
export type ClaimSide = Claim['from'];

export type Verdict = 'seen' | 'not-seen' | 'reversed' | 'unknown';

export const VERDICTS: Readonly<Record<Verdict, string>> = {
  seen: 'seen here',
  'not-seen': 'not seen here',
  reversed: 'the other way round',
  unknown: 'cannot be told',
};

/**
 * A difference is there where its interval leaves 0 out; none worth the name is there where the interval lies within
 * the margin on both sides; everything else, and a single seed, cannot tell.
 */
export function verdictOf(
  expect: Claim['expect'],
  difference: Replicated | null,
  margin: number,
): Verdict {
  const interval = difference?.interval ?? null;
  if (interval === null) return 'unknown';
  const { low, high } = interval;
  const small = low > -margin && high < margin;
  if (expect === 'same') {
    if (small) return 'seen';
    return low > margin || high < -margin ? 'not-seen' : 'unknown';
  }
  const [against, for_] = expect === 'higher' ? [high < 0, low > 0] : [low > 0, high < 0];
  if (for_) return 'seen';
  if (against) return 'reversed';
  return small ? 'not-seen' : 'unknown';
}

/** Who gains, of two recipes of which the second is decoupled. */
export type Gain = 'second' | 'first' | 'equal' | 'unknown';

export function gainOf(difference: Replicated | null, margin: number): Gain {
  const verdict = verdictOf('higher', difference, margin);
  if (verdict === 'seen') return 'second';
  if (verdict === 'reversed') return 'first';
  return verdict === 'not-seen' ? 'equal' : 'unknown';
}

/** PALR of one rollout: both methods on it, and the log-probabilities that it is made of. */

import { OPSD, VIGOS_PAPER } from '../../method/named-methods.ts';
import type { PalrToken } from '../../method/palr.ts';
import type { MethodConfig, MethodName } from '../../method/types.ts';
import type { UnusedAnswer } from '../../method/wrong-answers.ts';

/** Most wrong answers that a token is re-scored under: each is a pass of its own. */
export const MOST_WRONG_ANSWERS = 8;

/** What can stand in the picture's place: the next scene's, a blank one, or one of somebody's own. */
export const MISMATCHED_PICTURES = ['next', 'blank', 'own'] as const;
export type MismatchedPicture = (typeof MISMATCHED_PICTURES)[number];

/** One method each, reading the rollout by the same rules. */
export type BothMethods = Readonly<Record<MethodName, MethodConfig>>;

/** A method beside the other one in its published form, which reads the rollout as the first does. */
export function bothMethods(method: MethodConfig, other?: MethodConfig | null): BothMethods {
  const { validity, reading, opener } = method;
  const preset = method.name === 'opsd' ? VIGOS_PAPER : OPSD;
  const beside = { ...(other ?? preset), validity, reading, opener };
  return method.name === 'opsd' ? { opsd: method, vigos: beside } : { vigos: method, opsd: beside };
}

/** A supervised token of the completion and the log-probabilities of it, nats, at temperature 1. */
export interface LeakageToken extends PalrToken {
  /** Its index in the completion. */
  readonly token: number;
}

/** What `palr` of `method/palr.ts` makes the rates of. */
export interface LeakageReading {
  /** Those that were shown, in order: `wrongAnswers[k]` of a token is under the k-th. */
  readonly wrongAnswers: readonly string[];
  readonly unused: readonly UnusedAnswer[];
  /** Supervised tokens of each method, rising. */
  readonly tokens: Readonly<Record<MethodName, readonly LeakageToken[]>>;
}

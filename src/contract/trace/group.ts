/** A group of rollouts of one question as GRPO's update sees it, between page and worker. */

import type { PolicyTerm, TokenLogProbs } from '../../method/grpo.ts';
import type { GrpoSettings } from '../train/train-settings.ts';

/** What of GRPO's settings makes the terms of a group that is there. */
export type GroupTermSettings = Pick<
  GrpoSettings,
  'formatShare' | 'klCoefficient' | 'ratioClip' | 'averaging'
>;

/** A rollout with what its sampling left. */
export interface SampledRollout {
  /** EOS included. */
  readonly ids: readonly number[];
  /** [tokens], log p of each when it was sampled, nats at the sampling temperature. */
  readonly logProbs: readonly number[];
}

/** What the objective makes of one token; log-probabilities in nats. */
export type GroupToken = TokenLogProbs & PolicyTerm;

export interface GroupRollout {
  readonly valid: boolean;
  /** Why it is invalid, one sentence. */
  readonly reason: string | null;
  readonly answer: string | null;
  readonly correct: boolean;
  /** In [0, 1]. */
  readonly reward: number;
  /** In standard deviations of the group. */
  readonly advantage: number;
  /** The weight of each of its tokens in the group's loss. */
  readonly share: number;
  readonly tokens: readonly GroupToken[];
}

export interface GroupReading {
  readonly rollouts: readonly GroupRollout[];
  /** Of the whole group, as if a step consisted of it, nats. */
  readonly loss: number;
}

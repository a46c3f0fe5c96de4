/** A group of rollouts of one question as GRPO's update sees it, between page and worker. */

import type { PolicyTerm, TokenLogProbs } from '../method/grpo.ts';
import type { JobTimings, RolloutInput } from './engine.ts';
import type { GrpoSettings } from './train-settings.ts';

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

export interface GroupSubject {
  /** Whose `answer` is the one that is rewarded. */
  readonly input: RolloutInput;
  /** Of this one question, two or more. */
  readonly rollouts: readonly SampledRollout[];
  /** At which they were sampled; every log-probability is at it. */
  readonly temperature: number;
  readonly terms: GroupTermSettings;
}

export interface GroupRequest extends GroupSubject {
  readonly jobId: string;
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

export interface GroupResult extends GroupReading {
  readonly jobId: string;
  readonly timings: JobTimings;
}

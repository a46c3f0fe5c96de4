/** GRPO's terms of a batch of whole groups: what rewards make of each rollout, and log-probabilities of each token. */

import type { GroupTermSettings } from '../../contract/trace/group.ts';
import { type PolicyTerm, policyTerm, type TokenLogProbs, tokenShares } from '../../method/grpo.ts';
import { groupAdvantages, stagedReward } from '../../method/rewards.ts';
import { badRatio, type LossToken } from '../faults.ts';

/** A rollout as rewards see it. */
export interface RewardedRollout {
  readonly correct: boolean;
  readonly parsed: { readonly valid: boolean };
  /** Its tokens, EOS included. */
  readonly length: number;
}

export class GroupTerms {
  /** [rollouts], in [0, 1]. */
  readonly rewards: readonly number[];
  /** [groups][rollouts], the same. */
  readonly groups: readonly (readonly number[])[];
  /** [rollouts], in standard deviations of the group. */
  readonly advantages: readonly number[];
  /** [rollouts], the weight of each token's loss in the batch's. */
  readonly shares: readonly number[];
  readonly #settings: GroupTermSettings;

  /** Rollouts of one question stand beside each other, `groupSize` of them. */
  constructor(
    rollouts: readonly RewardedRollout[],
    groupSize: number,
    settings: GroupTermSettings,
  ) {
    const { formatShare, averaging } = settings;
    this.rewards = rollouts.map(({ correct, parsed }) =>
      stagedReward({ correct, format: parsed.valid }, formatShare),
    );
    this.groups = inGroups(this.rewards, groupSize);
    this.advantages = this.groups.flatMap((group) => groupAdvantages(group));
    this.shares = tokenShares(
      rollouts.map(({ length }) => length),
      averaging,
    );
    this.#settings = settings;
  }

  /** Whether the frozen base has to be read. */
  get needsBase(): boolean {
    return this.#settings.klCoefficient > 0;
  }

  /** One token's terms. Throws `train.not-finite` where its log-probabilities leave them without a number. */
  term(token: LossToken, at: TokenLogProbs): PolicyTerm {
    const found = policyTerm(at, this.advantages[token.sequence], this.#settings);
    if (!Number.isFinite(found.loss) || !Number.isFinite(found.slope)) throw badRatio(token, at);
    return found;
  }

  /** Of all tokens together, nats. */
  loss(terms: readonly (readonly Pick<PolicyTerm, 'loss'>[])[]): number {
    return terms
      .map((own) => own.reduce((sum, { loss }) => sum + loss, 0))
      .reduce((sum, own, i) => sum + own * this.shares[i], 0);
  }
}

function inGroups(rewards: readonly number[], size: number): number[][] {
  if (rewards.length % size !== 0) throw new Error('a batch consists of whole groups');
  return Array.from({ length: rewards.length / size }, (_, group) =>
    rewards.slice(group * size, (group + 1) * size),
  );
}

/**
 * Group relative policy optimisation (GRPO) as pure functions: what a token's log-probabilities make of its rollout's
 * advantage. Signs and averages are those of TRL's GRPOTrainer, for `loss_type` `grpo` and `bnpo`.
 */

import { lowVarianceKl } from './rewards.ts';

/** Over what a batch's token losses are averaged: all tokens alike, or each rollout alike however long it is. */
export const AVERAGINGS = ['sequence', 'token'] as const;
export type Averaging = (typeof AVERAGINGS)[number];

/** log p of one sampled token, nats, all at the sampling temperature. */
export interface TokenLogProbs {
  /** Under the weights that are trained. */
  readonly policy: number;
  /** Under the weights that sampled it. */
  readonly sampling: number;
  /** Under the frozen base; null where no KL is asked for. */
  readonly base: number | null;
}

export interface PolicyTerm {
  /** p under the policy over p when it was sampled. */
  readonly ratio: number;
  /** Whether the clip made the advantage's part constant: the ratio has gone further than it is rewarded for. */
  readonly clipped: boolean;
  /** Low-variance estimate of KL(policy ‖ base), nats; null without a base. */
  readonly kl: number | null;
  /** −min(r·A, clip(r)·A) + β·KL. */
  readonly loss: number;
  /** ∂loss/∂log p of the policy. */
  readonly slope: number;
}

export interface PolicyBounds {
  /** ε: the ratio counts between 1 − ε and 1 + ε. */
  readonly ratioClip: number;
  /** β of the KL to the base. */
  readonly klCoefficient: number;
}

/** One token's loss under the clipped objective, with the low-variance KL beside it (GRPO, equation 3). */
export function policyTerm(
  { policy, sampling, base }: TokenLogProbs,
  advantage: number,
  { ratioClip, klCoefficient }: PolicyBounds,
): PolicyTerm {
  const ratio = Math.exp(policy - sampling);
  const bounded = Math.min(1 + ratioClip, Math.max(1 - ratioClip, ratio));
  const clipped = bounded * advantage < ratio * advantage;
  const gain = (clipped ? bounded : ratio) * advantage;
  const kl = base === null ? null : lowVarianceKl(policy, base);
  // ∂(e^d − d − 1)/∂log p = 1 − e^d, with d = log base − log p.
  const klSlope = base === null ? 0 : -Math.expm1(base - policy);
  return {
    ratio,
    clipped,
    kl,
    loss: -gain + klCoefficient * (kl ?? 0),
    slope: (clipped ? 0 : -ratio * advantage) + klCoefficient * klSlope,
  };
}

/** The weight of a token's loss in the batch's, by rollout; over all tokens they add up to 1. `lengths` are above 0. */
export function tokenShares(lengths: readonly number[], averaging: Averaging): number[] {
  if (averaging === 'sequence') return lengths.map((length) => 1 / (lengths.length * length));
  const tokens = lengths.reduce((sum, length) => sum + length, 0);
  return lengths.map(() => 1 / tokens);
}

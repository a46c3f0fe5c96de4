/** Rewards and the GRPO terms of staged post-training ("From Seeing to Thinking", arXiv 2605.20177). */

/** The share of the reward that the form has (§ rewards of the paper); the rest is the right answer's. */
export const FORMAT_SHARE = 0.1;

/** (1 − share)·correct + share·format, in [0, 1]. */
export function stagedReward(
  { correct, format }: { correct: boolean; format: boolean },
  formatShare: number = FORMAT_SHARE,
): number {
  return (1 - formatShare) * Number(correct) + formatShare * Number(format);
}

/** Whether a group's rewards tell none of its rollouts from another. */
export const teachesNothing = (rewards: readonly number[]): boolean =>
  rewards.every((reward) => reward === rewards[0]);

/**
 * Advantages within one group of responses to the same prompt: (r − mean)/(std + ε), with the sample
 * standard deviation (n − 1) and the ε that TRL's GRPOTrainer uses. Equal rewards, and a group of one, give zeros.
 * @param rewards `[group]`.
 */
export function groupAdvantages(rewards: readonly number[], epsilon = 1e-4): number[] {
  if (teachesNothing(rewards)) return rewards.map(() => 0);
  const mean = rewards.reduce((sum, r) => sum + r, 0) / rewards.length;
  const variance = rewards.reduce((sum, r) => sum + (r - mean) ** 2, 0) / (rewards.length - 1);
  return rewards.map((r) => (r - mean) / (Math.sqrt(variance) + epsilon));
}

/**
 * The low-variance estimator of KL(policy‖reference) from one sampled token, nats, never negative:
 * e^d − d − 1 with d = log reference − log policy (Schulman's k3).
 */
export function lowVarianceKl(policyLogProb: number, referenceLogProb: number): number {
  const d = referenceLogProb - policyLogProb;
  return Math.expm1(d) - d;
}

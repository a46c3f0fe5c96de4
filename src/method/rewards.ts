/** Rewards and the GRPO terms of staged post-training ("From Seeing to Thinking", arXiv 2605.20177). */

export const REWARD_WEIGHTS = { correct: 0.9, format: 0.1 } as const;

/**
 * GRPO settings of the paper.
 * @public
 */
export const STAGED_GRPO = {
  groupSize: 5,
  temperature: 1,
  learningRate: 1e-6,
  klCoefficient: 1e-2,
} as const;

/** 0.9·correct + 0.1·format, in [0, 1]. */
export function stagedReward({ correct, format }: { correct: boolean; format: boolean }): number {
  return REWARD_WEIGHTS.correct * Number(correct) + REWARD_WEIGHTS.format * Number(format);
}

/**
 * Advantages within one group of responses to the same prompt: (r − mean)/(std + ε), with the sample
 * standard deviation (n − 1) that GRPO trainers use. Equal rewards, and a group of one, give zeros.
 * @param rewards `[group]`.
 */
export function groupAdvantages(rewards: readonly number[], epsilon = 1e-6): number[] {
  if (rewards.every((r) => r === rewards[0])) return rewards.map(() => 0);
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

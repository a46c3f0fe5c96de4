/** Evaluation figures: Prior and Score of the ViLP form, Pass@k and Avg@k, and their uncertainty. */
import { PlaygroundError } from '../base/errors.ts';

/** What accuracy, Prior and Score are here, in a few words. */
export const HELD_OUT_MEASURE = 'one response a picture, normalised exact match';

/** The same as a sentence, since the release's figures of these names are something else. */
export const HELD_OUT_MEASURE_NOTE =
  'One response a picture, normalised exact match, as in the paper; the released scripts’ any of five by a judge model is another measure.';

/** One graded response of a prior-conflict group. */
export interface PriorResponse {
  /** 1 agrees with the language prior, 2 and 3 contradict it. */
  readonly image: 1 | 2 | 3;
  readonly correct: boolean;
}

export interface PriorScore {
  /** Accuracy on image 1, or null without such responses. */
  readonly prior: number | null;
  /** Mean of the accuracies on images 2 and 3 (on the one of them that is there), or null. */
  readonly score: number | null;
  /** Accuracy on each image, or null. */
  readonly perImage: Readonly<Record<1 | 2 | 3, number | null>>;
}

/** Prior and Score (ViLP), in [0, 1]; one response a prompt. */
export function priorScore(responses: readonly PriorResponse[]): PriorScore {
  const accuracy = (image: 1 | 2 | 3) =>
    mean(responses.filter((r) => r.image === image).map((r) => Number(r.correct)));
  const perImage = { 1: accuracy(1), 2: accuracy(2), 3: accuracy(3) };
  const conflicts = [perImage[2], perImage[3]].filter((x) => x !== null);
  return { prior: perImage[1], score: mean(conflicts), perImage };
}

/**
 * Pass@k of one prompt: the probability that at least one of k responses drawn from the given n is
 * correct, 1 − C(n−c, k)/C(n, k). With n = k it is 1 when any is correct, as in the paper.
 * @throws PlaygroundError `method.pass-k` unless 1 ≤ k ≤ n and k is whole.
 */
export function passAtK(correct: readonly boolean[], k = correct.length): number {
  const n = correct.length;
  if (!Number.isInteger(k) || k < 1 || k > n) {
    throw new PlaygroundError({
      code: 'method.pass-k',
      message: `Pass@${k} was asked of ${n} responses.`,
      fix: 'Give a whole k from 1 to the number of responses.',
      where: 'k',
      detail: { k, responses: n },
    });
  }
  const wrong = n - count(correct);
  let allWrong = 1;
  for (let i = 0; i < k; i++) allWrong *= Math.max(0, wrong - i) / (n - i);
  return 1 - allWrong;
}

/** Avg@k of one prompt: the share of its k responses that are correct; null without responses. */
export function averageAtK(correct: readonly boolean[]): number | null {
  return mean(correct.map(Number));
}

/** Pass@k and Avg@k over prompts, each prompt counting the same; null without prompts. */
export function benchmarkScore(
  prompts: readonly (readonly boolean[])[],
  k: number,
): { pass: number | null; average: number | null } {
  return {
    pass: mean(prompts.map((correct) => passAtK(correct, k))),
    average: mean(prompts.map(averageAtK).filter((x) => x !== null)),
  };
}

/** Wilson score interval of a proportion, z = 1.96 for 95 %; `[0, 1]` without trials. */
export function wilsonInterval(
  successes: number,
  trials: number,
  z = 1.96,
): { low: number; high: number } {
  if (trials === 0) return { low: 0, high: 1 };
  const p = successes / trials;
  const z2 = (z * z) / trials;
  const centre = (p + z2 / 2) / (1 + z2);
  const half = (z * Math.sqrt((p * (1 - p)) / trials + z2 / (4 * trials))) / (1 + z2);
  return { low: Math.max(0, centre - half), high: Math.min(1, centre + half) };
}

function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, x) => sum + x, 0) / values.length;
}

function count(flags: readonly boolean[]): number {
  return flags.filter(Boolean).length;
}

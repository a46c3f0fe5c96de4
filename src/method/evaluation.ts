/**
 * Evaluation figures: Prior and Score of the ViLP form, Pass@k and Avg@k. Each is a ratio of sums over pictures: what one
 * response or one prompt adds to it is said here, and so is the value of the sums.
 */
import { PlaygroundError } from '../base/errors.ts';

/** What accuracy, Prior and Score are here, in a few words. */
export const HELD_OUT_MEASURE = 'one response a picture, normalised exact match';

/** The same as a sentence, since the release's figures of these names are something else. */
export const HELD_OUT_MEASURE_NOTE =
  'One response a picture, normalised exact match, as in the paper; the released scripts’ any of five by a judge model is another measure.';

/** What a response, a prompt or a picture adds to a figure. */
export interface Counts {
  readonly num: number;
  /** Responses for a share or a mean, what is explained for a rate; ≥ 0. */
  readonly den: number;
  /** Strata count the same, whatever their sizes: images 2 and 3 of Score. */
  readonly stratum?: number;
}

export interface RatioOptions {
  /** ε, added to each denominator. */
  readonly epsilon?: number;
}

/** The mean over strata of Σ num / (Σ den + ε); null where every denominator is 0. */
export function ratio(counts: Iterable<Counts>, { epsilon = 0 }: RatioOptions = {}): number | null {
  const sums = new Map<number, { num: number; den: number }>();
  for (const { stratum = 0, num, den } of counts) {
    const sum = sums.get(stratum) ?? { num: 0, den: 0 };
    sum.num += num;
    sum.den += den;
    sums.set(stratum, sum);
  }
  const strata = [...sums.values()];
  return meanRatio(
    strata.map(({ num }) => num),
    strata.map(({ den }) => den),
    epsilon,
  );
}

/** The same of the strata's sums, `[strata]` each. */
export function meanRatio(
  num: ArrayLike<number>,
  den: ArrayLike<number>,
  epsilon: number,
): number | null {
  let sum = 0;
  let strata = 0;
  for (let i = 0; i < den.length; i++) {
    const whole = den[i] + epsilon;
    if (whole <= 0) continue;
    sum += num[i] / whole;
    strata++;
  }
  return strata === 0 ? null : sum / strata;
}

/** One graded response of a prior-conflict group. */
export interface PriorResponse {
  /** 1 agrees with the language prior, 2 and 3 contradict it. */
  readonly image: 1 | 2 | 3;
  readonly correct: boolean;
}

/** Prior is the accuracy on image 1; null for the other two, which do not count in it. */
export const inPrior = ({ image, correct }: PriorResponse): Counts | null =>
  image === 1 ? inShare(correct) : null;

/** Score is the mean of the accuracies on images 2 and 3, on the one of them that is there; null for image 1. */
export const inScore = ({ image, correct }: PriorResponse): Counts | null =>
  image === 1 ? null : { ...inShare(correct), stratum: image };

/** A share, Avg@k among them, counts each response once; each prompt has as many. */
export const inShare = (counts: boolean): Counts => ({ num: Number(counts), den: 1 });

/** Pass@k counts each prompt once. Throws what {@link passAtK} throws. */
export const inPass = (correct: readonly boolean[], k: number): Counts => ({
  num: passAtK(correct, k),
  den: 1,
});

/**
 * Pass@k of one prompt: the probability that at least one of k responses drawn from the given n is
 * correct, 1 − C(n−c, k)/C(n, k). With n = k it is 1 when any is correct, as in the paper.
 * @throws PlaygroundError `method.pass-k` unless 1 ≤ k ≤ n and k is whole.
 */
export function passAtK(correct: readonly boolean[], k: number): number {
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
  const wrong = correct.filter((one) => !one).length;
  let allWrong = 1;
  for (let i = 0; i < k; i++) allWrong *= Math.max(0, wrong - i) / (n - i);
  return 1 - allWrong;
}

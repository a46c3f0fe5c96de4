/** PALR, the privileged-answer leakage rate: how much of the teachers' push comes from the answer, not the image. */
import { PlaygroundError } from '../base/errors.ts';
import { type Counts, ratio } from './evaluation.ts';
import { SIGHT } from './sight.ts';
import { logSumExp } from './softmax.ts';
import type { Segment, TeacherName } from './types.ts';

/** Neither number is published; both are shown and can be edited. */
export interface PalrOptions {
  /** K, wrong reference answers a token is re-scored under, fewer where a question has fewer; whole, ≥ 1. */
  readonly wrongAnswers: number;
  /** ε of the denominator, ≥ 0. */
  readonly epsilon: number;
}

export const PALR_DEFAULTS: PalrOptions = { wrongAnswers: 3, epsilon: 1e-8 };

/** One supervised token of a fixed valid rollout; log-probabilities of the token y_t that was sampled, in nats. */
export interface PalrToken {
  readonly segment: Segment;
  readonly teacher: TeacherName;
  /** log p_θ(y_t). */
  readonly student: number;
  /** log q(y_t) with the reference answer and the right image. */
  readonly matched: number;
  /** `[1 to K]`, log q(y_t) with each wrong answer; not read when the teacher never sees an answer. */
  readonly wrongAnswers: readonly number[];
  /** log q(y_t) with a mismatched image. */
  readonly wrongImage: number;
}

/** One token's terms, nats. */
export interface PalrTerms {
  /** s_t = |log q − log p|, the size of the push. */
  readonly shift: number;
  /** c^A, how much the reference answer raised the token. */
  readonly answer: number;
  /** c^I, how much the image raised it. */
  readonly image: number;
}

/** The groups G of tokens that have a rate; `all` is every supervised token, delimiters included. */
export type PalrGroup = 'description' | 'reasoningAnswer' | 'all';
export const PALR_GROUPS: readonly PalrGroup[] = ['description', 'reasoningAnswer', 'all'];

/** What a rate is made of. */
export interface PalrSums {
  /** Supervised tokens of the group. */
  readonly tokens: number;
  /** Σ s·c^A, nats². */
  readonly answer: number;
  /** Σ s·c^I, nats². */
  readonly image: number;
}

/** PALR in [0, 1] by group; null for a group without supervised tokens. */
export interface Palr extends Readonly<Record<PalrGroup, number | null>> {
  readonly sums: Readonly<Record<PalrGroup, PalrSums>>;
  /** `[tokens]`. */
  readonly terms: readonly PalrTerms[];
}

/**
 * PALR(G) = Σ_G s·c^A / (Σ_G s·(c^A + c^I) + ε) over one or many rollouts' supervised tokens.
 * @throws PlaygroundError `method.palr-options`, `method.palr-answers` (an answer-aware teacher's token without
 * wrong answers, or with more than K).
 */
export function palr(tokens: readonly PalrToken[], options: PalrOptions = PALR_DEFAULTS): Palr {
  assertOptions(options);
  const terms = tokens.map((token) => palrTerms(token, options.wrongAnswers));
  const sumsOf = (group: PalrGroup): PalrSums => {
    const sums = { tokens: 0, answer: 0, image: 0 };
    terms.forEach(({ shift, answer, image }, i) => {
      if (!isIn(group, tokens[i].segment)) return;
      sums.tokens++;
      sums.answer += shift * answer;
      sums.image += shift * image;
    });
    return sums;
  };
  const sums = {
    description: sumsOf('description'),
    reasoningAnswer: sumsOf('reasoningAnswer'),
    all: sumsOf('all'),
  };
  return {
    description: palrRate(inPalr(sums.description), options.epsilon),
    reasoningAnswer: palrRate(inPalr(sums.reasoningAnswer), options.epsilon),
    all: palrRate(inPalr(sums.all), options.epsilon),
    sums,
    terms,
  };
}

/** Whether a token of this segment counts in a group. */
export function isIn(group: PalrGroup, segment: Segment): boolean {
  if (group === 'all') return true;
  return group === 'description'
    ? segment === 'description'
    : segment === 'reasoning' || segment === 'answer';
}

/** The rate of one or many rollouts' counts; null without any, 0 where nothing was raised and ε is 0. */
export const palrRate = (counts: readonly Counts[], epsilon: number): number | null =>
  counts.length === 0 ? null : (ratio(counts, { epsilon }) ?? 0);

/** What a group's sums of a rollout count in its rate; nothing where it has no supervised token of the group. */
export const inPalr = ({ tokens, answer, image }: PalrSums): readonly Counts[] =>
  tokens === 0 ? [] : [{ num: answer, den: answer + image }];

function palrTerms(token: PalrToken, k: number): PalrTerms {
  const { teacher, student, matched, wrongAnswers, wrongImage } = token;
  const seesAnswer = SIGHT[teacher].answer;
  if (seesAnswer && (wrongAnswers.length < 1 || wrongAnswers.length > k)) {
    throw new PlaygroundError({
      code: 'method.palr-answers',
      message: `A token was re-scored under ${wrongAnswers.length} wrong answers; K is ${k}.`,
      fix: 'Re-score every token that an answer-aware teacher supervises under 1 to K wrong answers.',
      where: 'wrongAnswers',
      detail: { given: wrongAnswers.length, most: k },
    });
  }
  return {
    shift: Math.abs(matched - student),
    answer: seesAnswer ? Math.max(0, matched - meanLogProb(wrongAnswers)) : 0,
    image: Math.max(0, matched - wrongImage),
  };
}

/** log q_wrong: the logsumexp over the K wrong answers minus log K, the log of their mean probability. */
export function meanLogProb(logProbs: readonly number[]): number {
  return logSumExp(logProbs) - Math.log(logProbs.length);
}

function assertOptions({ wrongAnswers, epsilon }: PalrOptions): void {
  if (Number.isInteger(wrongAnswers) && wrongAnswers >= 1 && epsilon >= 0) return;
  throw new PlaygroundError({
    code: 'method.palr-options',
    message: `PALR cannot use K = ${wrongAnswers} and ε = ${epsilon}.`,
    fix: 'Give a whole K of at least 1 and an ε of at least 0, such as 3 and 1e-8.',
    where: 'palr',
  });
}

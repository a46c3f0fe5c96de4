/** PALR, the privileged-answer leakage rate: how much of the teachers' push comes from the answer, not the image. */
import { PlaygroundError } from '../base/errors.ts';
import { SIGHT } from './sight.ts';
import { logSumExp } from './softmax.ts';
import type { Segment, TeacherName } from './types.ts';

/** Neither number is published; both are shown and can be edited. */
export interface PalrOptions {
  /** K, wrong reference answers a token is re-scored under; whole, ≥ 1. */
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
  /** `[K]`, log q(y_t) with each wrong answer; not read when the teacher never sees an answer. */
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

/** PALR in [0, 1]; null for a group without supervised tokens. */
export interface Palr {
  readonly description: number | null;
  readonly reasoningAnswer: number | null;
  /** Every supervised token, delimiters included. */
  readonly all: number | null;
  /** `[tokens]`. */
  readonly terms: readonly PalrTerms[];
}

/**
 * PALR(G) = Σ_G s·c^A / (Σ_G s·(c^A + c^I) + ε) over one or many rollouts' supervised tokens.
 * @throws PlaygroundError `method.palr-options`, `method.palr-answers` (a token without K wrong answers).
 */
export function palr(tokens: readonly PalrToken[], options: PalrOptions = PALR_DEFAULTS): Palr {
  assertOptions(options);
  const terms = tokens.map((token) => palrTerms(token, options.wrongAnswers));
  const rate = (inGroup: (segment: Segment) => boolean): number | null => {
    let leaked = 0;
    let explained = 0;
    let members = 0;
    terms.forEach(({ shift, answer, image }, i) => {
      if (!inGroup(tokens[i].segment)) return;
      members++;
      leaked += shift * answer;
      explained += shift * (answer + image);
    });
    if (members === 0) return null;
    const denominator = explained + options.epsilon;
    return denominator === 0 ? 0 : leaked / denominator;
  };
  return {
    description: rate((segment) => segment === 'description'),
    reasoningAnswer: rate((segment) => segment === 'reasoning' || segment === 'answer'),
    all: rate(() => true),
    terms,
  };
}

/** log q_wrong is the logsumexp over the K wrong answers minus log K: the log of their mean probability. */
function palrTerms(token: PalrToken, k: number): PalrTerms {
  const { teacher, student, matched, wrongAnswers, wrongImage } = token;
  const seesAnswer = SIGHT[teacher].answer;
  if (seesAnswer && wrongAnswers.length !== k) {
    throw new PlaygroundError({
      code: 'method.palr-answers',
      message: `A token was re-scored under ${wrongAnswers.length} wrong answers instead of ${k}.`,
      fix: 'Re-score every token that an answer-aware teacher supervises under K wrong answers.',
      where: 'wrongAnswers',
      detail: { given: wrongAnswers.length, expected: k },
    });
  }
  return {
    shift: Math.abs(matched - student),
    answer: seesAnswer ? Math.max(0, matched - (logSumExp(wrongAnswers) - Math.log(k))) : 0,
    image: Math.max(0, matched - wrongImage),
  };
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

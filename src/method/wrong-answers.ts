/** Which proposed answers are wrong, so that a teacher can be shown them in the reference's place. */
import { PlaygroundError } from '../base/errors.ts';
import { normaliseAnswer } from './exact-match.ts';
import { type AnswerMeasure, gradeAnswer } from './grading.ts';
import { cleanReference } from './reference.ts';
import type { Reading } from './types.ts';

/** Why a proposed answer is not used: it is the right one, one that came before it, empty, or beyond K. */
export type UnusedReason = 'right' | 'repeated' | 'empty' | 'beyond';

export interface UnusedAnswer {
  readonly answer: string;
  readonly reason: UnusedReason;
}

export interface WrongAnswers {
  /** The first K that are wrong, trimmed, as a teacher is to be given them. */
  readonly used: readonly string[];
  readonly unused: readonly UnusedAnswer[];
}

/**
 * The first K of the proposed answers that are wrong: different from the reference and from each other after
 * normalisation, and wrong by the measure that grades the rollout too.
 */
export function wrongAnswersOf(
  proposed: readonly string[],
  reference: string,
  k: number,
  by: { readonly measure: AnswerMeasure; readonly reading: Reading },
): WrongAnswers {
  const used: string[] = [];
  const unused: UnusedAnswer[] = [];
  const normalised = (answer: string) => normaliseAnswer(cleanReference(answer, by.reading));
  const right = normalised(reference);
  const seen = new Set<string>();
  for (const given of proposed) {
    const answer = given.trim();
    const plain = normalised(answer);
    const reason = ((): UnusedReason | null => {
      if (plain === '') return 'empty';
      if (plain === right || gradeAnswer(answer, reference, by).correct) return 'right';
      if (seen.has(plain)) return 'repeated';
      return used.length >= k ? 'beyond' : null;
    })();
    seen.add(plain);
    if (reason === null) used.push(answer);
    else unused.push({ answer, reason });
  }
  return { used, unused };
}

/**
 * The same where there has to be one.
 * @throws PlaygroundError `leakage.no-wrong-answer`.
 */
export function needWrongAnswers(...asked: Parameters<typeof wrongAnswersOf>): WrongAnswers {
  const found = wrongAnswersOf(...asked);
  if (found.used.length > 0) return found;
  const [proposed, reference] = asked;
  throw new PlaygroundError({
    code: 'leakage.no-wrong-answer',
    message:
      proposed.length === 0
        ? 'There is no wrong answer to compare the reference answer with.'
        : `None of the proposed answers (${proposed.length}) is a wrong one: each is empty or the same as “${reference.trim()}” after normalisation.`,
    fix: 'Type an answer of the same kind that is wrong.',
    where: 'wrong answers',
    detail: { proposed, reference },
  });
}

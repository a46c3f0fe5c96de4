/** What the Lab is handed to show a response as it was: about what, by whom, graded and measured how. Pure. */

import type { EvaluatedItem } from '../../../contract/evaluation/evaluation.ts';
import type {
  EvaluationLine,
  EvaluationRecord,
  ResponseLine,
} from '../../../contract/evaluation/evaluation-records.ts';
import { OPSD, VIGOS_PAPER } from '../../../method/named-methods.ts';
import { wrongAnswersOf } from '../../../method/wrong-answers.ts';
import { SPLITS } from '../../../world/split.ts';
import type { OfferedLeakage, RolloutOffer } from '../../shared/offers.ts';
import type { Candidate } from '../../shared/students.ts';

export interface Response {
  /** What counts in the figure. */
  readonly line: EvaluationLine;
  readonly answer: ResponseLine;
}

/** @param item of a set that is a file; null of one of the world, which the Lab draws */
export function offerOf(
  { settings, model }: Pick<EvaluationRecord, 'settings' | 'model'>,
  { line, answer }: Response,
  { label, choice }: Candidate,
  item: EvaluatedItem | null,
): RolloutOffer {
  const { sampling, grading, set, seeing } = settings;
  const { question, reference, ids, seed, fact, item: index } = answer;
  const asked = { question, answer: reference, ids };
  const leaks = line.type === 'leakage' ? leakageOf(settings, answer, item) : null;
  const fingerprint = model.student?.fingerprint;
  // The student's rollout under the reference that this teacher was given.
  const misled = line.type === 'teacher' && line.given === 'wrong';
  const given = misled ? { wrongReference: { answer: line.reference } } : {};
  return {
    rollout:
      set.name === 'file'
        ? { ...asked, picture: item?.picture ?? null }
        : {
            ...asked,
            ...given,
            item: {
              split: set.name,
              index,
              usualShare: SPLITS[set.name].usualShare,
              ...(seeing === undefined ? {} : { seeing }),
              fact: fact === 'F',
            },
          },
    sampling: { ...sampling, seed },
    method: line.type === 'leakage' && line.method === 'opsd' ? OPSD : VIGOS_PAPER,
    student:
      choice === null
        ? null
        : { label, choice, ...(fingerprint === undefined ? {} : { fingerprint }) },
    evaluated: { grading, leakage: leaks },
  };
}

/** As the evaluation measured it: the same wrong answers, the same other picture. */
function leakageOf(
  { leakage: { wrongAnswers: k, epsilon }, grading }: EvaluationRecord['settings'],
  { reference }: ResponseLine,
  item: EvaluatedItem | null,
): OfferedLeakage {
  const by = { measure: grading, reading: VIGOS_PAPER.reading };
  return {
    wrongAnswers: item === null ? null : wrongAnswersOf(item.wrongAnswers, reference, k, by).used,
    wrongCount: k,
    epsilon,
    mismatched: item?.mismatched ?? null,
  };
}

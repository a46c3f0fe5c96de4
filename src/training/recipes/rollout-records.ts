/** What a step's rollouts look like from outside. */

import type { TrainRollout } from '../../contract/train-records.ts';
import type { PlannedRollout } from '../../inference/reading.ts';
import type { TrainExample } from '../example.ts';
import type { Figures } from './supervise.ts';

/** The rollouts of a step with their teachers and losses, for the page. */
export function rolloutRecords(
  examples: readonly TrainExample[],
  planned: readonly PlannedRollout[],
  figures: Figures,
): TrainRollout[] {
  return planned.map(({ ids, texts, parsed, plan }, row) => {
    const { item, question, answer, wrongReference: wrong } = examples[row];
    return {
      item,
      question,
      answer,
      ...(wrong === null
        ? {}
        : { wrongReference: { answer: wrong, boxed: examples[row].isFooled(parsed) } }),
      ids,
      texts,
      valid: parsed.valid,
      reason: parsed.reason?.message ?? null,
      correct: examples[row].isCorrect(parsed),
      teachers: plan.tokens.map(({ teacher }) => teacher),
      losses: figures[row].map((figure) => figure?.loss ?? 0),
      clipped: figures[row].map((figure) => figure?.clipped ?? false),
    };
  });
}

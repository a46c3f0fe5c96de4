/** What a step's rollouts look like from outside. */

import type { TrainRollout } from '../../contract/train/train-records.ts';
import type { PlannedRollout } from '../../inference/reading.ts';
import type { TrainExample } from '../example.ts';

/** What a recipe finds of a rollout's tokens. */
type Found = Pick<TrainRollout, 'teachers' | 'losses' | 'clipped' | 'policy'>;

/** The rollouts of a step with what was found of each, for the page. */
export function rolloutRecords(
  examples: readonly TrainExample[],
  planned: readonly PlannedRollout[],
  foundOf: (row: number) => Found,
): TrainRollout[] {
  return planned.map(({ ids, texts, parsed }, row) => {
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
      ...foundOf(row),
    };
  });
}

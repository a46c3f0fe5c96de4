/** What a step's items say of their reference answers. */

import type { ReferenceFacts } from '../../contract/figures/wrong-reference-figures.ts';
import type { TrainSettings } from '../../contract/train/train-settings.ts';
import type { ParsedRollout } from '../../method/types.ts';
import type { TrainExample } from '../example.ts';

/** Null in a run whose references are all right; `written` is the student's rollout of each, where it writes any. */
export function referencesOf(
  examples: readonly TrainExample[],
  { data }: Pick<TrainSettings, 'data'>,
  written?: (row: number) => ParsedRollout,
): ReferenceFacts[] | null {
  if (data.wrongShare === 0) return null;
  return examples.map((example, row) => {
    const parsed = written?.(row);
    return {
      wrong: example.wrongReference !== null,
      boxed:
        parsed === undefined
          ? null
          : { wrong: example.isFooled(parsed), right: example.isCorrect(parsed) },
    };
  });
}

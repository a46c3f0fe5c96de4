/** Which training items have a wrong reference answer, and which: by the run's seed and the item alone, whatever the recipe. */

import { hashText, hashWords, Random } from '../../base/random.ts';
import type { TrainSettings } from '../../contract/train/train-settings.ts';
import type { WorldItem } from '../../world/split.ts';

/** Stream of random numbers under a run's seed. */
const WRONG_STREAM = 7;

/** An answer that is not the item's, and the reasoning that ends in it. */
export interface WrongText {
  readonly answer: string;
  readonly reasoning: string;
}

/**
 * The wrong reference of an item, or null where its reference is right. Each item that can be wrong is so with
 * probability `wrongShare`; one that is wrong at a low share is wrong in the same way at a higher.
 */
export function wrongReferenceOf(
  item: WorldItem,
  seed: number,
  { wrongShare, wrongReference }: Pick<TrainSettings['data'], 'wrongShare' | 'wrongReference'>,
): WrongText | null {
  if (wrongShare === 0) return null;
  const { prior, answer, wrongAnswers, wrongReasonings } = item;
  const usual = prior?.usual ?? null;
  const wrong = wrongAnswers.flatMap((given, i) =>
    given === answer || (given === usual) !== (wrongReference === 'prior')
      ? []
      : [{ answer: given, reasoning: wrongReasonings[i] }],
  );
  if (wrong.length === 0) return null;
  const random = new Random(hashWords(seed, WRONG_STREAM), hashText(item.id));
  return random.chance(wrongShare) ? random.pick(wrong) : null;
}

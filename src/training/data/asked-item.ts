/** A held-out picture with its question, and all that is known of it: what evaluations ask, in a run and on their own. */

import type { RolloutInput } from '../../contract/engine.ts';
import type { FactSetting } from '../../contract/evaluation/evaluation-settings.ts';
import { WORLD_EDGE } from '../../world/render.ts';
import { renderItem } from '../../world/seeing.ts';
import type { WorldItem } from '../../world/split.ts';
import type { TextProblem } from '../../world/text-problems.ts';
import { type DescriptionTruth, descriptionTruth } from '../../world/truth.ts';

/** One picture of a set with its question. */
export interface AskedItem {
  /** Of its own among the items of all sets. */
  readonly id: string;
  readonly family: string | null;
  /** Place in its group of three pictures; null for a question on its own. */
  readonly image: 1 | 2 | 3 | null;
  /** The usual look, on a picture that contradicts it. */
  readonly usual: string | null;
  /** Proposed, the most tempting first; whether they are wrong is looked at later. */
  readonly wrongAnswers: readonly string[];
  /** What is on the picture, in the world's words; null where nobody knows. */
  readonly description: string | null;
  input(fact: FactSetting): RolloutInput;
  /** Null where nobody knows what is on the picture. */
  truth(description: string): DescriptionTruth | null;
}

/** An item of the world; one of `groups` has its place among the three pictures of its question. */
export function askedItem(item: WorldItem, groups: boolean): AskedItem {
  const { id, scene, answer, family, prior, wrongAnswers, description } = item;
  let picture: RolloutInput['image'] = null;
  return {
    id,
    family,
    image: groups ? (prior?.image ?? null) : null,
    usual: prior === undefined || prior.actual === prior.usual ? null : prior.usual,
    wrongAnswers,
    description,
    input(setting) {
      picture ??= pictureOf(item);
      return { image: picture, question: questionIn(item, setting), answer };
    },
    truth: (description) => descriptionTruth(description, scene, prior?.decisivePhrase),
  };
}

/** A problem in words alone. */
export const askedProblem = ({ id, question, answer }: TextProblem): AskedItem => ({
  ...{ id, family: null, image: null, usual: null, wrongAnswers: [], description: null },
  input: () => ({ image: null, question, answer, wordsOnly: true }),
  truth: () => null,
});

/** An item's question as it is asked in setting F or P. */
export const questionIn = ({ fact, question }: WorldItem, setting: FactSetting): string =>
  setting === 'F' && fact !== undefined ? `${fact} ${question}` : question;

/** The picture of an item, drawn. */
export const pictureOf = (item: WorldItem) => renderItem(item, WORLD_EDGE);

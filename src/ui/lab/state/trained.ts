/** A rollout from another page in the Lab's terms: its scene or picture, and how its leakage is measured. */

import { PlaygroundError } from '../../../base/errors.ts';
import type { TrainRollout } from '../../../contract/train/training.ts';
import { MEGAPIXELS } from '../../../picture/size.ts';
import { SPLIT_NAMES, SPLITS } from '../../../world/split.ts';
import type { GivenReference, PictureRollout, RolloutOffer } from '../../shared/offers.ts';
import { readOwnPicture } from '../pictures/own-picture.ts';
import { answersAsText } from './answer-list.ts';
import type { LabSettings } from './settings.ts';
import {
  type LabState,
  withAbsentPicture,
  withOwnPicture,
  withScene,
  withSettings,
} from './state.ts';
import { type ScenePlace, subjectOf } from './subject.ts';

/** Puts what an offered rollout is about on the page. Throws what {@link sceneOf} and reading its pictures throw. */
export async function placing({
  rollout,
  evaluated,
}: RolloutOffer): Promise<(state: LabState) => LabState> {
  const place = 'picture' in rollout ? await ownPlacing(rollout) : scenePlacing(rollout);
  const grading = evaluated?.grading ?? null;
  const leakage = evaluated?.leakage ?? null;
  const mismatched = leakage?.mismatched ?? null;
  // Evaluations read pictures of this size, whatever the page keeps.
  const other = mismatched === null ? null : await readOwnPicture(mismatched, MEGAPIXELS * 1e6);
  return (state) => {
    const placed: LabState = { ...place(state), grading };
    if (leakage === null) return placed;
    const { wrongAnswers, wrongCount, epsilon } = leakage;
    const asked = {
      level: 'leakage',
      wrongAnswers: wrongAnswers === null ? null : answersAsText(wrongAnswers),
      wrongCount,
      epsilon,
      mismatched: other === null ? 'next' : 'own',
    } as const;
    return withSettings({ ...placed, mismatched: other ?? placed.mismatched }, asked);
  };
}

function scenePlacing(
  rollout: Pick<TrainRollout, 'item' | 'question' | 'answer'> & GivenReference,
) {
  const scene = sceneOf(rollout);
  return (state: LabState) => withSettings(withScene(state, scene), scene);
}

async function ownPlacing({ picture, question, answer }: PictureRollout) {
  const own = picture === null ? null : await readOwnPicture(picture, MEGAPIXELS * 1e6);
  return (state: LabState) =>
    withSettings(
      own === null
        ? withAbsentPicture(state, { file: null, none: true })
        : withOwnPicture(state, own),
      { question, answer },
    );
}

/** The settings under which the Lab is about the very scene, question and answer of a rollout. */
export type TrainedScene = Required<ScenePlace> & Pick<LabSettings, 'fact' | 'question' | 'answer'>;

/** Throws what drawing the scene throws, and `world.bad-item` for a split that the world does not have. */
export function sceneOf({
  item,
  question,
  answer: truth,
  wrongReference,
}: Pick<TrainRollout, 'item' | 'question' | 'answer'> & GivenReference): TrainedScene {
  // The Lab's reference is what the teachers were given; it knows by itself what is true.
  const answer = wrongReference?.answer ?? truth;
  const { index, fact } = item;
  const split = SPLIT_NAMES.find((name) => name === item.split);
  if (split === undefined)
    throw new PlaygroundError({
      code: 'world.bad-item',
      message: `The world has no split named “${item.split}”.`,
      fix: 'Train with this version of the page, then open one of its rollouts.',
      where: item.split,
    });
  const usualShare = item.usualShare === SPLITS[split].usualShare ? null : item.usualShare;
  const { difficulty = 'mixed', seeing = null } = item;
  const place = { split, index, usualShare, difficulty, seeing } as const;
  const own = subjectOf({ ...place, fact, question: null, answer: null }, null);
  return {
    ...place,
    fact,
    question: own.question === question ? null : question,
    answer: own.answer === answer ? null : answer,
  };
}

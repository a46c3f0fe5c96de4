/** A training step's rollout in the Lab's terms: its scene. Pure. */

import { PlaygroundError } from '../../../base/errors.ts';
import type { TrainRollout } from '../../../contract/training.ts';
import { SPLIT_NAMES, SPLITS } from '../../../world/split.ts';
import type { LabSettings } from './settings.ts';
import { type ScenePlace, subjectOf } from './subject.ts';

/** The settings under which the Lab is about the very scene, question and answer of a rollout. */
export type TrainedScene = Required<ScenePlace> & Pick<LabSettings, 'fact' | 'question' | 'answer'>;

/** Throws what drawing the scene throws, and `world.bad-item` for a split that the world does not have. */
export function sceneOf({
  item,
  question,
  answer: truth,
  wrongReference,
}: Pick<TrainRollout, 'item' | 'question' | 'answer' | 'wrongReference'>): TrainedScene {
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

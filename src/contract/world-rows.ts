/** The tiny world as training data: its settings as rows. `src/training/data/tiny-world.ts` draws by them. */

import { choice, list, real } from './fields.ts';
import { row } from './setting-row.ts';

/** Question families of the tiny world, in the order of the form. */
export const TRAIN_FAMILIES = ['general', 'expert', 'math', 'spatial', 'prior'] as const;
export type TrainFamily = (typeof TRAIN_FAMILIES)[number];

/** How much there is in a training picture; `mixed` takes pictures of every level as they come. */
export const TRAIN_DIFFICULTIES = ['mixed', 'easy', 'medium', 'hard'] as const;
export type TrainDifficulty = (typeof TRAIN_DIFFICULTIES)[number];

/** What the tiny world draws. Runs from before there was a difficulty took pictures as they came. */
export const DATA = {
  families: row<readonly TrainFamily[]>(
    list(
      'data.families',
      'Question families',
      TRAIN_FAMILIES,
      'The kinds of questions that are asked in training.',
    ),
    ['prior'],
    { paper: TRAIN_FAMILIES },
  ),
  difficulty: row<TrainDifficulty>(
    choice(
      'data.difficulty',
      'Difficulty',
      TRAIN_DIFFICULTIES,
      'How much there is in a training picture: easy has one or two things, three coins or two bars at most; hard has four things, or one that covers another; mixed takes all as they come.',
    ),
    'mixed',
    { absent: 'mixed' },
  ),
  usualShare: row(
    real(
      'data.usualShare',
      'Usual looks',
      '',
      [0, 1],
      'How strong the prior is: the share of things that look as usual in the training pictures.',
    ),
    0.6,
  ),
  factShare: row(
    real(
      'data.factShare',
      'Fact sentences',
      '',
      [0, 1],
      'Share of the prior family’s questions that begin with what is usually so.',
    ),
    0.5,
  ),
} as const;

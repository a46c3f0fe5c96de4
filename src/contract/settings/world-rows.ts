/** The tiny world as training data: its settings as rows. `src/training/data/tiny-world.ts` draws by them. */

import { WORLD_EDGE } from '../../world/render.ts';
import { CLEAR } from '../../world/seeing.ts';
import { choice, list, real, whole } from './fields.ts';
import { rangeOf } from './sampling-bounds.ts';
import { SEEING_BOUNDS } from './seeing.ts';
import { row } from './setting-row.ts';

/** Question families of the tiny world, in the order of the form. */
export const TRAIN_FAMILIES = ['general', 'expert', 'math', 'spatial', 'prior'] as const;
export type TrainFamily = (typeof TRAIN_FAMILIES)[number];

/** What a question comes with: its picture, a caption in its place, or nothing, being a problem in words. */
export const SOURCES = ['pictures', 'captions', 'problems'] as const;
export type DataSource = (typeof SOURCES)[number];

/** How much there is in a training picture; `mixed` takes pictures of every level as they come. */
export const TRAIN_DIFFICULTIES = ['mixed', 'easy', 'medium', 'hard'] as const;
export type TrainDifficulty = (typeof TRAIN_DIFFICULTIES)[number];

/** What a wrong reference answer is. */
export const WRONG_REFERENCES = ['prior', 'random'] as const;
export type WrongReference = (typeof WRONG_REFERENCES)[number];

/** How well pictures of the world can be seen, in a run and in an evaluation. Before it was a setting, they were clear. */
export const SEEING = {
  noise: row(
    real(
      'data.noise',
      'Noise',
      'levels of 0 to 255',
      rangeOf(SEEING_BOUNDS.noise),
      'Standard deviation of what is added to each red, green and blue value of a picture; a scene always has the same noise, in training and held out.',
    ),
    CLEAR.noise,
    { absent: CLEAR.noise },
  ),
  pictureEdge: row(
    whole(
      'data.pictureEdge',
      'Picture edge',
      'pixels',
      rangeOf(SEEING_BOUNDS.pictureEdge),
      `A picture is drawn with so many pixels an edge and enlarged to the ${WORLD_EDGE} that models are given, in training and held out.`,
    ),
    CLEAR.pictureEdge,
    { absent: CLEAR.pictureEdge },
  ),
  occlusion: row(
    real(
      'data.occlusion',
      'Covered things',
      '',
      rangeOf(SEEING_BOUNDS.occlusion),
      'Share of things of which about half is behind a grey board, in training and held out; descriptions are held to the scene all the same.',
    ),
    CLEAR.occlusion,
    { absent: CLEAR.occlusion },
  ),
} as const;

/** What the tiny world draws. Runs from before there was a difficulty took pictures as they came. */
export const DATA = {
  source: row<DataSource>(
    choice(
      'data.source',
      'Questions about',
      SOURCES,
      'What a training question comes with: its picture, a true caption in the picture’s place, or nothing, being a problem in words that takes several steps. Held-out questions have pictures.',
      { problems: 'problems in words' },
    ),
    'pictures',
    { absent: 'pictures', unplanned: true },
  ),
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
  wrongShare: row(
    real(
      'data.wrongShare',
      'Wrong references',
      '',
      [0, 1],
      'Of the training items that can have a wrong reference answer, the share that has one: teachers are given it, and SFT’s reasoning and answer end in it under a description that stays true. Answers are graded by what is true.',
    ),
    0,
    { absent: 0 },
  ),
  wrongReference: row<WrongReference>(
    choice(
      'data.wrongReference',
      'Wrong by',
      WRONG_REFERENCES,
      'By the prior: the answer that one would give without looking, so only prior questions whose picture contradicts it can be wrong (40 % of them by default, so that 0.75 makes 30 % wrong), and all others stay right. At random: another answer of the same sort that is not the usual one either, so every item can be wrong.',
    ),
    'prior',
    { absent: 'prior' },
  ),
  ...SEEING,
} as const;

/** Every setting of a training run: what it is called, its unit, its bounds, and a sentence about it. */

import { choice, flag, list, real, type SettingField, whole } from './fields.ts';
import { METHOD_FIELDS } from './method-fields.ts';
import { valueAt } from './method-settings.ts';
import {
  SCHEDULES,
  TRAIN_DIFFICULTIES,
  TRAIN_FAMILIES,
  TRAIN_TARGETS,
  type TrainSettings,
} from './train-settings.ts';

/** No run is longer. */
export const MAX_STEPS = 100_000;

/** All fields, in the order of the form. Fields that the settings do not have (a rank in full training) are left out by {@link fieldsOf}. */
export const TRAIN_FIELDS: readonly SettingField[] = [
  whole(
    'steps',
    'Steps',
    'steps',
    [1, MAX_STEPS],
    'Each step samples a batch and updates the weights once.',
  ),
  whole(
    'seed',
    'Seed',
    '',
    [0, 0xffffffff],
    'Data, sampling, first adapter and dropout follow from it: the same seed gives the same run.',
  ),
  whole(
    'rolloutsPerStep',
    'Rollouts a step',
    'rollouts',
    [1, 64],
    'Each is an answer to a question of its own; the loss is the mean over all their tokens.',
  ),
  real(
    'sampling.temperature',
    'Sampling temperature',
    '',
    [0, 100],
    'Higher explores more; 0 always takes the likeliest token.',
  ),
  real(
    'sampling.topP',
    'Top-p',
    '',
    [1e-6, 1],
    'Samples from the likeliest tokens that together reach this probability; 1 keeps all.',
  ),
  whole(
    'sampling.topK',
    'Top-k',
    'tokens',
    [0, 1_000_000],
    'Samples from this many likeliest tokens; 0 keeps all.',
  ),
  whole(
    'sampling.maxNewTokens',
    'Longest rollout',
    'tokens',
    [8, 512],
    'A rollout that is cut off here has no box and is invalid.',
  ),
  real(
    'optimizer.learningRate',
    'Learning rate',
    '',
    [0, 1],
    'How far one step of AdamW moves a weight.',
  ),
  choice(
    'optimizer.schedule',
    'Schedule',
    SCHEDULES,
    'How the learning rate falls after the warm-up; linear and cosine end at 0.',
  ),
  whole(
    'optimizer.warmupSteps',
    'Warm-up',
    'steps',
    [0, 100_000],
    'Over these first steps the learning rate rises from 0; the first step of all changes nothing.',
  ),
  real(
    'optimizer.beta1',
    'Beta 1',
    '',
    [0, 0.999999],
    'Memory of the running mean of the gradient.',
  ),
  real('optimizer.beta2', 'Beta 2', '', [0, 0.999999], 'Memory of the running mean of its square.'),
  real(
    'optimizer.epsilon',
    'Epsilon',
    '',
    [1e-16, 1],
    'Keeps the division by a tiny second moment in bounds.',
  ),
  real(
    'optimizer.weightDecay',
    'Weight decay',
    '',
    [0, 10],
    'Pulls weights towards 0, apart from the gradient.',
  ),
  real(
    'optimizer.maxGradNorm',
    'Largest gradient norm',
    '',
    [0, 1e6],
    'A longer gradient is shortened to this norm; 0 does not shorten.',
  ),
  choice(
    'trainable.kind',
    'What is trained',
    ['lora', 'full'],
    'Low-rank adapters beside frozen weights, or every weight of the text model.',
  ),
  whole('trainable.rank', 'Rank', '', [1, 128], 'Inner size of each adapter.'),
  real(
    'trainable.alpha',
    'Alpha',
    '',
    [0.001, 1024],
    'The adapter’s output is scaled by alpha divided by the rank.',
  ),
  real(
    'trainable.dropout',
    'Dropout',
    '',
    [0, 0.95],
    'Share of an adapter’s inputs that is zeroed in the training pass, never for teachers or rollouts.',
  ),
  list('trainable.targets', 'Modules', TRAIN_TARGETS, 'The linear layers that get an adapter.'),
  flag(
    'trainable.vision',
    'Train the vision tower',
    'Otherwise pictures are seen as before, and each is encoded once.',
  ),
  list(
    'data.families',
    'Question families',
    TRAIN_FAMILIES,
    'The kinds of questions that are asked in training.',
  ),
  choice(
    'data.difficulty',
    'Difficulty',
    TRAIN_DIFFICULTIES,
    'How much there is in a training picture: easy has one or two things, three coins or two bars at most; hard has four things, or one that covers another; mixed takes all as they come.',
  ),
  real(
    'data.usualShare',
    'Usual looks',
    '',
    [0, 1],
    'How strong the prior is: the share of things that look as usual in the training pictures.',
  ),
  real(
    'data.factShare',
    'Fact sentences',
    '',
    [0, 1],
    'Share of the prior family’s questions that begin with what is usually so.',
  ),
  whole(
    'evaluation.every',
    'Evaluate every',
    'steps',
    [0, 100_000],
    'Measures accuracy, Prior and Score on held-out pictures; 0 never does.',
  ),
  whole(
    'evaluation.items',
    'Evaluation items',
    'items',
    [1, 1000],
    'Held-out pictures for the accuracy, and as many groups of three for Prior and Score.',
  ),
  real(
    'evaluation.temperature',
    'Evaluation temperature',
    '',
    [0, 100],
    'How held-out answers are drawn, one a picture; 0 always takes the likeliest token.',
  ),
  real(
    'evaluation.topP',
    'Evaluation top-p',
    '',
    [1e-6, 1],
    'As for rollouts. The paper evaluates with 0.9; figures with other values are not to be compared.',
  ),
  whole(
    'evaluation.topK',
    'Evaluation top-k',
    'tokens',
    [0, 1_000_000],
    'As for rollouts. The paper evaluates with 20.',
  ),
  whole(
    'followed.every',
    'Follow every',
    'steps',
    [0, 100_000],
    'Measures one fixed rollout again; 0 follows none.',
  ),
  whole(
    'followed.item',
    'Followed item',
    '',
    [0, 1_000_000],
    'Which validation item the fixed rollout answers.',
  ),
  whole(
    'checkpointEvery',
    'Checkpoint every',
    'steps',
    [0, 100_000],
    'Writes the state down; 0 does so only at a pause and at the end.',
  ),
  ...METHOD_FIELDS,
];

/** The value at a field's path; undefined where these settings have none. */
export function readSetting(settings: Pick<TrainSettings, 'method'>, path: string): unknown {
  return valueAt({ ...settings }, path);
}

/** The fields that these settings have. */
export function fieldsOf(settings: TrainSettings): SettingField[] {
  return TRAIN_FIELDS.filter(({ path }) => readSetting(settings, path) !== undefined);
}

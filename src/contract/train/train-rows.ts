/**
 * Every setting of a training run as a row: what it is called, its unit, its bounds, a sentence about it, and
 * its value in each preset. Types, forms, addresses, flags, checks and presets are drawn from here.
 */

import { EVALUATION_BOUNDS } from '../settings/evaluation-bounds.ts';
import { choice, flag, list, real, whole } from '../settings/fields.ts';
import { rangeOf, SAMPLING_BOUNDS, SAMPLING_FIELDS } from '../settings/sampling-bounds.ts';
import { row, type SettingRow } from '../settings/setting-row.ts';
import { DATA } from '../settings/world-rows.ts';
import { GRPO } from './grpo-rows.ts';

export type Schedule = 'constant' | 'linear' | 'cosine';
export const SCHEDULES: readonly Schedule[] = ['constant', 'linear', 'cosine'];

/** The linear layers of the text model that an adapter can sit on, as PEFT names them. */
export const TRAIN_TARGETS = [
  'q_proj',
  'k_proj',
  'v_proj',
  'o_proj',
  'gate_proj',
  'up_proj',
  'down_proj',
] as const;
export type TrainTarget = (typeof TRAIN_TARGETS)[number];

/** The linear layers of a vision tower's block, of all families, as PEFT names them. */
export const SIGHT_TARGETS = {
  attention: ['qkv', 'proj'],
  'feed-forward': [
    ...['gate_proj', 'up_proj', 'down_proj'],
    ...['fc1', 'fc2', 'linear_fc1', 'linear_fc2'],
  ],
} as const;

/** Which of them have adapters. */
export type SightAdapters = 'none' | 'feed-forward' | 'all';

/** No run is longer. */
export const MAX_STEPS = 100_000;

/** Of the run as a whole. */
export const START = {
  steps: row(
    whole(
      'steps',
      'Steps',
      'steps',
      [1, MAX_STEPS],
      'Each step samples a batch and updates the weights once.',
    ),
    100,
  ),
  seed: row(
    whole(
      'seed',
      'Seed',
      '',
      rangeOf(SAMPLING_BOUNDS.seed),
      'Data, sampling, first adapter and dropout follow from it: the same seed gives the same run.',
    ),
    1,
  ),
  rolloutsPerStep: row(
    whole(
      'rolloutsPerStep',
      'Questions a step',
      'questions',
      [1, 64],
      'Each is answered once, by GRPO with a group of rollouts; the loss is a mean over all of a step’s rollouts.',
    ),
    8,
    { paper: 32 },
  ),
} as const;

/** How rollouts are drawn; a temperature of 0 is greedy, a top-k of 0 keeps all. */
export const SAMPLING = {
  temperature: row(SAMPLING_FIELDS.temperature, 1.1, { greedy: true }),
  topP: row(SAMPLING_FIELDS.topP, 0.95),
  topK: row(SAMPLING_FIELDS.topK, 20),
  maxNewTokens: row(SAMPLING_FIELDS.maxNewTokens, 96),
} as const;

/** AdamW with decoupled weight decay, after clipping the global norm of the gradient. */
export const OPTIMIZER = {
  learningRate: row(
    real(
      'optimizer.learningRate',
      'Learning rate',
      '',
      [0, 1],
      'How far one step of AdamW moves a weight.',
    ),
    2e-3,
    { paper: 5e-6 },
  ),
  schedule: row<Schedule>(
    choice(
      'optimizer.schedule',
      'Schedule',
      SCHEDULES,
      'How the learning rate falls after the warm-up; linear and cosine end at 0.',
    ),
    'linear',
  ),
  warmupSteps: row(
    whole(
      'optimizer.warmupSteps',
      'Warm-up',
      'steps',
      [0, 100_000],
      'Over these first steps the learning rate rises from 0; the first step of all changes nothing.',
    ),
    5,
    { paper: 0 },
  ),
  beta1: row(
    real(
      'optimizer.beta1',
      'Beta 1',
      '',
      [0, 0.999999],
      'Memory of the running mean of the gradient.',
    ),
    0.9,
  ),
  beta2: row(
    real(
      'optimizer.beta2',
      'Beta 2',
      '',
      [0, 0.999999],
      'Memory of the running mean of its square.',
    ),
    0.999,
  ),
  epsilon: row(
    real(
      'optimizer.epsilon',
      'Epsilon',
      '',
      [1e-16, 1],
      'Keeps the division by a tiny second moment in bounds.',
    ),
    1e-8,
  ),
  weightDecay: row(
    real(
      'optimizer.weightDecay',
      'Weight decay',
      '',
      [0, 10],
      'Pulls weights towards 0, apart from the gradient.',
    ),
    0,
  ),
  maxGradNorm: row(
    real(
      'optimizer.maxGradNorm',
      'Largest gradient norm',
      '',
      [0, 1e6],
      'A longer gradient is shortened to this norm; 0 does not shorten.',
    ),
    1,
    { paper: 0.1 },
  ),
} as const;

/** What is trained, and whether the vision tower’s weights are too. */
export const TRAINABLE = {
  kind: row<'lora' | 'full'>(
    choice(
      'trainable.kind',
      'What is trained',
      ['lora', 'full'],
      'Low-rank adapters beside frozen weights, or every weight of the text model.',
      { lora: 'LoRA', full: 'all weights' },
    ),
    'lora',
  ),
  vision: row<boolean>(
    flag(
      'trainable.vision',
      'Train the vision tower',
      'Otherwise pictures are seen as before, and each is encoded once.',
    ),
    false,
  ),
} as const;

/** Low-rank adapters: y = Wx + (alpha / rank)·B·A·dropout(x). Full training has none of these. */
export const LORA = {
  rank: row(whole('trainable.rank', 'Rank', '', [1, 128], 'Inner size of each adapter.'), 16, {
    paper: 64,
  }),
  alpha: row(
    real(
      'trainable.alpha',
      'Alpha',
      '',
      [0.001, 1024],
      'The adapter’s output is scaled by alpha divided by the rank.',
    ),
    32,
    { paper: 128 },
  ),
  dropout: row(
    real(
      'trainable.dropout',
      'Dropout',
      '',
      [0, 0.95],
      'Share of an adapter’s inputs that is zeroed in the training pass, never for teachers or rollouts.',
    ),
    0,
    { paper: 0.05 },
  ),
  targets: row<readonly TrainTarget[]>(
    list('trainable.targets', 'Modules', TRAIN_TARGETS, 'The linear layers that get an adapter.'),
    TRAIN_TARGETS,
  ),
  sight: row<SightAdapters>(
    choice(
      'trainable.sight',
      'In the vision blocks',
      ['none', 'feed-forward', 'all'],
      'Adapters on the vision tower’s blocks too; pictures are then encoded anew at every step. The released trainer’s list of names meets the feed-forward layers of a Qwen2.5-VL’s blocks.',
      { none: 'no adapters', 'feed-forward': 'feed-forward layers', all: 'all linear layers' },
    ),
    'none',
    { absent: 'none', unplanned: true },
  ),
} as const;

/** Held-out figures; the start and the end are evaluated too. Before it was a setting, answers came from the whole distribution. */
export const EVALUATION = {
  every: row(
    whole(
      'evaluation.every',
      'Evaluate every',
      'steps',
      [0, 100_000],
      'Measures accuracy, Prior and Score on held-out pictures; 0 never does.',
    ),
    25,
  ),
  items: row(
    whole(
      'evaluation.items',
      'Evaluation items',
      'items',
      [1, 1000],
      'Held-out pictures for the accuracy, and as many groups of three for Prior and Score.',
    ),
    30,
    { paper: 48 },
  ),
  temperature: row(
    real(
      'evaluation.temperature',
      'Evaluation temperature',
      '',
      rangeOf(SAMPLING_BOUNDS.temperature),
      'How held-out answers are drawn, one a picture; 0 always takes the likeliest token.',
    ),
    1,
    { greedy: true, absent: 1 },
  ),
  topP: row(
    real(
      'evaluation.topP',
      'Evaluation top-p',
      '',
      rangeOf(SAMPLING_BOUNDS.topP),
      'As for rollouts. The paper evaluates with 0.9; figures with other values are not to be compared.',
    ),
    1,
    { paper: 0.9, absent: 1 },
  ),
  topK: row(
    whole(
      'evaluation.topK',
      'Evaluation top-k',
      'tokens',
      rangeOf(SAMPLING_BOUNDS.topK),
      'As for rollouts. The paper evaluates with 20.',
    ),
    0,
    { paper: 20, absent: 0 },
  ),
  responses: row(
    whole(
      'evaluation.responses',
      'Responses each, k',
      'responses',
      rangeOf(EVALUATION_BOUNDS.responses),
      'To each held-out question on its own: with more than one, Pass@k is a curve beside Avg@k. Groups of three are answered once, as in the paper.',
    ),
    1,
    { absent: 1, unplanned: true },
  ),
  palr: row(
    whole(
      'evaluation.palr',
      'Rollouts for PALR',
      'rollouts',
      [0, 1000],
      'So many valid answers to groups of three are re-scored under the right reference, wrong ones and another picture, so that the leakage under OPSD and under ViGOS are curves; 0 measures none.',
    ),
    0,
    { absent: 0, unplanned: true },
  ),
  teachers: row(
    whole(
      'evaluation.teachers',
      'Groups for teachers',
      'groups',
      [0, 1000],
      'In so many groups of three, teachers write by themselves, given the right and a wrong reference, so that whom they follow is a curve; they are frozen, so only what follows the student’s own description can move. 0 asks none.',
    ),
    0,
    { absent: 0, unplanned: true },
  ),
  words: row(
    whole(
      'evaluation.words',
      'Held-out problems in words',
      'problems',
      [0, 1000],
      'So many problems without a picture, which are never trained on, are answered beside the pictures, so that a stage of textual reasoning has a curve of its own; 0 asks none.',
    ),
    0,
    { absent: 0, unplanned: true },
  ),
} as const;

/** One validation rollout, sampled before training, whose divergences are measured over the run. */
export const FOLLOWED = {
  every: row(
    whole(
      'followed.every',
      'Follow every',
      'steps',
      [0, 100_000],
      'Measures one fixed rollout again; 0 follows none.',
    ),
    5,
  ),
  item: row(
    whole(
      'followed.item',
      'Followed item',
      '',
      [0, 1_000_000],
      'Which validation item the fixed rollout answers.',
    ),
    // A green banana, which the built-in student calls yellow.
    5,
  ),
} as const;

/** Of what is kept. */
export const END = {
  checkpointEvery: row(
    whole(
      'checkpointEvery',
      'Checkpoint every',
      'steps',
      [0, 100_000],
      'Writes the state down; 0 does so only at a pause and at the end.',
    ),
    25,
  ),
} as const;

/** All rows, in the order of the form. */
export const TRAIN_ROWS: readonly SettingRow<unknown>[] = [
  ...[START, GRPO, SAMPLING, OPTIMIZER].flatMap(rowsOf),
  ...[TRAINABLE.kind, ...rowsOf(LORA), TRAINABLE.vision],
  ...[DATA, EVALUATION, FOLLOWED, END].flatMap(rowsOf),
];

function rowsOf(group: Readonly<Record<string, SettingRow<unknown>>>): SettingRow<unknown>[] {
  return Object.values(group);
}

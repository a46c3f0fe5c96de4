/** Everything that decides a training run, as plain data, and the two presets of values. */
import { PlaygroundError } from '../base/errors.ts';
import type { MethodConfig } from '../method/types.ts';
import { type Recipe, recipeOf } from './recipes.ts';

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

/** Question families of the tiny world, in the order of the form. */
export const TRAIN_FAMILIES = ['general', 'expert', 'math', 'spatial', 'prior'] as const;
export type TrainFamily = (typeof TRAIN_FAMILIES)[number];

/** Low-rank adapters on the text model: y = Wx + (alpha / rank)·B·A·dropout(x). */
export interface LoraTrainable {
  readonly kind: 'lora';
  readonly rank: number;
  readonly alpha: number;
  /** Share of an adapter's inputs that is zeroed in the student's training pass, in [0, 1). */
  readonly dropout: number;
  readonly targets: readonly TrainTarget[];
  /** Whether the vision tower's weights are trained too. */
  readonly vision: boolean;
}

/** Every weight of the text model. */
export interface FullTrainable {
  readonly kind: 'full';
  readonly vision: boolean;
}

export type Trainable = LoraTrainable | FullTrainable;

export interface TrainSampling {
  /** 0 is greedy. */
  readonly temperature: number;
  readonly topP: number;
  /** 0 keeps everything. */
  readonly topK: number;
  readonly maxNewTokens: number;
}

/** AdamW with decoupled weight decay, after clipping the global norm of the gradient. */
export interface OptimizerSettings {
  readonly learningRate: number;
  /** From the end of the warm-up to the last step. */
  readonly schedule: Schedule;
  /** Steps in which the rate rises linearly, the first of them at 0. */
  readonly warmupSteps: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly weightDecay: number;
  /** 0 does not clip. */
  readonly maxGradNorm: number;
}

/** How much there is in a training picture; `mixed` takes pictures of every level as they come. */
export const TRAIN_DIFFICULTIES = ['mixed', 'easy', 'medium', 'hard'] as const;
export type TrainDifficulty = (typeof TRAIN_DIFFICULTIES)[number];

export interface DataSettings {
  readonly families: readonly TrainFamily[];
  readonly difficulty: TrainDifficulty;
  /** Share of things that look as usual in the training pictures. */
  readonly usualShare: number;
  /** Share of the prior family's questions that begin with the fact sentence. */
  readonly factShare: number;
}

/** How a held-out answer is drawn; as long as a rollout may be. */
type EvaluationSampling = Omit<TrainSampling, 'maxNewTokens'>;

export interface EvaluationSettings extends EvaluationSampling {
  /** Steps between evaluations; 0 never evaluates. The start and the end are evaluated too. */
  readonly every: number;
  /** Validation pictures of all families for the accuracy, and as many groups of three for Prior and Score. */
  readonly items: number;
}

/** One validation rollout, sampled before training, whose divergences are measured over the run. */
export interface FollowedSettings {
  /** Steps between measurements; 0 follows nothing. */
  readonly every: number;
  /** Index of the validation item. */
  readonly item: number;
}

export interface TrainSettings {
  /** Id of a row of `RECIPES`. */
  readonly recipe: string;
  /** Null exactly for recipes without teachers. */
  readonly method: MethodConfig | null;
  readonly steps: number;
  /** Unsigned 32-bit integer: data, sampling, initial adapter and dropout follow from it. */
  readonly seed: number;
  /** Prompts a step, one rollout each; reference texts a step for SFT. */
  readonly rolloutsPerStep: number;
  readonly sampling: TrainSampling;
  readonly optimizer: OptimizerSettings;
  readonly trainable: Trainable;
  readonly data: DataSettings;
  readonly evaluation: EvaluationSettings;
  readonly followed: FollowedSettings;
  /** Steps between checkpoints; 0 writes them only at a pause and at the end. */
  readonly checkpointEvery: number;
}

/** Values for a model of this size, or those of the paper. */
export type TrainPresetName = 'tiny' | 'paper';

export interface TrainPreset {
  readonly name: TrainPresetName;
  readonly label: string;
  readonly description: string;
  /** Whether ViGOS keeps its clip of a token's loss. */
  readonly tokenClip: boolean;
  readonly settings: Omit<TrainSettings, 'recipe' | 'method'>;
}

const DATA: DataSettings = {
  families: TRAIN_FAMILIES,
  difficulty: 'mixed',
  usualShare: 0.6,
  factShare: 0.5,
};
const PAPER_SAMPLING: TrainSampling = { temperature: 1.1, topP: 0.95, topK: 20, maxNewTokens: 96 };
/** From the whole distribution. */
export const PLAIN_SAMPLING: EvaluationSampling = { temperature: 1, topP: 1, topK: 0 };
/** The paper's evaluation; its released scripts take top-k 50. */
const PAPER_EVALUATION: EvaluationSampling = { temperature: 1, topP: 0.9, topK: 20 };
const ADAM = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0 } as const;

export const TRAIN_PRESETS: readonly TrainPreset[] = [
  {
    name: 'tiny',
    label: 'Tiny',
    description:
      'Works in minutes on the built-in model: a high learning rate, small batches, only questions with a strong prior, and no clip, since 0.05 nats a token would silence the very tokens on which teacher and student disagree.',
    tokenClip: false,
    settings: {
      steps: 100,
      seed: 1,
      rolloutsPerStep: 8,
      sampling: PAPER_SAMPLING,
      optimizer: {
        ...ADAM,
        learningRate: 2e-3,
        schedule: 'linear',
        warmupSteps: 5,
        maxGradNorm: 1,
      },
      trainable: {
        kind: 'lora',
        rank: 16,
        alpha: 32,
        dropout: 0,
        targets: TRAIN_TARGETS,
        vision: false,
      },
      data: { ...DATA, families: ['prior'] },
      evaluation: { every: 25, items: 30, ...PLAIN_SAMPLING },
      followed: { every: 5, item: 0 },
      checkpointEvery: 25,
    },
  },
  {
    name: 'paper',
    label: 'Paper',
    description:
      'The values of the paper, made for models a thousand times larger; this one hardly moves with them.',
    tokenClip: true,
    settings: {
      steps: 100,
      seed: 1,
      rolloutsPerStep: 32,
      sampling: PAPER_SAMPLING,
      optimizer: {
        ...ADAM,
        learningRate: 5e-6,
        schedule: 'linear',
        warmupSteps: 0,
        maxGradNorm: 0.1,
      },
      trainable: {
        kind: 'lora',
        rank: 64,
        alpha: 128,
        dropout: 0.05,
        targets: TRAIN_TARGETS,
        vision: false,
      },
      data: DATA,
      evaluation: { every: 25, items: 48, ...PAPER_EVALUATION },
      followed: { every: 5, item: 0 },
      checkpointEvery: 25,
    },
  },
];

/** The settings of a recipe with the values of a preset. Throws `train.recipe` and `train.preset`. */
export function trainSettings(
  recipe: string,
  preset: string,
  recipes?: readonly Recipe[],
): TrainSettings {
  const values = TRAIN_PRESETS.find(({ name }) => name === preset);
  const { id, method } = recipeOf(recipe, recipes);
  if (values !== undefined) {
    const unclipped = method?.clip.kind === 'token' && !values.tokenClip;
    const own: MethodConfig | null = unclipped ? { ...method, clip: { kind: 'none' } } : method;
    return { recipe: id, method: own, ...values.settings };
  }
  throw new PlaygroundError({
    code: 'train.preset',
    message: `There is no preset "${preset}".`,
    fix: `Choose one of: ${TRAIN_PRESETS.map(({ name }) => name).join(', ')}.`,
    where: 'preset',
  });
}

/** Everything that decides a training run, as plain data, and the two presets of values. */
import { PlaygroundError } from '../../base/errors.ts';
import type { MethodConfig } from '../../method/types.ts';
import type { DataReference } from '../data/data-sets.ts';
import type { ItemSet } from '../data/item-set.ts';
import { withValue } from '../settings/method-settings.ts';
import type { SettingGroup, TrainPresetName, ValuesOf } from '../settings/setting-row.ts';
import { DATA } from '../settings/world-rows.ts';
import { GRPO } from './grpo-rows.ts';
import { type Recipe, recipeOf } from './recipes.ts';
import {
  END,
  EVALUATION,
  FOLLOWED,
  LORA,
  OPTIMIZER,
  SAMPLING,
  START,
  TRAINABLE,
} from './train-rows.ts';

/** Low-rank adapters on the text model, and on the vision tower's blocks where asked. */
export interface LoraTrainable extends ValuesOf<typeof LORA> {
  readonly kind: 'lora';
  /** Whether the vision tower's weights are trained too. */
  readonly vision: boolean;
}

/** Every weight of the text model. */
export interface FullTrainable {
  readonly kind: 'full';
  readonly vision: boolean;
}

export type Trainable = LoraTrainable | FullTrainable;

/** Whether a student sees pictures in its own way, so that they are encoded anew for it. */
export const learnsToSee = (trainable: Trainable): boolean =>
  trainable.vision || (trainable.kind === 'lora' && trainable.sight !== 'none');
export type TrainSampling = ValuesOf<typeof SAMPLING>;
export type OptimizerSettings = ValuesOf<typeof OPTIMIZER>;
export type GrpoSettings = ValuesOf<typeof GRPO>;

/** The rows of `train-rows.ts`, each group under its name; a new group stands here too. */
export interface TrainSettings extends ValuesOf<typeof START>, ValuesOf<typeof END> {
  /** Id of a row of `RECIPES`. */
  readonly recipe: string;
  /** Null exactly for recipes without teachers. */
  readonly method: MethodConfig | null;
  /** There exactly for recipes that learn from rewards: records and keys of others know nothing of it. */
  readonly grpo?: GrpoSettings;
  readonly sampling: TrainSampling;
  readonly optimizer: OptimizerSettings;
  readonly trainable: Trainable;
  readonly data: ValuesOf<typeof DATA>;
  /** The items that are drawn from; absent where all of the world’s are. */
  readonly items?: ItemSet;
  /** The set of a person's own that is drawn from, by its fingerprint; absent where the world is. */
  readonly questions?: DataReference;
  /**
   * Stages, one after the other; absent where a run is one from its first step to its last. Their first one’s own
   * settings stand above as well, and `steps` are those of all.
   */
  readonly schedule?: StageSchedule;
  readonly evaluation: ValuesOf<typeof EVALUATION>;
  readonly followed: ValuesOf<typeof FOLLOWED>;
}

/** What a stage has of its own. */
export type StageSettings = Pick<
  TrainSettings,
  | 'recipe'
  | 'method'
  | 'grpo'
  | 'rolloutsPerStep'
  | 'sampling'
  | 'optimizer'
  | 'data'
  | 'items'
  | 'questions'
  | 'steps'
>;

export interface TrainStage extends StageSettings {
  /** Of its own in the schedule: a-z, 0-9 and -. */
  readonly id: string;
  readonly label: string;
  /** Completion tokens after which it ends, with the step that reaches them; its steps are then the most. Absent where they alone end it. */
  readonly tokens?: number;
}

/**
 * In which order the questions of all stages are asked: stage by stage; drawn from all stages at once (`merged`), so that
 * a step has some of each; from those that the model solves often to those that it hardly does, over all stages
 * (`difficulty`) or within each (`both`).
 */
export const STAGE_ORDERS = ['staged', 'merged', 'difficulty', 'both'] as const;
export type StageOrder = (typeof STAGE_ORDERS)[number];

export interface StageSchedule {
  readonly order: StageOrder;
  readonly stages: readonly TrainStage[];
  /**
   * The last steps of the stages that are over, from the first, where tokens end any. Never written down nor read: what a
   * run has learnt from says it, see `settledAfter`.
   */
  readonly ended?: readonly number[];
}

export interface TrainPreset {
  readonly name: TrainPresetName;
  readonly label: string;
  readonly description: string;
  /** Whether ViGOS keeps its clip of a token's loss. */
  readonly tokenClip: boolean;
  readonly settings: Omit<TrainSettings, 'recipe' | 'method'>;
}

export const TRAIN_PRESETS: readonly TrainPreset[] = [
  {
    name: 'tiny',
    label: 'Tiny',
    description:
      'Works in minutes on the built-in model: a high learning rate, small batches, only questions with a strong prior, and no clip, since 0.05 nats a token would silence the very tokens on which teacher and student disagree.',
    tokenClip: false,
    settings: valuesOf('tiny'),
  },
  {
    name: 'paper',
    label: 'Paper',
    description:
      'The values of the paper, made for models a thousand times larger; this one hardly moves with them.',
    tokenClip: true,
    settings: valuesOf('paper'),
  },
];

function valuesOfGroup<G extends SettingGroup>(group: G, preset: TrainPresetName): ValuesOf<G> {
  const entries = Object.entries(group).map(([name, row]) => [name, row.preset[preset]]);
  return Object.fromEntries(entries) as ValuesOf<G>;
}

function valuesOf(preset: TrainPresetName): Omit<TrainSettings, 'recipe' | 'method'> {
  const of = <G extends SettingGroup>(group: G) => valuesOfGroup(group, preset);
  return {
    ...of(START),
    sampling: of(SAMPLING),
    optimizer: of(OPTIMIZER),
    trainable: { kind: 'lora', ...of(LORA), vision: TRAINABLE.vision.preset[preset] },
    data: of(DATA),
    evaluation: of(EVALUATION),
    followed: of(FOLLOWED),
    ...of(END),
  };
}

/** The settings of a recipe with the values of a preset. Throws `train.recipe` and `train.preset`. */
export function trainSettings(
  recipe: string,
  preset: string,
  recipes?: readonly Recipe[],
): TrainSettings {
  const values = TRAIN_PRESETS.find(({ name }) => name === preset);
  const { id, method, kind } = recipeOf(recipe, recipes);
  if (values !== undefined) {
    const unclipped = method?.clip.kind === 'token' && !values.tokenClip;
    const own: MethodConfig | null = unclipped ? { ...method, clip: { kind: 'none' } } : method;
    const grpo = kind.rewards ? { grpo: valuesOfGroup(GRPO, values.name) } : {};
    let settings: TrainSettings = { recipe: id, method: own, ...grpo, ...values.settings };
    // The paths are those of rows, whose values these are.
    for (const [path, value] of Object.entries(kind.values?.[values.name] ?? {}))
      settings = { ...settings, ...withValue(settings, path.split('.'), value) };
    return settings;
  }
  throw new PlaygroundError({
    code: 'train.preset',
    message: `There is no preset "${preset}".`,
    fix: `Choose one of: ${TRAIN_PRESETS.map(({ name }) => name).join(', ')}.`,
    where: 'preset',
  });
}

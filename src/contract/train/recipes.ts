/** What a run can be taught by, as data: kinds of recipes with what each needs, and the recipes themselves. */
import { PlaygroundError } from '../../base/errors.ts';
import { NAMED_METHODS, type NamedMethod } from '../../method/named-methods.ts';
import type { MethodConfig } from '../../method/types.ts';
import { DISTILLATION_FIGURES } from '../figures/distillation-figures.ts';
import { GRPO_FIGURES } from '../figures/grpo-figures.ts';
import type { FigureChart } from '../figures/step-figures.ts';
import { WRONG_REFERENCE_CHART } from '../figures/wrong-reference-figures.ts';
import type { TrainPresetName } from '../settings/setting-row.ts';

/** What a kind of recipe needs and shows; `src/training/recipes` has its gradient under the same name. */
export interface RecipeKind {
  readonly name: string;
  /** The texts that it learns from: the student's own, the references, their descriptions alone, or none, where nothing is trained. */
  readonly texts: 'sampled' | 'reference' | 'caption' | 'none';
  /** Whether its runs have a method, which says who teaches what. */
  readonly teachers: boolean;
  /** Whether it learns from rewards in groups, of whose size and terms its runs have settings. */
  readonly rewards: boolean;
  /** Completions of each prompt in a step, where no group's size says it. */
  readonly rolloutsPerPrompt: number;
  /** What a preset has otherwise for it, by the paths of settings. */
  readonly values?: Readonly<Record<TrainPresetName, Readonly<Record<string, unknown>>>>;
  /** The chart that is drawn large beside the Score: the most telling one that has values. */
  readonly chart: string;
  /** What it measures in a step beside loss and entropy. */
  readonly charts: readonly FigureChart[];
  /** Why its steps have no rollouts to show; null where they have. */
  readonly withoutRollouts: string | null;
}

export interface Recipe {
  /** Stable: used in addresses and files. */
  readonly id: string;
  readonly label: string;
  readonly description: string;
  readonly kind: RecipeKind;
  /** Null exactly for kinds without teachers. */
  readonly method: MethodConfig | null;
}

const DISTILLATION: RecipeKind = {
  name: 'distillation',
  texts: 'sampled',
  teachers: true,
  rewards: false,
  rolloutsPerPrompt: 1,
  chart: 'teacher-loss',
  charts: DISTILLATION_FIGURES,
  withoutRollouts: null,
};

const SUPERVISED: RecipeKind = {
  name: 'supervised',
  texts: 'reference',
  teachers: false,
  rewards: false,
  rolloutsPerPrompt: 1,
  chart: 'loss',
  charts: [WRONG_REFERENCE_CHART],
  withoutRollouts: 'This recipe learns from reference texts; the student writes none.',
};

/** The whole distribution is sampled at temperature 1, so that the ratio is that of what was drawn from. */
const WHOLE = { 'sampling.temperature': 1, 'sampling.topP': 1, 'sampling.topK': 0 } as const;

const REINFORCED: RecipeKind = {
  name: 'reinforced',
  texts: 'sampled',
  teachers: false,
  rewards: true,
  rolloutsPerPrompt: 1,
  values: {
    tiny: { ...WHOLE, rolloutsPerStep: 4, 'optimizer.learningRate': 1e-3 },
    paper: { ...WHOLE, 'optimizer.learningRate': 1e-6 },
  },
  chart: 'meanReward',
  charts: GRPO_FIGURES,
  withoutRollouts: null,
};

const CAPTIONED: RecipeKind = { ...SUPERVISED, name: 'captioned', texts: 'caption', charts: [] };

const UNTRAINED: RecipeKind = {
  name: 'untrained',
  texts: 'none',
  teachers: false,
  rewards: false,
  rolloutsPerPrompt: 1,
  chart: 'prior',
  charts: [],
  withoutRollouts: 'Nothing is trained, so there are no steps with rollouts.',
};

/** Those that have most to show come first. */
export const RECIPE_KINDS: readonly RecipeKind[] = [
  DISTILLATION,
  REINFORCED,
  SUPERVISED,
  CAPTIONED,
  UNTRAINED,
];

/** A run has values of its own, such as no clip: “(paper)” is said of the paper's alone. */
const recipeLabel = ({ id, label }: NamedMethod): string => (id === 'vigos' ? 'ViGOS' : label);

/** All recipes, in the order of the form. */
export const RECIPES: readonly Recipe[] = [
  ...NAMED_METHODS.map(
    (named): Recipe => ({ ...named, label: recipeLabel(named), kind: DISTILLATION }),
  ),
  {
    id: 'grpo',
    label: 'GRPO on rewards',
    description:
      'Several answers to each question; those with more reward than their group become likelier. No teacher: 0.9 for a right answer, 0.1 for the form.',
    kind: REINFORCED,
    method: null,
  },
  {
    id: 'sft',
    label: 'SFT on references',
    description: 'Cross-entropy on the reference texts; no rollout and no teacher.',
    kind: SUPERVISED,
    method: null,
  },
  {
    id: 'sft-captions',
    label: 'SFT on captions',
    description:
      'Cross-entropy on true descriptions of the pictures, and nothing else: what learning to see by copying gives.',
    kind: CAPTIONED,
    method: null,
  },
  {
    id: 'base',
    label: 'Base with the student prompt',
    description: 'The untrained model asked in the same form: what the prompt alone gives.',
    kind: UNTRAINED,
    method: null,
  },
];

/** A recipe by its id. Throws {@link PlaygroundError} `train.recipe`. */
export function recipeOf(id: string, recipes: readonly Recipe[] = RECIPES): Recipe {
  const found = recipes.find((recipe) => recipe.id === id);
  if (found !== undefined) return found;
  const known = recipes.map((recipe) => recipe.id).join(', ');
  throw new PlaygroundError({
    code: 'train.recipe',
    message: `There is no recipe "${id}".`,
    fix: `Choose one of: ${known}.`,
    where: 'recipe',
  });
}

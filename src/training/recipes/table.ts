/** The objective of each kind of recipe. */

import { type Recipe, recipeOf } from '../../contract/train/recipes.ts';
import { distillation } from './distillation.ts';
import { grpo } from './grpo.ts';
import type { MakeObjective } from './objective.ts';
import { promptOnly } from './prompt-only.ts';
import { referenceTexts } from './reference-texts.ts';

/** By the name of the kind. */
const OBJECTIVES: Readonly<Record<string, MakeObjective>> = {
  distillation,
  reinforced: grpo,
  supervised: referenceTexts,
  captioned: referenceTexts,
  untrained: promptOnly,
};

/** A recipe with its objective. */
export interface TrainingRecipe extends Pick<Recipe, 'kind'> {
  readonly objective: MakeObjective;
}

/** By a recipe's id. Throws {@link PlaygroundError} `train.recipe`. */
export function trainingRecipe(id: string): TrainingRecipe {
  const { kind } = recipeOf(id);
  const objective = OBJECTIVES[kind.name];
  if (objective === undefined) throw new Error(`no objective for recipes of the kind ${kind.name}`);
  return { kind, objective };
}

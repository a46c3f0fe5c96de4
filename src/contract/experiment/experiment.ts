/** An experiment as a file, "vigos-experiment/1": models × conditions × recipes × seeds, and what is measured of each. */

import * as v from 'valibot';
import { PlaygroundError } from '../../base/errors.ts';
import { itemSetSchema } from '../data/item-set.ts';
import { figureRows } from '../evaluation/evaluation-rows.ts';
import {
  EVALUATION_MEASURES,
  type EvaluationSettings,
  FACT_SETTINGS,
  LEAKAGE_DEFAULTS,
  PAPER_SAMPLING,
  QUESTION_PROMPTS,
  validateEvaluation,
  WORLD_SETS,
} from '../evaluation/evaluation-settings.ts';
import { recipeOf } from '../train/recipes.ts';
import { stageEntries } from '../train/schedule-file.ts';
import { STAGE_ORDERS } from '../train/train-settings.ts';
import { claimSchema } from './experiment-claims.ts';

export const EXPERIMENT_FORMAT = 'vigos-experiment/1';

const id = v.pipe(
  v.string(),
  v.regex(/^[a-z0-9][a-z0-9.-]{0,39}$/, 'not an id: a-z, 0-9, - and .'),
);
const words = v.pipe(v.string(), v.minLength(1, 'empty'), v.maxLength(600));
const whole = (min: number, max: number) =>
  v.pipe(v.number(), v.integer(), v.minValue(min), v.maxValue(max));
const seed = whole(0, 0xffffffff);
const seeds = v.pipe(v.array(seed), v.minLength(1, 'no seed'), v.maxLength(64));
const ids = v.pipe(v.array(id), v.minLength(1, 'an empty list'));

/** Settings of training by path, such as `method.clip.kind`. */
const changes = v.record(
  v.string(),
  v.union([v.string(), v.number(), v.boolean(), v.array(v.string())]),
);

const named = { id, label: words, sentence: words };

const recipe = v.strictObject({
  ...named,
  /** Id of a row of `RECIPES`. */
  recipe: v.string(),
  set: v.optional(changes, {}),
  /** How it is asked in tests. */
  prompt: v.optional(v.picklist(QUESTION_PROMPTS), 'student'),
  /** Another recipe whose chosen values it takes. */
  tunedAs: v.optional(id),
  /** One of the file's schedules: its stages have recipes of their own, the first of which stands here too. */
  schedule: v.optional(id),
});

/** A set of items that stages draw from, with numbers and rates as columns, so that a file stays readable. */
const columns = v.pipe(
  v.strictObject({
    ...itemSetSchema.entries,
    items: v.strictObject({
      index: v.array(v.number()),
      passRate: v.array(v.number()),
    }),
  }),
  v.check((set) => set.items.index.length === set.items.passRate.length, 'columns of two lengths'),
  v.transform(({ items: { index, passRate }, ...set }) => ({
    ...set,
    items: index.map((own, i) => ({ index: own, passRate: passRate[i] })),
  })),
);

/** As it was written, or as it was read once. */
const items = v.union([columns, itemSetSchema]);

const schedule = v.strictObject({
  order: v.optional(v.picklist(STAGE_ORDERS), 'staged'),
  stages: v.pipe(
    v.array(v.strictObject({ ...stageEntries, items: v.optional(id) })),
    v.minLength(1, 'no stage'),
  ),
});

const test = v.strictObject({
  set: v.strictObject({
    name: v.picklist(WORLD_SETS.map(({ name }) => name)),
    count: whole(1, 20_000),
  }),
  measures: v.pipe(v.array(v.picklist(EVALUATION_MEASURES.map((m) => m.id))), v.minLength(1)),
  facts: v.optional(v.pipe(v.array(v.picklist(FACT_SETTINGS)), v.minLength(1)), ['F']),
  responses: v.optional(whole(1, 16), 1),
  rollouts: v.optional(whole(1, 20_000), LEAKAGE_DEFAULTS.rollouts),
});

const tuning = v.strictObject({
  model: id,
  condition: id,
  seed,
  recipes: ids,
  /** Figures of validation whose mean decides, after the last step. */
  figures: v.pipe(v.array(words), v.minLength(1)),
  /** Validation pictures, and as many groups of three. */
  items: whole(1, 1000),
  /** What each recipe tries. */
  tries: v.pipe(v.array(changes), v.minLength(1, 'nothing to try')),
});

const experiment = v.strictObject({
  format: v.literal(EXPERIMENT_FORMAT),
  id,
  title: words,
  question: words,
  notes: v.optional(v.array(v.string()), []),
  models: v.pipe(v.array(v.strictObject({ ...named, model: words })), v.minLength(1)),
  conditions: v.pipe(
    v.array(v.strictObject({ ...named, set: v.optional(changes, {}) })),
    v.minLength(1),
  ),
  recipes: v.pipe(v.array(recipe), v.minLength(1)),
  /** Sets of items and schedules by name, of recipes that have stages. */
  items: v.optional(v.record(id, items), {}),
  schedules: v.optional(v.record(id, schedule), {}),
  /** Which combinations are run, with which seeds, in the order in which they are run. */
  cells: v.pipe(
    v.array(v.strictObject({ models: ids, conditions: ids, recipes: ids, seeds })),
    v.minLength(1),
  ),
  training: v.strictObject({ preset: v.picklist(['tiny', 'paper']), set: changes }),
  tests: v.pipe(v.array(test), v.minLength(1)),
  tuning: v.optional(tuning),
  claims: v.optional(v.array(claimSchema), []),
  /** Pairs of recipes that are laid over all conditions: who gains, by which figure. */
  map: v.optional(
    v.strictObject({
      figure: v.string(),
      pairs: v.pipe(
        v.array(v.strictObject({ label: words, from: id, to: id })),
        v.minLength(1, 'no pair'),
      ),
    }),
  ),
  /** Which recipes are those of the published figures, and where. */
  beside: v.optional(
    v.strictObject({
      model: id,
      condition: id,
      plain: id,
      base: id,
      opsd: id,
      vigos: id,
      ablations: v.strictObject({ condition: id, of: id, without: ids }),
    }),
  ),
  /** A difference within it is none worth the name. */
  margin: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(1)), 0.02),
});

/** What follows a figure's name where it is that of one family of questions. */
const FAMILY = /\.family\..+$/;

export type Experiment = v.InferOutput<typeof experiment>;
export type ExperimentRecipe = Experiment['recipes'][number];
export type SettingChanges = v.InferOutput<typeof changes>;

/**
 * An experiment from parsed JSON, with every name in it one that it defines.
 * @throws PlaygroundError `experiment.invalid` with the path of the first wrong field in `where`.
 */
export function readExperiment(json: unknown): Experiment {
  const result = v.safeParse(experiment, json);
  if (!result.success) {
    const [issue] = result.issues;
    throw invalid(v.getDotPath(issue) ?? 'experiment', issue.message);
  }
  const found = result.output;
  for (const list of ['models', 'conditions', 'recipes'] as const) {
    found[list].forEach((entry, i) => {
      if (found[list].findIndex(({ id: other }) => other === entry.id) !== i)
        throw invalid(`${list}.${i}.id`, `“${entry.id}” stands there twice`);
    });
  }
  const known = (list: 'models' | 'conditions' | 'recipes', name: string, where: string) => {
    if (found[list].some(({ id: own }) => own === name)) return;
    throw invalid(where, `“${name}” is none of its ${list}`);
  };
  found.cells.forEach((cell, i) => {
    for (const list of ['models', 'conditions', 'recipes'] as const)
      cell[list].forEach((name, j) => {
        known(list, name, `cells.${i}.${list}.${j}`);
      });
  });
  const { schedules, items: sets } = found;
  found.recipes.forEach(({ recipe: taught, tunedAs, schedule: named }, i) => {
    try {
      recipeOf(taught);
    } catch (error) {
      throw inside(`recipes.${i}`, error);
    }
    if (tunedAs !== undefined) known('recipes', tunedAs, `recipes.${i}.tunedAs`);
    if (named === undefined) return;
    const where = `recipes.${i}.schedule`;
    const found = schedules[named];
    if (found === undefined) throw invalid(where, `“${named}” is none of its schedules`);
    if (found.stages[0].recipe !== taught)
      throw invalid(where, `“${named}” begins with another recipe`);
    found.stages.forEach((stage, j) => {
      if (stage.items !== undefined && sets[stage.items] === undefined)
        throw invalid(
          `schedules.${named}.stages.${j}.items`,
          `“${stage.items}” is none of its items`,
        );
    });
  });
  found.claims.forEach(({ from, to }, i) => {
    known('recipes', from.recipe, `claims.${i}.from.recipe`);
    known('recipes', to.recipe, `claims.${i}.to.recipe`);
  });
  found.map?.pairs.forEach(({ from, to }, i) => {
    known('recipes', from, `map.pairs.${i}.from`);
    known('recipes', to, `map.pairs.${i}.to`);
  });
  if (found.beside !== undefined) {
    const { model, condition, ablations, ...recipes } = found.beside;
    known('models', model, 'beside.model');
    known('conditions', condition, 'beside.condition');
    known('conditions', ablations.condition, 'beside.ablations.condition');
    for (const [role, name] of Object.entries(recipes)) known('recipes', name, `beside.${role}`);
    for (const name of [ablations.of, ...ablations.without])
      known('recipes', name, 'beside.ablations');
  }
  const measured = found.tests.flatMap((_, i) =>
    figureRows(testSettings(found, i, { seed: 1, prompt: 'student' }), []).map((row) => row.id),
  );
  // Otherwise what is compared would wait for ever, as if it had not been run yet.
  const measures = (figure: string, where: string) => {
    if (measured.includes(figure.replace(FAMILY, ''))) return;
    throw invalid(
      where,
      `no test measures “${figure}”; the tests measure ${[...new Set(measured)].join(', ')}`,
    );
  };
  found.claims.forEach((claim, i) => {
    // At a step a figure is one of the run's own validation.
    for (const side of ['from', 'to'] as const)
      if (claim[side].at === undefined) measures(claim[side].figure, `claims.${i}.${side}.figure`);
  });
  if (found.map !== undefined) measures(found.map.figure, 'map.figure');
  if (found.tuning !== undefined) {
    const { model, condition, recipes } = found.tuning;
    known('models', model, 'tuning.model');
    known('conditions', condition, 'tuning.condition');
    recipes.forEach((name, i) => {
      known('recipes', name, `tuning.recipes.${i}`);
    });
  }
  return found;
}

/** A test of the experiment as an evaluation is asked for it. Throws `experiment.invalid`. */
export function testSettings(
  { tests }: Pick<Experiment, 'tests'>,
  index: number,
  asked: { readonly seed: number; readonly prompt: ExperimentRecipe['prompt'] },
): EvaluationSettings {
  const { set, measures, facts, responses, rollouts } = tests[index];
  try {
    return validateEvaluation({
      set,
      measures,
      facts,
      responses,
      grading: 'exact',
      sampling: PAPER_SAMPLING,
      seeds: [asked.seed],
      leakage: { ...LEAKAGE_DEFAULTS, rollouts },
      prompt: asked.prompt,
    });
  } catch (error) {
    throw inside(`tests.${index}`, error);
  }
}

/** An error of a part of the file, with the part's path before its own. */
export function inside(path: string, error: unknown): unknown {
  if (!(error instanceof PlaygroundError)) return error;
  const { message, fix, where } = error.record;
  return new PlaygroundError(
    {
      code: 'experiment.invalid',
      message: `The experiment cannot be used: ${path}: ${message}`,
      fix,
      where: where === undefined ? path : `${path}.${where}`,
    },
    { cause: error },
  );
}

export function invalid(where: string, what: string): PlaygroundError {
  return new PlaygroundError({
    code: 'experiment.invalid',
    message: `The experiment cannot be used: ${where}: ${what}.`,
    fix: 'Correct that field of the file and start again.',
    where,
  });
}

/** Which runs an experiment consists of, with everything that decides their numbers, in the order in which they are made. */

import { webSha256 } from '../../base/sha256.ts';
import type { EvaluationSettings } from '../evaluation/evaluation-settings.ts';
import type { SettingGroup } from '../settings/setting-row.ts';
import { DATA } from '../settings/world-rows.ts';
import { recipeOf } from '../train/recipes.ts';
import { SCHEDULE_FORMAT, settingsOfSchedule } from '../train/schedule-file.ts';
import { isOfStage } from '../train/stages.ts';
import { EVALUATION, LORA, TRAINABLE } from '../train/train-rows.ts';
import { type TrainSettings, trainSettings } from '../train/train-settings.ts';
import { withSettings } from '../train/train-validate.ts';
import {
  type Experiment,
  type ExperimentRecipe,
  inside,
  invalid,
  type SettingChanges,
  testSettings,
} from './experiment.ts';

/** Goes up whenever the same settings would give other numbers than before: earlier runs are then made anew. */
export const RESULTS_VERSION = 1;

/** Where a run stands in the grid: ids of the file, and the seed. */
export interface Place {
  readonly model: string;
  readonly condition: string;
  readonly recipe: string;
  readonly seed: number;
}

/** Everything that decides a run's numbers, beside the weights. */
export interface RunSettings {
  /** Null where nothing is trained. */
  readonly training: TrainSettings | null;
  /** None of a try, which is judged on validation alone. */
  readonly tests: readonly EvaluationSettings[];
}

export interface PlannedRun extends RunSettings {
  readonly place: Place;
  /** Number of the try, from 0; null of a run of the grid. */
  readonly tried: number | null;
}

/** The number of the try that was chosen for each recipe that is tuned. */
export type Chosen = Readonly<Record<string, number>>;

export const placeText = ({ model, condition, recipe, seed }: Place): string =>
  `${model}/${condition}/${recipe}/${seed}`;

/** Whether a recipe changes weights; one that does not answers alike under all conditions. */
export const isTrained = ({ recipe }: ExperimentRecipe): boolean =>
  recipeOf(recipe).kind.texts !== 'none';

/** The recipe whose tries decide for this one; null for one that is not tuned. */
export function tunedLike(
  { tuning }: Pick<Experiment, 'tuning'>,
  { id, tunedAs }: ExperimentRecipe,
): string | null {
  const by = tunedAs ?? id;
  return tuning?.recipes.includes(by) ? by : null;
}

/**
 * Runs that choose the recipes' values: each recipe's tries in turn. Throws `experiment.invalid` with the path of the
 * setting that cannot be.
 */
export function plannedTries(experiment: Experiment): PlannedRun[] {
  const { tuning } = experiment;
  if (tuning === undefined) return [];
  const { model, condition, seed, items, tries } = tuning;
  return tuning.recipes.flatMap((id, i) => {
    const recipe = byId(experiment.recipes, id);
    if (!isTrained(recipe)) throw invalid(`tuning.recipes.${i}`, `“${id}” trains nothing`);
    const place = { model, condition, recipe: id, seed };
    return tries.map((tried, t): PlannedRun => {
      const settings = trainingOf(experiment, place, [`tuning.tries.${t}`, tried]);
      const evaluation = { ...settings.evaluation, every: settings.steps, items };
      return { place, tried: t, training: { ...settings, evaluation }, tests: [] };
    });
  });
}

/** Runs of the grid, with the values that were chosen. Throws as {@link plannedTries}, and where a place stands twice. */
export function plannedRuns(experiment: Experiment, chosen: Chosen): PlannedRun[] {
  const seen = new Set<string>();
  return experiment.cells.flatMap((cell, i) =>
    cell.models.flatMap((model) =>
      cell.conditions.flatMap((condition) =>
        cell.seeds.flatMap((seed) =>
          cell.recipes.map((recipe): PlannedRun => {
            const place = { model, condition, recipe, seed };
            const name = placeText(place);
            if (seen.has(name)) throw invalid(`cells.${i}`, `${name} is run twice`);
            seen.add(name);
            return { place, tried: null, ...settingsOf(experiment, place, chosen) };
          }),
        ),
      ),
    ),
  );
}

function settingsOf(experiment: Experiment, place: Place, chosen: Chosen): RunSettings {
  const recipe = byId(experiment.recipes, place.recipe);
  const tests = experiment.tests.map((_, i) =>
    testSettings(experiment, i, { seed: place.seed, prompt: recipe.prompt }),
  );
  if (!isTrained(recipe)) return { training: null, tests };
  const by = tunedLike(experiment, recipe);
  const number = by === null ? undefined : chosen[by];
  const tried = number === undefined ? undefined : experiment.tuning?.tries[number];
  const training = trainingOf(experiment, place, [`tuning.tries.${number}`, tried ?? {}]);
  return { training, tests };
}

/** The preset's values, then the file's, the condition's, the recipe's and those of the try. */
function trainingOf(
  experiment: Experiment,
  { condition, recipe, seed }: Place,
  tried: readonly [path: string, set: SettingChanges],
): TrainSettings {
  const { training, conditions, recipes } = experiment;
  const at = recipes.findIndex(({ id }) => id === recipe);
  const where = conditions.findIndex(({ id }) => id === condition);
  const parts = [
    ['training.set', training.set],
    [`conditions.${where}.set`, conditions[where].set],
    [`recipes.${at}.set`, recipes[at].set],
    tried,
  ] as const;
  const { schedule: named } = recipes[at];
  let settings =
    named === undefined
      ? within(`recipes.${at}.recipe`, () => trainSettings(recipes[at].recipe, training.preset))
      : within(`schedules.${named}`, () => scheduled(experiment, named, parts));
  if (named === undefined)
    for (const [path, set] of parts)
      settings = within(path, () => withSettings(settings, { ...set }));
  // Neither changes a number, nor does which item would be followed.
  const followed = { every: 0, item: 0 };
  return asBefore({ ...settings, seed, followed, checkpointEvery: 0 });
}

/** The settings of a schedule: what stages have of their own is set in each of them, under what the stage itself says. */
function scheduled(
  { schedules, items, training }: Experiment,
  named: string,
  [first, ...later]: readonly (readonly [path: string, set: SettingChanges])[],
): TrainSettings {
  const { order, stages } = schedules[named];
  const only = (set: SettingChanges, ofStage: boolean) =>
    Object.fromEntries(Object.entries(set).filter(([path]) => isOfStage(path) === ofStage));
  const over = Object.assign({}, ...later.map(([, set]) => set)) as SettingChanges;
  return settingsOfSchedule({
    format: SCHEDULE_FORMAT,
    ...{ title: named, sentence: '', order, preset: training.preset },
    set: only({ ...first[1], ...over }, false),
    stages: stages.map(({ items: from, ...stage }) => ({
      ...stage,
      set: { ...only(first[1], true), ...stage.set, ...only(over, true) },
      ...(from === undefined ? {} : { items: items[from] }),
    })),
  });
}

/** Without the values at rest of settings that came later: `validateTrainSettings` puts them back. */
function asBefore(settings: TrainSettings): TrainSettings {
  const { evaluation, data, schedule, trainable } = settings;
  return {
    ...settings,
    trainable: planned({ ...TRAINABLE, ...LORA }, trainable),
    evaluation: planned(EVALUATION, evaluation),
    data: planned(DATA, data),
    ...(schedule === undefined
      ? {}
      : {
          schedule: {
            ...schedule,
            stages: schedule.stages.map((stage) => ({ ...stage, data: planned(DATA, stage.data) })),
          },
        }),
  };
}

function planned<T extends object>(rows: SettingGroup, values: T): T {
  const kept = Object.entries(values).filter(([name, value]) => {
    const { unplanned, absent } = rows[name];
    return unplanned !== true || value !== absent;
  });
  return Object.fromEntries(kept) as T;
}

function within<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw inside(path, error);
  }
}

function byId<T extends { readonly id: string }>(list: readonly T[], id: string): T {
  const found = list.find((entry) => entry.id === id);
  if (found === undefined) throw invalid('experiment', `there is no “${id}”`);
  return found;
}

/** 24 hexadecimal digits that tell a run from every run with other numbers; equal for equal runs, wherever they stand. */
export async function keyOfRun({ training, tests }: RunSettings, weights: string): Promise<string> {
  const text = JSON.stringify(inOrder({ results: RESULTS_VERSION, weights, training, tests }));
  const hash = await webSha256(new TextEncoder().encode(text));
  if (hash === null) throw new Error('no way to hash');
  return hash.slice(0, 24);
}

/** The same value whatever the order in which its fields were written. */
function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, own]) => [name, inOrder(own)]),
  );
}

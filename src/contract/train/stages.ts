/** Stages of a run: which one a step is in, what holds there, and whether a schedule can be run at all. */

import { PlaygroundError } from '../../base/errors.ts';
import type { DataReference } from '../data/data-sets.ts';
import { type Recipe, recipeOf } from './recipes.ts';
import type { StepMetrics } from './train-records.ts';
import type {
  StageOrder,
  StageSchedule,
  StageSettings,
  TrainSettings,
  TrainStage,
} from './train-settings.ts';

/** A stage in its run. */
export interface StagePlace {
  /** From 0. */
  readonly index: number;
  readonly id: string;
  readonly label: string;
  /** Steps of the run before its first one. */
  readonly from: number;
  /** The run’s step that is its last; at the latest, while it is open. */
  readonly to: number;
  /** Whether tokens end it and have not done so yet, so that nobody knows its last step. */
  readonly open: boolean;
}

/** A run whose questions come from all stages at once has one stage of that name. */
const WHOLE: Readonly<Record<'merged' | 'difficulty', string>> = {
  merged: 'All stages, merged',
  difficulty: 'All stages, easy questions first',
};

/** Whether stages follow one another, so that a run has borders. */
export const isStaged = (order: StageOrder): boolean => order === 'staged' || order === 'both';

/** The recipe of a run, or those of its stages. */
export const recipesOf = ({
  recipe,
  schedule,
}: Pick<TrainSettings, 'recipe' | 'schedule'>): readonly string[] =>
  schedule?.stages.map((stage) => stage.recipe) ?? [recipe];

/** The recipe of a run in words, or those of its stages in their order. */
export function recipeText({
  recipe,
  schedule,
}: Pick<TrainSettings, 'recipe' | 'schedule'>): string {
  const labels = (schedule?.stages ?? [{ recipe }]).map((own) => recipeOf(own.recipe).label);
  return labels.filter((label, i) => label !== labels[i - 1]).join(', then ');
}

/** Whether a setting is a stage’s own where a run has stages. */
export const isOfStage = (path: string): boolean =>
  path === 'steps' || STAGE_PATHS.some((name) => path === name || path.startsWith(`${name}.`));

const STAGE_PATHS = [
  'recipe',
  'method',
  'grpo',
  'rolloutsPerStep',
  'sampling',
  'optimizer',
  'data',
  'items',
  'questions',
] as const satisfies readonly (keyof StageSettings)[];

/** The stages of a run in their places; one for a run without a schedule, and for one whose stages are mixed. */
export function stagesOf({
  schedule,
  steps,
}: Pick<TrainSettings, 'schedule' | 'steps'>): StagePlace[] {
  const run = { index: 0, id: 'run', label: 'Run', from: 0, to: steps, open: false };
  if (schedule === undefined) return [run];
  const { order, stages, ended = [] } = schedule;
  const isOpen = (index: number) => ended.length <= index && tokensOf(schedule, index) !== null;
  if (order === 'merged' || order === 'difficulty')
    return [{ ...run, id: order, label: WHOLE[order], open: isOpen(0) }];
  let from = 0;
  return stages.map(({ id, label, steps: own }, index) => {
    const to = ended[index] ?? from + own;
    const place = { index, id, label, from, to, open: isOpen(index) };
    from = to;
    return place;
  });
}

/** Completion tokens that end a stage, those of all where they are mixed; null where steps alone do. */
function tokensOf({ order, stages }: StageSchedule, index: number): number | null {
  if (isStaged(order)) return stages[index].tokens ?? null;
  const known = stages.flatMap(({ tokens }) => tokens ?? []);
  return known.length === 0 ? null : known.reduce((sum, own) => sum + own, 0);
}

/** How many tokens end a run’s stage, and how many its steps so far have taken; null where steps alone end it. */
export function tokensIn(
  settings: Pick<TrainSettings, 'schedule' | 'steps'>,
  place: StagePlace,
  metrics: readonly StepTokens[],
): { readonly done: number; readonly of: number } | null {
  const of = settings.schedule === undefined ? null : tokensOf(settings.schedule, place.index);
  if (of === null) return null;
  const own = metrics.filter(({ step }) => step > place.from && step <= place.to);
  return { done: own.reduce((sum, { tokens }) => sum + tokens, 0), of };
}

type StepTokens = Pick<StepMetrics, 'step' | 'tokens'>;

/**
 * The settings of a run after its steps so far, whatever was known before: a stage that they have brought to its tokens
 * ends there, and later ones begin as much earlier. The same settings where nothing of that is new.
 */
export function settledAfter(
  settings: TrainSettings,
  metrics: readonly StepTokens[],
): TrainSettings {
  const { schedule } = settings;
  if (schedule === undefined) return settings;
  const { ended: known, ...planned } = schedule;
  let settled = known === undefined ? settings : withSchedule(settings, planned);
  for (const { index } of stagesOf(settled)) {
    const places = stagesOf(settled);
    if (!places[index].open) continue;
    const end = endOf(settled, places[index], metrics);
    if (end === null) break;
    const ended = [...places.slice(0, index).map(({ to }) => to), end];
    settled = withSchedule(settled, { ...planned, ended });
  }
  return settled.schedule?.ended?.join() === known?.join() ? settings : settled;
}

/** The step that ended a stage; null while it goes on. */
function endOf(
  { schedule }: TrainSettings,
  place: StagePlace,
  metrics: readonly StepTokens[],
): number | null {
  const wanted = (schedule && tokensOf(schedule, place.index)) ?? Number.POSITIVE_INFINITY;
  let done = 0;
  for (const { step, tokens } of metrics) {
    if (step <= place.from || step > place.to) continue;
    done += tokens;
    if (done >= wanted) return step;
  }
  return (metrics.at(-1)?.step ?? 0) >= place.to ? place.to : null;
}

/** The place of a step, counted from 1; before the first step that of the first. */
export function stageOf(
  settings: Pick<TrainSettings, 'schedule' | 'steps'>,
  step: number,
): StagePlace {
  const places = stagesOf(settings);
  return places.find(({ to }) => step <= to) ?? places[places.length - 1];
}

/** The settings that hold in a step, those of a run of its stage alone, and where that stage stands. */
export function settingsAt(
  settings: TrainSettings,
  step: number,
): { readonly settings: TrainSettings; readonly place: StagePlace } {
  const place = stageOf(settings, step);
  const { schedule, ...run } = settings;
  if (schedule === undefined) return { settings, place };
  if (!isStaged(schedule.order)) return { settings: run, place };
  return { settings: asRun(settings, schedule.stages[place.index]), place };
}

/** A stage as a run of its own, with what all stages share. */
export function asRun({ schedule: _, ...run }: TrainSettings, stage: TrainStage): TrainSettings {
  const { id: _id, label: _label, tokens: _tokens, ...own } = stage;
  const { grpo: _grpo, items: _items, questions: _questions, ...shared } = run;
  return { ...shared, ...own };
}

/** What a stage has of its own, of the settings of a run. */
export function asStage(
  named: Pick<TrainStage, 'id' | 'label' | 'tokens'>,
  settings: TrainSettings,
): TrainStage {
  const { recipe, method, grpo, rolloutsPerStep, sampling, optimizer, data, items, questions } =
    settings;
  return {
    ...named,
    ...{ recipe, method, ...(grpo === undefined ? {} : { grpo }) },
    ...{ rolloutsPerStep, sampling, optimizer, data, ...(items === undefined ? {} : { items }) },
    ...(questions === undefined ? {} : { questions }),
    steps: settings.steps,
  };
}

/** The run’s settings with these stages: the first one’s stand above, and the steps are those of all. */
export function withSchedule(settings: TrainSettings, schedule: StageSchedule): TrainSettings {
  const { stages } = schedule;
  if (stages.length === 0) throw invalid('schedule.stages', 'A schedule has no stage.', 'Add one.');
  const planned = stages.reduce((sum, own) => sum + own.steps, 0);
  const mixed = !isStaged(schedule.order);
  const steps = mixed
    ? (schedule.ended?.[0] ?? planned)
    : (stagesOf({ schedule, steps: planned }).at(-1)?.to ?? planned);
  return { ...asRun(settings, stages[0]), steps, schedule };
}

/**
 * Refuses a schedule that cannot be run: `stage.no-data`, `stage.no-pass-rates`, `stage.mixed`, `stage.untrained`,
 * `stage.twice`, `stage.tokens`, each with the stage in `where` and the next step in `fix`.
 */
export function checkSchedule({ order, stages }: StageSchedule, recipes?: readonly Recipe[]): void {
  stages.forEach((stage, i) => {
    const where = `schedule.stages.${i}`;
    const { id, label, recipe, items } = stage;
    if (stages.findIndex((other) => other.id === id) !== i)
      throw refusal(
        'stage.twice',
        where,
        `Two stages are called “${id}”.`,
        'Give each an id of its own.',
      );
    if (recipeOf(recipe, recipes).kind.texts === 'none')
      throw refusal(
        'stage.untrained',
        where,
        `The recipe of the stage “${label}” trains nothing.`,
        'Choose another recipe for it, or take the stage out.',
      );
    if (stage.tokens !== undefined && !isWhole(stage.tokens, [1, MOST_TOKENS]))
      throw refusal(
        'stage.tokens',
        `${where}.tokens`,
        `The stage “${label}” is to end after ${stage.tokens} tokens.`,
        `Give it a whole number of tokens from 1 to ${MOST_TOKENS}, or none, so that its steps end it.`,
      );
    if (order !== 'difficulty' && order !== 'both') return;
    if (items?.items.every(({ passRate }) => passRate !== null) === true) return;
    throw refusal(
      'stage.no-pass-rates',
      where,
      `The questions of the stage “${label}” are to be asked by their difficulty, and nobody has measured it.`,
      'Measure how often the model solves them (“Measure questions” in Train, or npm run -s filter), and give the stage the set that comes of it.',
    );
  });
  if (isStaged(order)) return;
  const endless = stages.find(({ tokens }) => tokens === undefined);
  if (endless !== undefined && stages.some(({ tokens }) => tokens !== undefined))
    throw refusal(
      'stage.tokens',
      `schedule.stages.${stages.indexOf(endless)}.tokens`,
      `The stages are to be mixed, which ends after the tokens of all of them, and “${endless.label}” says none.`,
      'Give every stage tokens, or none of them.',
    );
  const [first, ...others] = stages;
  for (const other of others) {
    const differs = SHARED.find(
      (name) => JSON.stringify(first[name]) !== JSON.stringify(other[name]),
    );
    if (differs === undefined) continue;
    throw refusal(
      'stage.mixed',
      `schedule.stages.${stages.indexOf(other)}.${differs}`,
      `The stages “${first.label}” and “${other.label}” are to be mixed, and differ in more than their data: ${differs}.`,
      'Give both the same recipe and values, or let one follow the other.',
    );
  }
}

const MOST_TOKENS = 1_000_000_000;

const isWhole = (value: unknown, [low, high]: readonly [number, number]): boolean =>
  Number.isInteger(value) && (value as number) >= low && (value as number) <= high;

/** What questions of one step have in common. */
const SHARED = ['recipe', 'method', 'grpo', 'rolloutsPerStep', 'sampling', 'optimizer'] as const;

/**
 * Refuses data that a run or a stage cannot draw from: a set that is empty, of another kind, or drawn otherwise, and
 * teachers who are to look at what is not there. `name` is what it is called, `where` its path.
 */
export function checkData(
  {
    data,
    items,
    questions,
    recipe,
  }: Pick<TrainSettings, 'data' | 'items' | 'questions' | 'recipe'>,
  name: string,
  recipes?: readonly Recipe[],
): void {
  const { kind } = recipeOf(recipe, recipes);
  if (data.source !== 'pictures' && kind.teachers)
    throw refusal(
      'stage.teachers-need-pictures',
      'data.source',
      `${name} asks without a picture, and its recipe has teachers that look at one.`,
      'Choose GRPO or SFT for it, or questions about pictures.',
    );
  if (data.source !== 'pictures' && kind.texts === 'caption')
    throw refusal(
      'stage.captions-need-pictures',
      'data.source',
      `${name} is to learn captions of pictures, and asks without a picture.`,
      'Choose questions about pictures for it.',
    );
  if (data.source !== 'pictures' && data.wrongShare > 0)
    throw refusal(
      'stage.no-wrong-references',
      'data.wrongShare',
      `${name} asks without a picture, and only references of pictures can be made wrong.`,
      'Set data.wrongShare to 0, or choose questions about pictures.',
    );
  if (questions !== undefined) checkOwn({ data, items, questions }, name);
  if (items === undefined) return;
  if (items.items.length === 0)
    throw refusal(
      'stage.no-data',
      'items',
      `${name} has no data: its set “${items.name}” holds no question.`,
      'Let the filter look at more questions or ask each less often, choose another set, or take the set away so that it draws from the whole world.',
    );
  const differs =
    items.source === data.source
      ? Object.entries(items.drawn).find(([key, value]) => Reflect.get(data, key) !== value)?.[0]
      : 'source';
  if (differs === undefined) return;
  throw refusal(
    'stage.other-data',
    `data.${differs}`,
    `${name} draws from the set “${items.name}”, whose questions were made with another data.${differs}.`,
    'Take the set away to change this, or give data the set’s own value.',
  );
}

/** A set of a person's own is asked as it is: `stage.own-data` for what belongs to the world. */
function checkOwn(
  {
    data,
    items,
    questions,
  }: Pick<TrainSettings, 'data' | 'items'> & { readonly questions: DataReference },
  name: string,
): void {
  const refused = (where: string, why: string, fix: string) =>
    refusal(
      'stage.own-data',
      where,
      `${name} draws from the set “${questions.name}”, ${why}.`,
      fix,
    );
  const take = 'Take the set away, or give the setting its rest value.';
  if (items !== undefined)
    throw refused(
      'items',
      'and from measured questions of the world too',
      'Take one of them away.',
    );
  if (data.source !== 'pictures')
    throw refused('data.source', 'and captions and problems are the world’s', take);
  if (data.wrongShare > 0)
    throw refused('data.wrongShare', 'whose references are taken as they are', take);
}

function refusal(code: string, where: string, message: string, fix: string): PlaygroundError {
  return new PlaygroundError({ code, message, fix, where });
}

const invalid = (where: string, message: string, fix: string) =>
  refusal('train.invalid-setting', where, message, fix);

/** Checks the settings of a run that come from a form, a command, an address or a file. */
import { PlaygroundError } from '../../base/errors.ts';
import { withReading } from '../../method/named-methods.ts';
import { validateMethod } from '../../method/validate.ts';
import { type DataReference, MOST_DATA_NAME } from '../data/data-sets.ts';
import { readItemSet } from '../data/item-set.ts';
import { type SettingField, valueFromText } from '../settings/fields.ts';
import {
  completedMethod,
  inOrder,
  READING,
  refuseIdle,
  withValue,
} from '../settings/method-settings.ts';
import { isWithin, rangeInWords, SAMPLING_BOUNDS } from '../settings/sampling-bounds.ts';
import type { SettingGroup, ValuesOf } from '../settings/setting-row.ts';
import { DATA } from '../settings/world-rows.ts';
import { GRPO, MOST_ROLLOUTS } from './grpo-rows.ts';
import { type Recipe, recipeOf } from './recipes.ts';
import { asStage, checkData, checkSchedule, isOfStage, withSchedule } from './stages.ts';
import { TRAIN_FIELDS } from './train-fields.ts';
import {
  END,
  EVALUATION,
  FOLLOWED,
  LORA,
  MAX_STEPS,
  OPTIMIZER,
  SAMPLING,
  START,
  TRAINABLE,
} from './train-rows.ts';
import {
  STAGE_ORDERS,
  type StageSchedule,
  TRAIN_PRESETS,
  type Trainable,
  type TrainSettings,
} from './train-settings.ts';

type Fields = Readonly<Record<string, unknown>>;

const FIELD_BY_PATH = new Map(TRAIN_FIELDS.map((field) => [field.path, field]));

/**
 * {@link TrainSettings} from anything, unknown fields left out.
 * @throws PlaygroundError `train.invalid-setting` with the path of the first wrong setting in `where`,
 * `train.recipe`, `method.invalid-setting`, `items.invalid`, and what {@link checkSchedule} and {@link checkData} refuse.
 */
export function validateTrainSettings(input: unknown, recipes?: readonly Recipe[]): TrainSettings {
  const root = fieldsIn(input, 'settings');
  const settings = oneRun(root, recipes);
  if (root.schedule === undefined) {
    checkData(settings, 'The run', recipes);
    return settings;
  }
  const schedule = readSchedule(root, recipes);
  checkSchedule(schedule, recipes);
  const whole = withSchedule(settings, schedule);
  if (whole.steps > MAX_STEPS)
    throw invalid('schedule.stages', `${whole.steps} steps long`, `at most ${MAX_STEPS} in all`);
  return whole;
}

/** Most stages of a schedule. */
const MOST_STAGES = 12;

function readSchedule(root: Fields, recipes?: readonly Recipe[]): StageSchedule {
  const { schedule: given, grpo: _, items: __, questions: ___, ...shared } = root;
  const { order: asked = 'staged', stages } = fieldsIn(given, 'schedule');
  const order = STAGE_ORDERS.find((name) => name === asked);
  if (order === undefined)
    throw invalid('schedule.order', inWords(asked), `one of ${STAGE_ORDERS.join(', ')}`);
  if (!Array.isArray(stages) || stages.length === 0 || stages.length > MOST_STAGES)
    throw invalid('schedule.stages', inWords(stages), `1 to ${MOST_STAGES} stages`);
  return {
    order,
    stages: stages.map((one: unknown, i) => {
      const where = `schedule.stages.${i}`;
      const own = fieldsIn(one, where);
      const { id, label, tokens } = own;
      if (typeof id !== 'string' || !/^[a-z0-9][a-z0-9-]{0,39}$/.test(id))
        throw invalid(`${where}.id`, inWords(id), 'a name of a-z, 0-9 and -');
      if (typeof label !== 'string' || label.trim() === '' || label.length > 80)
        throw invalid(`${where}.label`, inWords(label), 'a label of up to 80 characters');
      try {
        const stage = oneRun({ ...shared, ...own }, recipes);
        checkData(stage, `The stage “${label}”`, recipes);
        // Whether it is a number that can be reached, `checkSchedule` says.
        const more = tokens === undefined ? {} : { tokens: tokens as number };
        return asStage({ id, label, ...more }, stage);
      } catch (error) {
        throw within(where, error);
      }
    }),
  };
}

/** An error of a part, with the part’s path before its own. */
function within(path: string, error: unknown): unknown {
  if (!(error instanceof PlaygroundError)) return error;
  const { where } = error.record;
  return new PlaygroundError(
    { ...error.record, where: where === undefined ? path : `${path}.${where}` },
    { cause: error },
  );
}

/** Settings of a run, or of a stage as one. */
function oneRun(root: Fields, recipes?: readonly Recipe[]): TrainSettings {
  const recipe = recipeOf(typeof root.recipe === 'string' ? root.recipe : '', recipes);
  const settings: TrainSettings = {
    recipe: recipe.id,
    method: recipe.kind.teachers ? validateMethod(root.method) : null,
    ...(recipe.kind.rewards ? { grpo: readRows(GRPO, fieldsIn(root.grpo, 'grpo')) } : {}),
    ...readRows(START, root),
    sampling: readRows(SAMPLING, fieldsIn(root.sampling, 'sampling')),
    optimizer: readRows(OPTIMIZER, fieldsIn(root.optimizer, 'optimizer')),
    trainable: trainable(fieldsIn(root.trainable, 'trainable')),
    data: readRows(DATA, fieldsIn(root.data, 'data')),
    ...(root.items === undefined ? {} : { items: readItemSet(root.items, 'items') }),
    ...(root.questions === undefined ? {} : { questions: dataReference(root.questions) }),
    evaluation: readRows(EVALUATION, fieldsIn(root.evaluation, 'evaluation')),
    followed: readRows(FOLLOWED, fieldsIn(root.followed, 'followed')),
    ...readRows(END, root),
  };
  checkGroups(settings);
  return settings;
}

/**
 * Settings with one field changed, whatever it needs beside it filled in: a rank and targets for
 * adapters, a value for a clip, a β for a JSD, and the switches that go with a reading. The result is checked.
 * @throws PlaygroundError `train.unknown-setting`, and what {@link validateTrainSettings} throws.
 */
export function withSetting(settings: TrainSettings, path: string, value: unknown): TrainSettings {
  if (!FIELD_BY_PATH.has(path))
    throw new PlaygroundError({
      code: 'train.unknown-setting',
      message: `There is no setting "${path}".`,
      fix: `Settings are ${[...FIELD_BY_PATH.keys()].join(', ')}.`,
      where: path,
    });
  if (settings.schedule !== undefined && isOfStage(path))
    throw new PlaygroundError({
      code: 'train.stage-setting',
      message: `This run has stages, and the setting ${path} is each stage’s own.`,
      fix: 'Change it in the stage, or in the file of the schedule.',
      where: path,
    });
  const next = validateTrainSettings(completed(withValue(settings, path.split('.'), value)));
  if (path !== READING || next.method === null) return next;
  return { ...next, method: withReading(next.method, next.method.reading) };
}

/**
 * Settings with several values changed, by path; a reading and kinds first, which bring others along. Throws what
 * `withSetting` throws, and `method.idle-setting` for one that these settings do not have.
 */
export function withSettings(settings: TrainSettings, changes: Fields): TrainSettings {
  const result = inOrder(changes).reduce(
    (all, [path, value]) => withSetting(all, path, value),
    settings,
  );
  refuseIdle({ ...result }, changes);
  return result;
}

/** The value of a field from text, as a command gives it; what no value can be is refused where it is set. */
export function settingFromText(path: string, text: string): unknown {
  const field = FIELD_BY_PATH.get(path);
  return field === undefined ? text : valueFromText(field, text);
}

/** Throws `train.invalid-setting` for more rollouts than are sampled side by side, and for groups that are all alike. */
function checkGroups({ grpo, rolloutsPerStep, sampling }: TrainSettings): void {
  if (grpo === undefined) return;
  const rollouts = rolloutsPerStep * grpo.groupSize;
  if (rollouts > MOST_ROLLOUTS)
    throw invalid(
      'rolloutsPerStep',
      `${rolloutsPerStep}, with ${grpo.groupSize} rollouts each ${rollouts} in all`,
      `at most ${Math.floor(MOST_ROLLOUTS / grpo.groupSize)} questions, or smaller groups`,
    );
  if (sampling.temperature === 0)
    throw invalid(
      'sampling.temperature',
      '0, so that all rollouts of a group would be the same',
      'a temperature above 0',
    );
}

/** Fills in what a changed kind asks for. */
function completed(input: unknown): unknown {
  const root = fieldsIn(input, 'settings');
  const [{ settings }] = TRAIN_PRESETS;
  return {
    ...root,
    method: completedMethod(root.method),
    trainable: { ...settings.trainable, ...fieldsIn(root.trainable, 'trainable') },
  };
}

function trainable(values: Fields): Trainable {
  const { kind, vision } = readRows(TRAINABLE, values);
  if (kind === 'full') return { kind, vision };
  const lora = readRows(LORA, values);
  if (vision && lora.sight !== 'none')
    throw invalid('trainable.sight', `"${lora.sight}"`, 'none where the vision tower is trained');
  return { kind, ...lora, vision };
}

/** The values of a group of rows, each checked by its own. Throws `train.invalid-setting`. */
export function readRows<G extends SettingGroup>(group: G, values: Fields): ValuesOf<G> {
  const entries = Object.entries(group).map(([name, { field, absent, greedy }]) => {
    const value = values[name] === undefined ? absent : values[name];
    const given = checked(field, value);
    // Kernels divide by it.
    if (greedy === true && !isWithin(SAMPLING_BOUNDS.temperature, given))
      throw invalid(field.path, String(given), rangeInWords(SAMPLING_BOUNDS.temperature));
    return [name, given];
  });
  return Object.fromEntries(entries) as ValuesOf<G>;
}

/** A set of a person's own, by its fingerprint. */
function dataReference(value: unknown): DataReference {
  const { name, fingerprint, items } = fieldsIn(value, 'questions');
  if (typeof name !== 'string' || name === '' || name.length > MOST_DATA_NAME)
    throw invalid('questions.name', inWords(name), `a name of up to ${MOST_DATA_NAME} characters`);
  if (typeof fingerprint !== 'string' || !/^[0-9a-f]{64}$/.test(fingerprint))
    throw invalid('questions.fingerprint', inWords(fingerprint), 'a SHA-256 of a set');
  if (typeof items !== 'number' || !Number.isInteger(items) || items < 1)
    throw invalid('questions.items', inWords(items), 'a whole number from 1');
  return { name, fingerprint, items };
}

/** A value within a field's bounds; of a list the options in their order. */
function checked(field: SettingField, value: unknown): unknown {
  const { path } = field;
  switch (field.kind) {
    case 'number': {
      const { min, max, integer } = field;
      const fits = typeof value === 'number' && value >= min && value <= max;
      if (fits && (!integer || Number.isInteger(value))) return value;
      const sort = integer ? 'a whole number' : 'a number';
      throw invalid(path, inWords(value), `${sort} from ${min} to ${max}`);
    }
    case 'choice':
      if (field.options.some((option) => option === value)) return value;
      throw invalid(path, inWords(value), `one of ${field.options.join(', ')}`);
    case 'list': {
      const { options } = field;
      const known = Array.isArray(value) && value.every((item) => options.includes(item));
      if (known && value.length > 0) return options.filter((option) => value.includes(option));
      throw invalid(path, inWords(value), `at least one of ${options.join(', ')}`);
    }
    case 'flag':
      if (typeof value === 'boolean') return value;
      throw invalid(path, inWords(value), 'true or false');
  }
}

export function fieldsIn(value: unknown, where: string): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  throw invalid(where, inWords(value), 'an object with settings');
}

function inWords(value: unknown): string {
  if (value === undefined) return 'missing';
  if (Array.isArray(value))
    return value.length === 0 ? 'an empty list' : `[${value.map(itemInWords).join(', ')}]`;
  if (typeof value === 'object' && value !== null) return 'an object';
  return typeof value === 'string' ? `"${value}"` : String(value);
}

/** A list inside a list is not spelt out: it may be of any depth. */
function itemInWords(item: unknown): string {
  if (typeof item === 'object' && item !== null) return '…';
  return String(item);
}

function invalid(where: string, given: string, expected: string): PlaygroundError {
  return new PlaygroundError({
    code: 'train.invalid-setting',
    message: `The setting ${where} is ${given}.`,
    fix: `Give ${expected}.`,
    where,
    detail: { given, expected },
  });
}

/** Checks the settings of a run that come from a form, a command, an address or a file. */
import { PlaygroundError } from '../base/errors.ts';
import { withReading } from '../method/presets.ts';
import { validateMethod } from '../method/validate.ts';
import { type SettingField, valueFromText } from './fields.ts';
import { completedMethod, inOrder, READING, refuseIdle, withValue } from './method-settings.ts';
import { type Recipe, recipeOf } from './recipes.ts';
import { TRAIN_FIELDS } from './train-fields.ts';
import {
  type LoraTrainable,
  PLAIN_SAMPLING,
  TRAIN_PRESETS,
  type Trainable,
  type TrainSettings,
} from './train-settings.ts';

type Fields = Readonly<Record<string, unknown>>;

const FIELD_BY_PATH = new Map(TRAIN_FIELDS.map((field) => [field.path, field]));

/**
 * {@link TrainSettings} from anything, unknown fields left out.
 * @throws PlaygroundError `train.invalid-setting` with the path of the first wrong setting in `where`,
 * `train.recipe`, and `method.invalid-setting`.
 */
export function validateTrainSettings(input: unknown, recipes?: readonly Recipe[]): TrainSettings {
  const root = fields(input, 'settings');
  const recipe = recipeOf(typeof root.recipe === 'string' ? root.recipe : '', recipes);
  const group = (name: string) => reader(fields(root[name], name), `${name}.`);
  const top = reader(root, '');
  const sampling = group('sampling');
  const optimizer = group('optimizer');
  // Runs that were kept before there was a choice took pictures as they came.
  const data = reader({ difficulty: 'mixed', ...fields(root.data, 'data') }, 'data.');
  // Before it was a setting, held-out answers came from the whole distribution.
  const drawn = { ...PLAIN_SAMPLING, ...fields(root.evaluation, 'evaluation') };
  const evaluation = reader(drawn, 'evaluation.');
  const followed = group('followed');
  return {
    recipe: recipe.id,
    method: recipe.kind.teachers ? validateMethod(root.method) : null,
    steps: top.number('steps'),
    seed: top.number('seed'),
    rolloutsPerStep: top.number('rolloutsPerStep'),
    sampling: {
      temperature: snapped('sampling.temperature', sampling.number('temperature')),
      topP: sampling.number('topP'),
      topK: sampling.number('topK'),
      maxNewTokens: sampling.number('maxNewTokens'),
    },
    optimizer: {
      learningRate: optimizer.number('learningRate'),
      schedule: optimizer.choice('schedule'),
      warmupSteps: optimizer.number('warmupSteps'),
      beta1: optimizer.number('beta1'),
      beta2: optimizer.number('beta2'),
      epsilon: optimizer.number('epsilon'),
      weightDecay: optimizer.number('weightDecay'),
      maxGradNorm: optimizer.number('maxGradNorm'),
    },
    trainable: trainable(group('trainable')),
    data: {
      families: data.list('families'),
      difficulty: data.choice('difficulty'),
      usualShare: data.number('usualShare'),
      factShare: data.number('factShare'),
    },
    evaluation: {
      every: evaluation.number('every'),
      items: evaluation.number('items'),
      temperature: snapped('evaluation.temperature', evaluation.number('temperature')),
      topP: evaluation.number('topP'),
      topK: evaluation.number('topK'),
    },
    followed: { every: followed.number('every'), item: followed.number('item') },
    checkpointEvery: top.number('checkpointEvery'),
  };
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

/** Fills in what a changed kind asks for. */
function completed(input: unknown): unknown {
  const root = fields(input, 'settings');
  const [{ settings }] = TRAIN_PRESETS;
  return {
    ...root,
    method: completedMethod(root.method),
    trainable: { ...settings.trainable, ...fields(root.trainable, 'trainable') },
  };
}

function trainable(read: ReturnType<typeof reader>): Trainable {
  const kind = read.choice<Trainable['kind']>('kind');
  const vision = read.flag('vision');
  if (kind === 'full') return { kind, vision };
  return {
    kind,
    rank: read.number('rank'),
    alpha: read.number('alpha'),
    dropout: read.number('dropout'),
    targets: read.list<LoraTrainable['targets'][number]>('targets'),
    vision,
  };
}

/** Kernels divide by it: nothing lies between greedy and 0.01. */
function snapped(path: string, temperature: number): number {
  if (temperature === 0 || temperature >= 0.01) return temperature;
  throw invalid(path, String(temperature), '0 (greedy) or a number from 0.01 to 100');
}

function reader(values: Fields, prefix: string) {
  const field = <K extends SettingField['kind']>(name: string, kind: K) => {
    const found = FIELD_BY_PATH.get(prefix + name);
    if (found?.kind === kind) return found as Extract<SettingField, { kind: K }>;
    throw new Error(`no ${kind} field ${prefix}${name}`);
  };
  return {
    number(name: string): number {
      const { min, max, integer, path } = field(name, 'number');
      const value = values[name];
      const fits = typeof value === 'number' && value >= min && value <= max;
      if (fits && (!integer || Number.isInteger(value))) return value;
      const sort = integer ? 'a whole number' : 'a number';
      throw invalid(path, inWords(value), `${sort} from ${min} to ${max}`);
    },
    choice<T extends string>(name: string): T {
      const { options, path } = field(name, 'choice');
      const found = options.find((option) => option === values[name]);
      if (found !== undefined) return found as T;
      throw invalid(path, inWords(values[name]), `one of ${options.join(', ')}`);
    },
    list<T extends string>(name: string): T[] {
      const { options, path } = field(name, 'list');
      const given = values[name];
      const known = Array.isArray(given) && given.every((item) => options.includes(item));
      if (known && given.length > 0)
        return options.filter((option) => given.includes(option)) as T[];
      throw invalid(path, inWords(given), `at least one of ${options.join(', ')}`);
    },
    flag(name: string): boolean {
      const { path } = field(name, 'flag');
      const value = values[name];
      if (typeof value === 'boolean') return value;
      throw invalid(path, inWords(value), 'true or false');
    },
  };
}

function fields(value: unknown, where: string): Fields {
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

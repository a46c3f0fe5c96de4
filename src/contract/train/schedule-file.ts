/** A schedule as a file, "vigos-schedule/1": stages by recipe, preset and what is set otherwise in each. */

import * as v from 'valibot';
import { PlaygroundError } from '../../base/errors.ts';
import { MOST_DATA_NAME } from '../data/data-sets.ts';
import { itemSetSchema } from '../data/item-set.ts';
import { asStage, withSchedule } from './stages.ts';
import {
  STAGE_ORDERS,
  TRAIN_PRESETS,
  type TrainSettings,
  type TrainStage,
  trainSettings,
} from './train-settings.ts';
import { validateTrainSettings, withSettings } from './train-validate.ts';

export const SCHEDULE_FORMAT = 'vigos-schedule/1';

const words = (most: number) => v.pipe(v.string(), v.minLength(1), v.maxLength(most));
const changes = v.record(
  v.string(),
  v.union([v.string(), v.number(), v.boolean(), v.array(v.string())]),
);
const preset = v.picklist(TRAIN_PRESETS.map(({ name }) => name));

/** A stage but for what it draws from. */
export const stageEntries = {
  id: words(40),
  label: words(80),
  recipe: words(40),
  preset: v.optional(preset, 'tiny'),
  steps: v.number(),
  /** Completion tokens after which it ends, within its steps. */
  tokens: v.optional(v.number()),
  /** Settings of the stage by path, `data.families` say. */
  set: v.optional(changes, {}),
};

/** What it draws from is as the filter writes it; absent where all of the world is. */
const stage = v.strictObject({
  ...stageEntries,
  items: v.optional(itemSetSchema),
  /** A set of a person's own, by its fingerprint. */
  questions: v.optional(
    v.strictObject({ name: words(MOST_DATA_NAME), fingerprint: v.string(), items: v.number() }),
  ),
});

export const scheduleSchema = v.strictObject({
  format: v.literal(SCHEDULE_FORMAT),
  title: words(120),
  sentence: v.optional(v.pipe(v.string(), v.maxLength(600)), ''),
  order: v.optional(v.picklist(STAGE_ORDERS), 'staged'),
  /** Preset of what all stages share: seed, what is trained, how it is evaluated. */
  preset: v.optional(preset, 'tiny'),
  /** Settings of the whole run by path, `evaluation.every` say. */
  set: v.optional(changes, {}),
  stages: v.pipe(v.array(stage), v.minLength(1, 'it has no stage')),
});

export type ScheduleFile = v.InferOutput<typeof scheduleSchema>;
/** The same as it may be written, without what goes without saying. */
export type WrittenSchedule = v.InferInput<typeof scheduleSchema>;

/** Throws {@link PlaygroundError} `schedule.invalid` with the path of the first wrong field in `where`. */
export function readScheduleFile(json: unknown): ScheduleFile {
  const result = v.safeParse(scheduleSchema, json);
  if (result.success) return result.output;
  const [issue] = result.issues;
  const where = v.getDotPath(issue) ?? 'schedule';
  throw new PlaygroundError({
    code: 'schedule.invalid',
    message: `The schedule cannot be used: ${where}: ${issue.message}.`,
    fix: `Correct that field; a schedule says "format": "${SCHEDULE_FORMAT}", a title and its stages.`,
    where,
  });
}

/**
 * The settings of a run by this schedule. Throws `schedule.invalid`, and what settings are refused for, with the stage
 * in `where`.
 */
export function settingsOfSchedule({ order, set, stages, ...file }: ScheduleFile): TrainSettings {
  const run = within('set', () => withSettings(trainSettings('grpo', file.preset), set));
  const own = stages.map((one, i): TrainStage => {
    const { id, label, recipe, steps, tokens, items, questions } = one;
    return within(`stages.${i}`, () => {
      const drawn = items === undefined ? {} : drawnAs(items);
      const plain = withSettings(trainSettings(recipe, one.preset), {
        ...drawn,
        ...one.set,
        steps,
      });
      return asStage(
        { id, label, ...(tokens === undefined ? {} : { tokens }) },
        {
          ...plain,
          ...(items === undefined ? {} : { items }),
          ...(questions === undefined ? {} : { questions }),
        },
      );
    });
  });
  return validateTrainSettings(withSchedule(run, { order, stages: own }));
}

/** The settings of data that a set was made with, by path. */
export const drawnAs = ({
  source,
  drawn,
}: NonNullable<ScheduleFile['stages'][number]['items']>): Record<string, string | number> => ({
  'data.source': source,
  ...Object.fromEntries(Object.entries(drawn).map(([name, value]) => [`data.${name}`, value])),
});

function within<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof PlaygroundError)) throw error;
    const { where } = error.record;
    throw new PlaygroundError(
      { ...error.record, where: where === undefined ? path : `${path}.${where}` },
      { cause: error },
    );
  }
}

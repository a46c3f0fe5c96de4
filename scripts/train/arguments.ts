/** The flags of `npm run train`. */
import type { PlaygroundError } from '../../src/base/errors.ts';
import type { BackendChoice } from '../../src/contract/backend.ts';
import { readItemSetFile } from '../../src/contract/data/item-set.ts';
import { DEFAULT_HUB } from '../../src/contract/models/model-hosts.ts';
import { READY_SCHEDULES } from '../../src/contract/train/ready-schedules.ts';
import { RECIPES } from '../../src/contract/train/recipes.ts';
import {
  drawnAs,
  readScheduleFile,
  settingsOfSchedule,
} from '../../src/contract/train/schedule-file.ts';
import { fieldsOf } from '../../src/contract/train/train-fields.ts';
import {
  STAGE_ORDERS,
  TRAIN_PRESETS,
  type TrainSettings,
  trainSettings,
} from '../../src/contract/train/train-settings.ts';
import {
  settingFromText,
  withSetting,
  withSettings,
} from '../../src/contract/train/train-validate.ts';
import { Flags, SWITCH, TEXT, TEXTS } from '../flags.ts';
import { NO_ADAPTER } from '../given-adapter.ts';
import { BUILT_IN_HELP, BUILT_IN_NAMES, readFileOf } from '../given-files.ts';

export const FLAGS = new Flags('train');

export const USAGE = `npm run -s train -- --out DIR [--recipe NAME] [--steps N] [--seed N] [options] [--json]

Trains the model in a headless browser, as the page does. Progress goes to standard error; with --json the
metrics go to standard output as JSON Lines. DIR gets metrics.jsonl, a checkpoint, and the adapter in PEFT's
layout where an adapter is trained.

  --recipe NAME      ${RECIPES.map(({ id }) => id).join(', ')} (vigos)
  --schedule FILE    stages, one after the other, from a file ("vigos-schedule/1"), or one of
                     ${READY_SCHEDULES.map(({ id }) => id).join(', ')};
                     recipe, preset and steps are its stages' own; a stage with "tokens" ends with the step that
                     has brought it to so many completion tokens, its steps are then the most
  --items FILE       draws from a set that npm run -s filter wrote; of a schedule STAGE=FILE, as often as needed
  --data FILE        draws from a set of your own: JSON Lines, Parquet or CSV, in a zip file beside its pictures, as
                     the Data page takes it; references are graded by a mathematical match
  --order NAME       of a schedule's questions: ${STAGE_ORDERS.join(', ')} (the schedule's)
  --preset NAME      ${TRAIN_PRESETS.map(({ name }) => name).join(' or ')} (tiny)
  --steps N          steps of the whole run (the preset's)
  --seed N           seed of data, sampling and adapter (1)
  --set KEY=VALUE    any other setting, as often as needed: ${fieldsOf(
    trainSettings('vigos', 'tiny'),
  )
    .map(({ path }) => path)
    .slice(2, 6)
    .join(', ')}, data.wrongShare, data.noise, …; an unknown KEY
                     lists them all
  --resume DIR       go on from the checkpoint in DIR, with its settings (--steps may ask for more)
  --pause-after N    stop after N steps of this call, to be resumed
  --final GROUPS     at the end, Prior and Score on this many groups of the prior-test split
  --merged           at the end, the whole model with what was trained folded in: DIR/merged, for transformers,
                     for --model and for the page
  --model DIR        folder of a Qwen-VL in the Hugging Face layout, or
                     ${BUILT_IN_NAMES}; or
                     hub:OWNER/NAME[@REVISION], or the address of a folder: fetched once, HF_TOKEN is used
  --adapter none     where the model's folder holds adapters: that none of them is meant
  --hub ADDRESS      the hub that hub: means (${DEFAULT_HUB})
  --backend NAME     webgpu, wasm or auto, the faster one (auto)
  --json             metrics on standard output, one JSON object a line
${BUILT_IN_HELP}`;

export interface TrainOptions {
  readonly settings: TrainSettings;
  readonly out: string;
  readonly resume?: string;
  /** Path of a set of one's own. */
  readonly data?: string;
  readonly pauseAfter?: number;
  /** 0 without the final figure. */
  readonly finalGroups: number;
  readonly model?: string;
  readonly hub?: string;
  /** Given where adapters lie in the model's folder and none of them is meant. */
  readonly adapter?: typeof NO_ADAPTER;
  readonly backend: BackendChoice;
  readonly json: boolean;
  readonly merged: boolean;
  /** Steps asked for on the command line, which overrule a checkpoint's. */
  readonly steps?: number;
}

/** Reads the flags. Throws {@link PlaygroundError} `train.bad-argument` naming the flag, and `train.*` of a setting. */
export function readArguments(args: readonly string[]): TrainOptions | 'help' {
  const values = parse(args);
  if (values.help) return 'help';
  let settings = values.schedule === undefined ? plain(values) : scheduled(values);
  for (const name of ['steps', 'seed'] as const) {
    const text = values[name];
    if (text !== undefined) settings = withSetting(settings, name, settingFromText(name, text));
  }
  const changes: Record<string, unknown> = {};
  for (const pair of values.set ?? []) {
    const [key, text] = FLAGS.pair('--set', pair);
    changes[key] = settingFromText(key, text);
  }
  settings = withSettings(settings, changes);
  const { resume, model, hub } = values;
  const out = FLAGS.out(values.out, 'a folder');
  const backend = FLAGS.backend(values.backend);
  if (values.data !== undefined && values.items !== undefined)
    throw FLAGS.bad('--data', '--data is given beside --items.', 'Give one of them.');
  const { schedule } = settings;
  if (values.data !== undefined && schedule?.stages.every((stage) => stage.questions === undefined))
    throw FLAGS.bad(
      '--data',
      '--data is given, and no stage of the schedule draws from a set of one’s own.',
      'Name it in the stage: “questions” with its name, fingerprint and items, as Train writes a schedule.',
    );
  if (values.adapter !== undefined && values.adapter !== NO_ADAPTER)
    throw FLAGS.bad(
      '--adapter',
      `--adapter is "${values.adapter}", and no adapter is trained further by this command.`,
      `Give ${NO_ADAPTER}, or a model into whose weights it is merged.`,
    );
  return {
    settings,
    out,
    backend,
    json: values.json ?? false,
    merged: values.merged ?? false,
    finalGroups: count('--final', values.final) ?? 0,
    ...(resume === undefined ? {} : { resume }),
    ...(values.data === undefined ? {} : { data: values.data }),
    ...(model === undefined ? {} : { model }),
    ...(hub === undefined ? {} : { hub }),
    ...(values.adapter === undefined ? {} : { adapter: values.adapter }),
    ...(values.steps === undefined ? {} : { steps: settings.steps }),
    ...(values['pause-after'] === undefined
      ? {}
      : { pauseAfter: count('--pause-after', values['pause-after']) }),
  };
}

type Values = ReturnType<typeof parse>;

function plain({ recipe = 'vigos', preset = 'tiny', items = [], order }: Values): TrainSettings {
  if (order !== undefined)
    throw FLAGS.bad('--order', '--order is given without a schedule.', 'Give --schedule too.');
  const settings = trainSettings(recipe, preset);
  if (items.length === 0) return settings;
  if (items.length > 1)
    throw FLAGS.bad(
      '--items',
      '--items is given twice.',
      'Give one set, or a schedule with a set a stage.',
    );
  const set = givenItems(items[0]);
  return withSettings({ ...withSettings(settings, drawnAs(set)), items: set }, {});
}

function scheduled({
  schedule = '',
  items = [],
  order,
  recipe,
  preset,
  steps,
}: Values): TrainSettings {
  for (const [name, value] of Object.entries({ recipe, preset, steps }))
    if (value !== undefined)
      throw FLAGS.bad(
        `--${name}`,
        `--${name} is given beside a schedule, whose stages have their own.`,
        'Leave it out, or change it in the file.',
      );
  const given = readScheduleFile(givenSchedule(schedule));
  const orders = STAGE_ORDERS.find((name) => name === (order ?? given.order));
  if (orders === undefined)
    throw FLAGS.bad('--order', `--order is "${order}".`, `Give ${STAGE_ORDERS.join(', ')}.`);
  const stages = [...given.stages];
  for (const pair of items) {
    const [, id, file] = /^([^=]+)=(.*)$/s.exec(pair) ?? [];
    const at = stages.findIndex((stage) => stage.id === id);
    if (at < 0 || file === undefined)
      throw FLAGS.bad(
        '--items',
        `--items is "${pair}", and the stages are ${stages.map((stage) => stage.id).join(', ')}.`,
        'Give STAGE=FILE with one of them.',
      );
    stages[at] = { ...stages[at], items: givenItems(file) };
  }
  return settingsOfSchedule({ ...given, order: orders, stages });
}

const givenItems = (file: string) => readItemSetFile(jsonOf('--items', file), file);

/** A ready-made schedule by its name, else the file there. */
function givenSchedule(given: string): unknown {
  const found = READY_SCHEDULES.find(({ id }) => id === given);
  if (found === undefined) return jsonOf('--schedule', given);
  const { id: _, ...written } = found;
  return written;
}

function jsonOf(flag: string, file: string): unknown {
  const text = new TextDecoder().decode(readFileOf(flag, file));
  try {
    return JSON.parse(text);
  } catch {
    throw FLAGS.bad(flag, `${file} is no JSON.`, 'Give the path of the file as it was written.');
  }
}

function parse(args: readonly string[]) {
  return FLAGS.read({
    args: [...args],
    options: {
      recipe: TEXT,
      schedule: TEXT,
      items: TEXTS,
      data: TEXT,
      order: TEXT,
      preset: TEXT,
      steps: TEXT,
      seed: TEXT,
      set: TEXTS,
      out: TEXT,
      resume: TEXT,
      'pause-after': TEXT,
      final: TEXT,
      model: TEXT,
      hub: TEXT,
      adapter: TEXT,
      backend: TEXT,
      json: SWITCH,
      merged: SWITCH,
      help: SWITCH,
    },
  }).values;
}

const count = (flag: string, text: string | undefined): number | undefined =>
  text === undefined ? undefined : FLAGS.wholeNumber(flag, text, 1, 100_000);

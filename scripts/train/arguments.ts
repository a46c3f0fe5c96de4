/** The flags of `npm run train`. */
import { parseArgs } from 'node:util';
import { PlaygroundError } from '../../src/base/errors.ts';
import type { BackendChoice } from '../../src/contract/engine.ts';
import { DEFAULT_HUB } from '../../src/contract/model-hosts.ts';
import { RECIPES } from '../../src/contract/recipes.ts';
import { fieldsOf } from '../../src/contract/train-fields.ts';
import {
  TRAIN_PRESETS,
  type TrainSettings,
  trainSettings,
} from '../../src/contract/train-settings.ts';
import { settingFromText, withSetting, withSettings } from '../../src/contract/train-validate.ts';
import { NO_ADAPTER } from '../given-adapter.ts';
import { BUILT_IN_HELP, BUILT_IN_NAMES } from '../given-files.ts';

export const USAGE = `npm run -s train -- --out DIR [--recipe NAME] [--steps N] [--seed N] [options] [--json]

Trains the model in a headless browser, as the page does. Progress goes to standard error; with --json the
metrics go to standard output as JSON Lines. DIR gets metrics.jsonl, a checkpoint, and the adapter in PEFT's
layout where an adapter is trained.

  --recipe NAME      ${RECIPES.map(({ id }) => id).join(', ')} (vigos)
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
  let settings = trainSettings(values.recipe ?? 'vigos', values.preset ?? 'tiny');
  for (const name of ['steps', 'seed'] as const) {
    const text = values[name];
    if (text !== undefined) settings = withSetting(settings, name, settingFromText(name, text));
  }
  const changes: Record<string, unknown> = {};
  for (const pair of values.set ?? []) {
    const [, key, text] = /^([^=]+)=(.*)$/s.exec(pair) ?? [];
    if (key === undefined || text === undefined)
      throw bad('--set', `--set is "${pair}".`, 'Give KEY=VALUE.');
    changes[key] = settingFromText(key, text);
  }
  settings = withSettings(settings, changes);
  const { out, resume, model, hub } = values;
  if (out === undefined || out === '') throw bad('--out', '--out is missing.', 'Give a folder.');
  const backend = (['webgpu', 'wasm', 'auto'] as const).find(
    (name) => name === (values.backend ?? 'auto'),
  );
  if (backend === undefined)
    throw bad('--backend', `--backend is "${values.backend}".`, 'Give webgpu, wasm or auto.');
  if (values.adapter !== undefined && values.adapter !== NO_ADAPTER)
    throw bad(
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
    ...(model === undefined ? {} : { model }),
    ...(hub === undefined ? {} : { hub }),
    ...(values.adapter === undefined ? {} : { adapter: values.adapter }),
    ...(values.steps === undefined ? {} : { steps: settings.steps }),
    ...(values['pause-after'] === undefined
      ? {}
      : { pauseAfter: count('--pause-after', values['pause-after']) }),
  };
}

function parse(args: readonly string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  try {
    return parseArgs({
      args: [...args],
      options: {
        recipe: text,
        preset: text,
        steps: text,
        seed: text,
        set: { type: 'string', multiple: true },
        out: text,
        resume: text,
        'pause-after': text,
        final: text,
        model: text,
        hub: text,
        adapter: text,
        backend: text,
        json: flag,
        merged: flag,
        help: flag,
      },
    }).values;
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    throw bad('arguments', `${said.split('. ')[0]}.`, 'Give only the options below.');
  }
}

function count(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= 1 && value <= 100_000) return value;
  throw bad(name, `${name} is "${text}".`, 'Give a whole number from 1 to 100000.');
}

function bad(where: string, message: string, fix: string): PlaygroundError {
  return new PlaygroundError({ code: 'train.bad-argument', message, fix, where });
}

/** The flags of `npm run filter`. */
import type { PlaygroundError } from '../../src/base/errors.ts';
import type { BackendChoice } from '../../src/contract/backend.ts';
import { type FilterSettings, KEPT } from '../../src/contract/train/filter.ts';
import {
  FILTER_FIELDS,
  filterSettings,
  withFilterSetting,
} from '../../src/contract/train/filter-validate.ts';
import { Flags, SWITCH, TEXT, TEXTS } from '../flags.ts';
import { NO_ADAPTER } from '../given-adapter.ts';
import { BUILT_IN_HELP, BUILT_IN_NAMES } from '../given-files.ts';

export const FLAGS = new Flags('filter');

/** Settings with a flag of their own; all others go by --set. */
const SETTING_FLAGS = {
  count: 'filter.count',
  samples: 'filter.samples',
  keep: 'filter.keep',
  'most-from-picture': 'filter.mostFromPicture',
  'least-from-caption': 'filter.leastFromCaption',
  seed: 'filter.seed',
} as const;

export const USAGE = `npm run -s filter -- --out FILE [--count N] [--samples K] [options] [--json]

Asks the model training questions several times each and keeps some: by default those of perception, which it
misses when it sees the picture and solves when it is told a true caption. FILE ("vigos-items/1") holds them with
both rates, and every question that was asked; train takes it with --items. Progress goes to standard error.

  --count N                questions that are looked at (200)
  --samples K              answers to each, and as many again from its caption (4)
  --keep NAME              ${KEPT.join(' or ')}: all of them with their pass rates, to be asked the easy ones first (perception)
  --most-from-picture S    share of samples that a question of perception may be solved in from its picture (0)
  --least-from-caption S   share in which it must be solved from its caption (0.5)
  --seed N                 which questions, and how they are answered (1)
  --name TEXT              what the set is called (by what it holds)
  --set KEY=VALUE          ${FILTER_FIELDS.map(({ path }) => path)
    .filter((path) => path.startsWith('data.') || /maxNew|temperature/.test(path))
    .join(', ')}
  --model DIR              folder of a Qwen-VL in the Hugging Face layout, or
                           ${BUILT_IN_NAMES}; or
                           hub:OWNER/NAME[@REVISION], or the address of a folder
  --adapter none           where the model's folder holds adapters: that none of them is meant
  --backend NAME           webgpu, wasm or auto, the faster one (auto)
  --json                   the set on standard output too
${BUILT_IN_HELP}`;

export interface FilterOptions {
  readonly settings: FilterSettings;
  readonly out: string;
  readonly name: string;
  readonly model?: string;
  readonly adapter?: typeof NO_ADAPTER;
  readonly backend: BackendChoice;
  readonly json: boolean;
}

/** Reads the flags. Throws {@link PlaygroundError} `filter.bad-argument` naming the flag, and what settings are refused for. */
export function readArguments(args: readonly string[]): FilterOptions | 'help' {
  const values = parse(args);
  if (values.help) return 'help';
  const { model, adapter } = values;
  const out = FLAGS.out(values.out, 'a file');
  const pairs = (values.set ?? []).map((pair) => FLAGS.pair('--set', pair));
  const flags = Object.entries(SETTING_FLAGS).flatMap(([flag, path]): [string, string][] => {
    const text = values[flag as keyof typeof SETTING_FLAGS];
    return text === undefined ? [] : [[path, text]];
  });
  // What is kept is set first: questions without pictures cannot be filtered by them.
  const settings = [...flags, ...pairs].reduce(
    (own, [path, text]) => withFilterSetting(own, path, text),
    filterSettings(),
  );
  const backend = FLAGS.backend(values.backend);
  if (adapter !== undefined && adapter !== NO_ADAPTER)
    throw FLAGS.bad('--adapter', `--adapter is "${adapter}".`, `Give ${NO_ADAPTER}.`);
  return {
    settings,
    out,
    name: values.name ?? nameOf(settings),
    backend,
    json: values.json ?? false,
    ...(model === undefined ? {} : { model }),
    ...(adapter === undefined ? {} : { adapter }),
  };
}

/** What a set is called unless told. */
const nameOf = ({ keep, data, seed }: FilterSettings): string =>
  `${keep === 'perception' ? 'Questions of perception' : `Measured ${data.source}`}, seed ${seed}`;

function parse(args: readonly string[]) {
  return FLAGS.read({
    args: [...args],
    options: {
      ...{ out: TEXT, count: TEXT, samples: TEXT, keep: TEXT, seed: TEXT, name: TEXT },
      ...{ 'most-from-picture': TEXT, 'least-from-caption': TEXT },
      ...{ set: TEXTS },
      ...{ model: TEXT, adapter: TEXT, backend: TEXT, json: SWITCH, help: SWITCH },
    },
  }).values;
}

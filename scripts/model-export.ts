/** Writes a model's three ONNX graphs: `npm run model:export -- --model DIR --out DIR`. */

import { copyFileSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { PlaygroundError } from '../src/base/errors.ts';
import { DEFAULT_MODEL } from '../src/contract/models/built-in-models.ts';
import { KEPT_PRECISIONS, type KeptPrecision } from '../src/contract/models/model.ts';
import { DEFAULT_HUB } from '../src/contract/models/model-hosts.ts';
import { mergeAdapter } from '../src/model/adapters/merge-adapter.ts';
import { findAdapter } from '../src/model/adapters/peft.ts';
import type { AdapterFiles } from '../src/model/adapters/peft-parts.ts';
import { canonicalStateDict } from '../src/model/families/canonical.ts';
import { openArchitecture } from '../src/model/families/families.ts';
import type { ModelFamily } from '../src/model/families/family.ts';
import { settleModel } from '../src/model/families/settle.ts';
import { readSafetensors, shardNames, type TensorData } from '../src/model/formats/safetensors.ts';
import type { BuiltGraph } from '../src/model/onnx/options.ts';
import type { StateDict } from '../src/model/onnx/weights.ts';
import { type JsonObject, readJsonObject } from '../src/model/sources/json-source.ts';
import { WEIGHTS_FILE, WEIGHTS_INDEX } from '../src/model/sources/model-files.ts';
import { modelAt } from './fetched-model.ts';
import { BUILT_IN_HELP, BUILT_IN_NAMES } from './given-files.ts';
import { storeOf, writeGraph } from './onnx-files.ts';

const HELP = `Writes onnx/embed_tokens.onnx, onnx/vision_encoder.onnx and onnx/decoder_model_merged.onnx, and beside
them what the folder needs to be opened again, by the page and by transformers: configuration, tokenizer,
chat template and safetensors.

  --model DIR          model in the Hugging Face layout, or
                       ${BUILT_IN_NAMES}; or
                       hub:OWNER/NAME[@REVISION], or the address of a folder: fetched once, HF_TOKEN is used
  --hub ADDRESS        the hub that hub: means (${DEFAULT_HUB})
  --out DIR            where the folder goes (required)
  --precision NAME     ${KEPT_PRECISIONS.join(', ')}: weights in a file beside each graph, brought to 16 or 4 bits; the folder
                       then has no safetensors (default: as given, inside the graphs)
  --adapter DIR        merge a LoRA adapter in PEFT's layout into the weights, and write no safetensors; none where
                       the model's folder holds some
  --weights MODE       initializers (default) or inputs
  --integers TYPE      int64 (default) or int32: the type of ids, masks and positions
  --lora RANK          add LoRA branches of this rank to the decoder
  --lora-alpha N       LoRA alpha (default: twice the rank)
  --lora-targets LIST  modules with LoRA branches (default: all linear layers of the decoder)
  --batch N --tokens N [--past N] fixed sizes instead of dynamic ones
  --grids T,H,W[;T,H,W…]          fixed image grids for the vision encoder, in patches
  --no-cache           a decoder without key-value cache, as training uses it
${BUILT_IN_HELP}`;

/** What lies beside `onnx/` in a model folder beside its weights, as far as the model has it. */
const COMPANIONS = [
  ...['config.json', 'generation_config.json', 'preprocessor_config.json', 'processor_config.json'],
  ...['tokenizer.json', 'tokenizer_config.json', 'vocab.json', 'merges.txt', 'added_tokens.json'],
  ...['special_tokens_map.json', 'chat_template.jinja', 'chat_template.json'],
];

/** Options that mean nothing without another one. */
const NEEDS = {
  'lora-alpha': 'lora',
  'lora-targets': 'lora',
  batch: 'tokens',
  tokens: 'batch',
  past: 'batch',
} as const;

function readArguments() {
  try {
    return parseArgs({
      options: {
        model: { type: 'string', default: DEFAULT_MODEL.name },
        hub: { type: 'string' },
        out: { type: 'string' },
        precision: { type: 'string' },
        adapter: { type: 'string' },
        weights: { type: 'string', default: 'initializers' },
        integers: { type: 'string', default: 'int64' },
        lora: { type: 'string' },
        'lora-alpha': { type: 'string' },
        'lora-targets': { type: 'string' },
        batch: { type: 'string' },
        tokens: { type: 'string' },
        past: { type: 'string' },
        grids: { type: 'string' },
        cache: { type: 'boolean', default: true },
        help: { type: 'boolean', default: false },
      },
      allowNegative: true,
    }).values;
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    throw usage('arguments', `${said.split('. ')[0]}.`);
  }
}

/** Codes of errors that an option's value leads to. */
const WRONG_ARGUMENTS = /^(command\.usage|model\.(lora-target|grid))$/;

type Arguments = ReturnType<typeof readArguments>;

async function main(): Promise<void> {
  const given = readArguments();
  if (given.help) {
    process.stdout.write(HELP);
    return;
  }
  for (const [option, needed] of Object.entries(NEEDS) as [keyof typeof NEEDS, keyof Arguments][])
    if (given[option] !== undefined && given[needed] === undefined)
      throw usage(`--${option}`, `--${option} needs --${needed} too.`);
  if (given.out === undefined || given.out === '')
    throw usage('--out', '--out is missing: give the folder to write, as --out DIR.');
  const folder = path.resolve(given.out);
  const base = await modelAt(given.model, { hub: given.hub, adapter: { given: given.adapter } });
  const values = { ...given, model: base.folder };
  const precision =
    values.precision === undefined
      ? undefined
      : oneOf('--precision', values.precision, KEPT_PRECISIONS);
  // One beside the weights is a part of the model, as wherever else it is opened.
  const adapter = base.adapter ?? (base.merges === null ? null : base.folder);
  if (base.merges !== null)
    process.stderr.write('The adapter beside the weights is merged into them.\n');
  const graphs = buildGraphs(values, await adapterIn(adapter), precision);
  const suffix = precision === undefined || precision === 'fp32' ? '' : `_${precision}`;
  for (const [name, graph] of Object.entries(graphs)) writeGraph(folder, `${name}${suffix}`, graph);
  if (folder === path.resolve(values.model)) return;
  // Weights beside graphs are what a folder opens by, and these would be those of another model, or precision.
  const asGiven = precision === undefined && adapter === null;
  for (const name of [...COMPANIONS, ...(asGiven ? weightFiles(values.model) : [])]) {
    const file = path.join(values.model, name);
    if (existsSync(file)) copyFileSync(file, path.join(folder, name));
  }
}

/** The files of an adapter's folder. */
async function adapterIn(folder: string | null): Promise<AdapterFiles | null> {
  if (folder === null) return null;
  const names = existsSync(folder) ? readdirSync(folder) : [];
  return findAdapter(
    names
      .filter((name) => name.startsWith('adapter_'))
      .map((name) => ({ path: name, file: new Blob([readFileSync(path.join(folder, name))]) })),
  );
}

function buildGraphs(
  values: Arguments,
  adapter: AdapterFiles | null,
  precision: KeptPrecision | undefined,
): Record<string, BuiltGraph> {
  const opened = openArchitecture(readJson(values.model, 'config.json'));
  const settled = settleModel(opened, readStateDict(values.model, opened.family));
  const { architecture, stateDict } = adapter === null ? settled : mergeAdapter(adapter, settled);
  for (const notice of settled.notices) process.stderr.write(`${notice}\n`);
  const common = {
    weights: oneOf('--weights', values.weights, ['initializers', 'inputs'] as const),
    integers: oneOf('--integers', values.integers, ['int64', 'int32'] as const),
    ...(precision === undefined ? {} : { precision, external: true }),
  };
  const rank = count('--lora', values.lora);
  const alpha = count('--lora-alpha', values['lora-alpha']);
  const targets = values['lora-targets']?.split(',') ?? architecture.family.loraTargets;
  const lora = rank === undefined ? undefined : { rank, alpha: alpha ?? 2 * rank, targets };
  const batch = count('--batch', values.batch);
  const tokens = count('--tokens', values.tokens);
  const past = count('--past', values.past, 0);
  const shapes = batch === undefined || tokens === undefined ? undefined : { batch, tokens };
  const grids = values.grids === undefined ? undefined : parseGrids(values.grids);
  return {
    embed_tokens: architecture.embedTokens(stateDict, {
      ...common,
      ...(shapes ? { shapes } : {}),
    }),
    vision_encoder: architecture.visionEncoder(stateDict, {
      ...common,
      ...(grids ? { shapes: { grids } } : {}),
    }),
    decoder_model_merged: architecture.decoder(stateDict, {
      ...common,
      cache: values.cache,
      ...(lora ? { lora } : {}),
      ...(shapes ? { shapes: { ...shapes, ...(past === undefined ? {} : { past }) } } : {}),
    }),
  };
}

/** The files that hold a model's weights: one, or an index and its shards; beside one, an index is stale. */
function weightFiles(folder: string): string[] {
  const has = (name: string) => existsSync(path.join(folder, name));
  return !has(WEIGHTS_FILE) && has(WEIGHTS_INDEX)
    ? [WEIGHTS_INDEX, ...shardNames(readJson(folder, WEIGHTS_INDEX))]
    : [WEIGHTS_FILE];
}

function readStateDict(folder: string, family: ModelFamily): StateDict {
  const names = weightFiles(folder).filter((name) => name !== WEIGHTS_INDEX);
  const tensors: [string, TensorData][] = names.flatMap((name) => [
    ...readSafetensors(storeOf(existing(path.join(folder, name))), name),
  ]);
  return canonicalStateDict(new Map(tensors), family);
}

function readJson(folder: string, name: string): JsonObject {
  return readJsonObject(new TextDecoder().decode(readBytes(path.join(folder, name))), name);
}

const readBytes = (file: string): Uint8Array => readFileSync(existing(file));

function existing(file: string): string {
  if (!existsSync(file))
    throw new PlaygroundError({
      code: 'model.file-missing',
      message: `There is no file ${file}.`,
      fix: 'Point --model at a folder with config.json and model.safetensors.',
      where: file,
    });
  return file;
}

function parseGrids(text: string): [number, number, number][] {
  return text.split(';').map((part) => {
    const sizes = part.split(',').map((size) => count('--grids', size));
    const [t, h, w] = sizes;
    if (sizes.length !== 3 || t === undefined || h === undefined || w === undefined)
      throw wrongValue('--grids', part);
    return [t, h, w];
  });
}

function count(option: string, text: string | undefined, least = 1): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!Number.isInteger(value) || value < least) throw wrongValue(option, text);
  return value;
}

function oneOf<const T extends string>(option: string, text: string, allowed: readonly T[]): T {
  const found = allowed.find((value) => value === text);
  if (found === undefined) throw wrongValue(option, text);
  return found;
}

function wrongValue(option: string, found: string): PlaygroundError {
  return usage(option, `${option} cannot be "${found}".`);
}

function usage(where: string, message: string): PlaygroundError {
  return new PlaygroundError({
    code: 'command.usage',
    message,
    fix: 'See npm run model:export -- --help.',
    where,
  });
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  const usage = error instanceof PlaygroundError && WRONG_ARGUMENTS.test(error.record.code);
  process.exitCode = usage ? 2 : 1;
}

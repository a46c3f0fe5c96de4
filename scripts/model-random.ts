/** Writes a model of a released size with random weights: `npm run model:random -- --like qwen3-vl-2b --format bf16 --out DIR`. */

import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { PlaygroundError } from '../src/base/errors.ts';
import { huggingFaceFiles } from '../src/model/adapters/model-export.ts';
import { openArchitecture } from '../src/model/families/families.ts';
import type { Architecture } from '../src/model/families/family.ts';
import { weightsOf } from '../src/model/families/settle.ts';
import type { BuiltGraph } from '../src/model/onnx/options.ts';
import type { StateDict } from '../src/model/onnx/weights.ts';
import { PREPROCESSOR, SHAPES } from './model-random/shapes.ts';
import { randomWeights } from './model-random/weights.ts';
import { writeGraph } from './onnx-files.ts';

const HELP = `Writes a model folder of a released model's exact sizes with seeded random weights, piece by piece, to try
what a browser does with it. Tokenizer and chat template are those of the built-in model; the rest of
the vocabulary is padding.

  --like NAME    ${Object.keys(SHAPES).join(', ')} (required)
  --format NAME  bf16: safetensors in shards of at most 1 GiB; q4: ONNX graphs in 4 bits (required)
  --out DIR      where the folder goes (required)
  --seed N       (default 1)
`;

const FORMATS = ['bf16', 'q4'] as const;
const TOKENIZER = 'public/models/tiny-qwen2.5-vl';
const TOKENIZER_FILES = [
  'tokenizer.json',
  'tokenizer_config.json',
  'generation_config.json',
  'chat_template.jinja',
];

/** Ids that config.json names, as the tokenizer has them. */
const IDS = {
  image_token_id: 1498,
  video_token_id: 1499,
  vision_start_token_id: 1495,
  vision_end_token_id: 1496,
};

function readArguments() {
  try {
    const { values } = parseArgs({
      options: {
        like: { type: 'string', default: '' },
        format: { type: 'string', default: '' },
        out: { type: 'string', default: '' },
        seed: { type: 'string', default: '1' },
        help: { type: 'boolean', default: false },
      },
    });
    return values;
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    throw usage('arguments', `${said.split('. ')[0]}.`);
  }
}

function main(): void {
  const { like, format, out, seed: text, help } = readArguments();
  if (help) {
    process.stdout.write(HELP);
    return;
  }
  if (!Object.hasOwn(SHAPES, like)) throw usage('--like', `--like cannot be "${like}".`);
  const wanted = FORMATS.find((known) => known === format);
  if (wanted === undefined) throw usage('--format', `--format cannot be "${format}".`);
  if (out === '') throw usage('--out', '--out is missing: give the folder to write.');
  const seed = Number(text);
  if (!Number.isInteger(seed) || seed < 0) throw usage('--seed', `--seed cannot be "${text}".`);
  const config = { ...SHAPES[like], ...IDS };
  const architecture = openArchitecture(config);
  const draw = randomWeights(seed);
  const stateDict: StateDict = new Map(
    weightsOf(architecture).map(({ name, shape }) => [name, draw(name, shape)]),
  );
  mkdirSync(out, { recursive: true });
  for (const name of TOKENIZER_FILES)
    copyFileSync(path.join(TOKENIZER, name), path.join(out, name));
  const texts = { 'config.json': config, 'preprocessor_config.json': PREPROCESSOR };
  for (const [name, json] of Object.entries(texts))
    writeFileSync(path.join(out, name), `${JSON.stringify(json, null, 2)}\n`);
  if (wanted === 'q4') writeGraphs(out, architecture, stateDict);
  else writeShards(out, architecture, stateDict);
}

function writeShards(out: string, architecture: Architecture, stateDict: StateDict): void {
  const card = 'Random weights, to try a size.\n';
  const files = huggingFaceFiles({ architecture, stateDict, companions: new Map(), card });
  for (const { path: name, bytes } of files) {
    const content = bytes();
    writeFileSync(path.join(out, name), content);
    process.stdout.write(`${name}: ${content.length} bytes\n`);
  }
}

function writeGraphs(out: string, architecture: Architecture, stateDict: StateDict): void {
  const options = { weights: 'initializers', precision: 'q4', external: true } as const;
  const builders: Record<string, () => BuiltGraph> = {
    embed_tokens_q4: () => architecture.embedTokens(stateDict, options),
    vision_encoder_q4: () => architecture.visionEncoder(stateDict, options),
    decoder_model_merged_q4: () => architecture.decoder(stateDict, options),
  };
  for (const [name, build] of Object.entries(builders)) writeGraph(out, name, build());
}

function usage(where: string, message: string): PlaygroundError {
  return new PlaygroundError({
    code: 'command.usage',
    message,
    fix: 'See npm run model:random -- --help.',
    where,
  });
}

try {
  main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  const misused = error instanceof PlaygroundError && error.record.code === 'command.usage';
  process.exitCode = misused ? 2 : 1;
}

/** Everything a model folder says, read and checked once: configuration, weights, tokenizer, template. */

import { PlaygroundError, shortened } from '../base/errors.ts';
import type { ModelSource } from '../contract/engine.ts';
import type { ExportPrecision, KeptPrecision } from '../contract/models/model.ts';
import type { MergeBase } from './adapters/merge-adapter.ts';
import { checkModelSize, requireOwnGraphs } from './families/abilities.ts';
import { canonicalStateDict } from './families/canonical.ts';
import { estimate, keptPrecision, liesInside } from './families/estimate.ts';
import { FAMILIES, openArchitecture } from './families/families.ts';
import type { Architecture, ModelConfig, ModelFamily } from './families/family.ts';
import { type SettledModel, settleModel } from './families/settle.ts';
import type { OnnxExport } from './formats/onnx-export.ts';
import { readSafetensors, shardNames, type TensorData } from './formats/safetensors.ts';
import type { StateDict } from './onnx/weights.ts';
import { readChatTemplate } from './processor/chat.ts';
import { checkAssets, type ProcessorAssets } from './processor/processor.ts';
import { tryTemplate } from './processor/template-trial.ts';
import { type TextAssets, textAssets } from './processor/text-assets.ts';
import { createTokenizer, type Tokenizer } from './processor/tokenizer.ts';
import { DYNAMIC_INT8, foreignGraphs } from './runtime/foreign-graphs.ts';
import { type Keeping, type ModelGraphs, ownGraphs } from './runtime/model-graphs.ts';
import { readJsonObject } from './sources/json-source.ts';
import {
  type ModelFiles,
  type ModelWeights,
  type ReadOptions,
  readModelFiles,
  WEIGHTS_INDEX,
} from './sources/model-files.ts';
import { openSource } from './sources/open-source.ts';

export interface ModelAssets extends TextAssets {
  readonly name: string;
  readonly bytes: number;
  readonly parameters: number;
  readonly architecture: Architecture;
  readonly config: ModelConfig;
  /** Null where the model came as graphs: see {@link requireStateDict}. */
  readonly stateDict: StateDict | null;
  /** What a network is made of. */
  readonly graphs: ModelGraphs;
  /** What 4 bits made of each weight matrix that a backend has asked for: ‖kept − given‖ / ‖given‖ by name. */
  readonly weightErrors: ReadonlyMap<string, number>;
  /** Configurations, tokenizer and chat template as they were read, by file name, for an export. */
  readonly companions: ReadonlyMap<string, string>;
  readonly processor: ProcessorAssets;
  /** Ids that are never sampled: pictures the model cannot draw, and padding of the vocabulary. */
  readonly bannedIds: readonly number[];
  /** What a person should know about the files, a sentence each. */
  readonly notices: readonly string[];
  /** See ModelStatus. */
  readonly marks: readonly string[];
}

/**
 * Reads a model. Throws {@link PlaygroundError} naming the file that is missing, cut off or foreign, and the
 * signal's reason when it is aborted.
 */
export async function loadAssets(
  source: ModelSource,
  options: ReadOptions,
  families: readonly ModelFamily[] = FAMILIES,
): Promise<ModelAssets> {
  const { signal } = options;
  const files = await readModelFiles(
    await openSource(source, { shardsOf, signal }),
    shardsOf,
    options,
  );
  const json = readJsonObject(files.text('config.json'), 'config.json');
  const opened = openArchitecture(json, families);
  if (!files.isOnnx) {
    requireOwnGraphs(opened);
    checkModelSize(opened);
  }
  const { family, config: parsed } = opened;
  const tokenizer = createTokenizer({
    tokenizerJson: files.text('tokenizer.json'),
    vocabJson: files.text('vocab.json'),
    mergesTxt: files.text('merges.txt') ?? null,
    addedTokensJson: files.text('added_tokens.json'),
    tokenizerConfigJson: files.text('tokenizer_config.json'),
    generationConfigJson: files.text('generation_config.json'),
    configEosIds: parsed.eosTokenIds,
  });
  const template = await templateOf(files, options.signal);
  const { processor } = family;
  const preprocessorConfig = processor.imageSettings(
    files.text('processor_config.json'),
    files.text('preprocessor_config.json'),
  );
  checkAssets({ tokenizer, config: parsed, preprocessorConfig });
  const weights = await files.weights();
  options.signal?.throwIfAborted();
  const network =
    weights.onnx === null
      ? await built(opened, weights, options.precision)
      : came(opened, weights.onnx, weights);
  const { architecture, stateDict } = network;
  const { config } = architecture;
  return {
    name: files.name,
    bytes: weights.bytes,
    parameters: stateDict === null ? architecture.weights : countParameters(stateDict),
    architecture,
    config,
    stateDict,
    graphs: network.graphs,
    weightErrors: network.weightErrors,
    companions: files.companions,
    ...textAssets(tokenizer),
    processor: { tokenizer, template, config, processor, preprocessorConfig },
    bannedIds: bannedIdsOf(tokenizer, config),
    notices: [...tokenizer.notices, ...network.notices, ...passedOverNotice(files.passedOver)],
    marks: network.graphs.foreign?.marks ?? [],
  };
}

/** The shards that the text of a weights' index names. */
export const shardsOf = (index: string) => shardNames(readJsonObject(index, WEIGHTS_INDEX));

interface NetworkParts
  extends Pick<ModelAssets, 'architecture' | 'stateDict' | 'graphs' | 'weightErrors'> {
  readonly notices: readonly string[];
}

/** The network that is built from weights. */
async function built(
  opened: Architecture,
  weights: ModelWeights,
  asked: ExportPrecision | undefined,
): Promise<NetworkParts> {
  const tensors = new Map<string, TensorData>();
  for (const [name, bytes] of weights.model)
    for (const [key, tensor] of readSafetensors(bytes, name)) tensors.set(key, tensor);
  const settled = settleModel(opened, canonicalStateDict(tensors, opened.family));
  const precision = keptPrecision(settled.architecture, settled.stateDict, asked);
  const { stateDict, notices, ...merged } = await withAdapter(weights.adapter, settled);
  const architecture = inPrecision(merged.architecture, precision);
  const weightErrors = new Map<string, number>();
  const keeping: Keeping = {
    precision,
    inside: liesInside(architecture.weights, precision),
    onWeightError: ({ name, relative }) => weightErrors.set(name, relative),
  };
  return {
    architecture,
    stateDict,
    graphs: ownGraphs(architecture, stateDict, keeping),
    weightErrors,
    notices: [...settled.notices, ...notices],
  };
}

/** The architecture with what a precision makes of its size and abilities. */
function inPrecision(architecture: Architecture, precision: KeptPrecision): Architecture {
  if (liesInside(architecture.weights, precision)) return architecture;
  const { weightBytes, largestTensorBytes } = estimate(architecture, precision);
  const abilities = { ...architecture.abilities, needs: { weightBytes, largestTensorBytes } };
  if (precision === 'fp32') return { ...architecture, abilities };
  const canTrain = { can: false, reason: NOT_WHOLE[precision] } as const;
  return { ...architecture, abilities: { ...abilities, canTrain }, differentiable: null };
}

const NOT_WHOLE: Readonly<Record<Exclude<KeptPrecision, 'fp32'>, string>> = {
  fp16: 'The weights are kept in 16 bits, and training needs them in 32.',
  q4: 'The weights are kept in 4 bits, and training needs them in 32.',
};

/** The network that came as ONNX. */
function came(opened: Architecture, onnx: OnnxExport, weights: ModelWeights): NetworkParts {
  if (weights.adapter !== null) throw cameAsGraphs();
  const graphs = foreignGraphs(onnx, weights.model, opened.config);
  const canTrain = { can: false, reason: CAME_AS_GRAPHS } as const;
  const { largestTensorBytes = 0, dynamic = false } = graphs.foreign ?? {};
  const canScore = dynamic
    ? ({ can: false, reason: DYNAMIC_INT8 } as const)
    : opened.abilities.canScore;
  const needs = { weightBytes: weights.bytes, largestTensorBytes };
  const abilities = { ...opened.abilities, canTrain, canScore, needs };
  return {
    architecture: { ...opened, abilities, differentiable: null },
    stateDict: null,
    graphs,
    weightErrors: new Map(),
    notices: [
      `The model runs as the ONNX graphs it came as (${onnx.decoder}), one sequence at a time.`,
    ],
  };
}

const CAME_AS_GRAPHS =
  'This model came as ONNX graphs, which hold its weights in a form that only runs: it cannot be trained, take an adapter, or be written as safetensors.';

function passedOverNotice(adapters: readonly string[]): string[] {
  if (adapters.length === 0) return [];
  const named = adapters.slice(0, 3).map((folder) => shortened(folder, 60));
  const more = adapters.length > named.length ? ', …' : '';
  return [
    `Adapters in the folder (${named.join(', ')}${more}) are not part of what runs: graphs take none.`,
  ];
}

function cameAsGraphs(): PlaygroundError {
  return new PlaygroundError({
    code: 'model.no-weights',
    message: CAME_AS_GRAPHS,
    fix: 'Open the same model in the Hugging Face layout, with its weights in model.safetensors.',
    where: 'model',
  });
}

/** Assets with their weights. Throws {@link PlaygroundError} `model.no-weights` where they came as graphs. */
export function requireStateDict<Assets extends Pick<ModelAssets, 'stateDict'>>(
  assets: Assets,
): Assets & { readonly stateDict: StateDict } {
  const { stateDict } = assets;
  if (stateDict !== null) return { ...assets, stateDict };
  throw cameAsGraphs();
}

/** The chat template, tried before it is used where it does not come with the site. */
async function templateOf(files: ModelFiles, signal?: AbortSignal): Promise<string> {
  const template = readChatTemplate({
    jinja: files.text('chat_template.jinja'),
    chatTemplateJson: files.text('chat_template.json'),
    tokenizerConfigJson: files.text('tokenizer_config.json'),
  });
  if (!files.trusted) await tryTemplate(template, signal);
  return template;
}

/** An adapter beside full weights is part of the model, as transformers loads it, and so is one that was chosen: its matrices are added to theirs. */
async function withAdapter(
  adapter: ModelWeights['adapter'],
  base: SettledModel,
): Promise<MergeBase & { readonly notices: readonly string[] }> {
  if (adapter === null) return { ...base, notices: [] };
  const { findAdapter } = await import('./adapters/peft.ts');
  const { mergeAdapter } = await import('./adapters/merge-adapter.ts');
  const { architecture, stateDict, inWords } = mergeAdapter(await findAdapter(adapter.files), base);
  const notice =
    adapter.folder === ''
      ? `The adapter beside the weights (adapter_config.json) is merged into them (${inWords}), as transformers applies it: student and teachers have it.`
      : `The adapter in ${shortened(adapter.folder, 60)} is merged into the weights (${inWords}), as was chosen: student and teachers have it.`;
  return { architecture, stateDict, notices: [notice] };
}

function countParameters(stateDict: StateDict): number {
  let sum = 0;
  for (const { shape } of stateDict.values()) sum += shape.reduce((a, b) => a * b, 1);
  return sum;
}

function bannedIdsOf(tokenizer: Tokenizer, config: ModelConfig): number[] {
  const vision = ['<|vision_start|>', '<|vision_end|>', '<|vision_pad|>', '<|image_pad|>']
    .concat('<|video_pad|>')
    .flatMap((token) => tokenizer.idOf(token) ?? []);
  const banned = new Set([...vision, config.imageTokenId, config.videoTokenId]);
  for (let id = tokenizer.vocabSize; id < config.text.vocabSize; id++) banned.add(id);
  return [...banned].sort((a, b) => a - b);
}

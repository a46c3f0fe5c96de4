/** Everything a model folder says, read and checked once: configuration, weights, tokenizer, template. */

import type { TagIds } from '../method/types.ts';
import { parseModelConfig, type QwenVLConfig } from '../model/config.ts';
import {
  type FileSource,
  type ReadOptions,
  readModelFiles,
  WEIGHTS_INDEX,
} from '../model/files.ts';
import { readJsonObject } from '../model/jsonSource.ts';
import { type Checkpoint, canonicalCheckpoint } from '../model/onnx/weights.ts';
import { readChatTemplate } from '../model/processor/chat.ts';
import { parsePreprocessorConfig } from '../model/processor/imageSize.ts';
import type { ProcessorAssets } from '../model/processor/processor.ts';
import { createTokenizer, type Tokenizer } from '../model/processor/tokenizer.ts';
import { readSafetensors, shardNames, type TensorData } from '../model/safetensors.ts';

export interface ModelAssets {
  readonly name: string;
  readonly bytes: number;
  readonly parameters: number;
  readonly config: QwenVLConfig;
  readonly checkpoint: Checkpoint;
  /** Configurations, tokenizer and chat template as they were read, by file name, for an export. */
  readonly companions: ReadonlyMap<string, string>;
  readonly tokenizer: Tokenizer;
  readonly processor: ProcessorAssets;
  readonly tagIds: TagIds;
  /** Ids of control tokens other than the EOS: text of a rollout that holds one is not what it looks like. */
  readonly specialIds: readonly number[];
  /** Ids that are never sampled: pictures the model cannot draw, and padding of the vocabulary. */
  readonly bannedIds: readonly number[];
  /** Fed where there is no token. */
  readonly padId: number;
}

/** Reads a model. Throws {@link PlaygroundError} naming the file that is missing, cut off or foreign. */
export async function loadAssets(source: FileSource, options: ReadOptions): Promise<ModelAssets> {
  const shardsOf = (index: string) => shardNames(readJsonObject(index, WEIGHTS_INDEX));
  const files = await readModelFiles(source, shardsOf, options);
  const config = parseModelConfig(readJsonObject(files.text('config.json'), 'config.json'));
  const tensors = new Map<string, TensorData>();
  for (const [name, bytes] of files.weights)
    for (const [key, tensor] of readSafetensors(bytes, name)) tensors.set(key, tensor);
  const tokenizerConfigJson = files.text('tokenizer_config.json');
  const tokenizer = createTokenizer({
    tokenizerJson: files.text('tokenizer.json'),
    tokenizerConfigJson,
    generationConfigJson: files.text('generation_config.json'),
  });
  const template = readChatTemplate({
    jinja: files.text('chat_template.jinja'),
    chatTemplateJson: files.text('chat_template.json'),
    tokenizerConfigJson,
  });
  const preprocessorConfig = parsePreprocessorConfig(files.text('preprocessor_config.json'));
  const checkpoint = canonicalCheckpoint(tensors);
  const { special, eosIds } = tokenizer;
  return {
    name: files.name,
    bytes: files.bytes,
    parameters: countParameters(checkpoint),
    config,
    checkpoint,
    companions: files.companions,
    tokenizer,
    processor: { tokenizer, template, config, preprocessorConfig },
    tagIds: tagIdsOf(tokenizer),
    specialIds: specialsOf(tokenizer).filter((id) => !eosIds.includes(id)),
    bannedIds: bannedIdsOf(tokenizer, config),
    padId: special.endOfText,
  };
}

function countParameters(checkpoint: Checkpoint): number {
  let sum = 0;
  for (const { shape } of checkpoint.values()) sum += shape.reduce((a, b) => a * b, 1);
  return sum;
}

/** Each tag alone and after a space, since byte-level BPE joins a space to what follows it. */
function tagIdsOf(tokenizer: Tokenizer): TagIds {
  const spell = (tag: string) => [tag, ` ${tag}`].map((text) => tokenizer.encodePlain(text));
  return {
    descriptionClose: spell('</description>'),
    thinkOpen: spell('<think>'),
    thinkClose: spell('</think>'),
    boxOpen: spell('\\boxed{'),
  };
}

function specialsOf(tokenizer: Tokenizer): number[] {
  return Array.from({ length: tokenizer.vocabSize }, (_, id) => id).filter(tokenizer.isSpecial);
}

function bannedIdsOf(tokenizer: Tokenizer, config: QwenVLConfig): number[] {
  const vision = ['<|vision_start|>', '<|vision_end|>', '<|vision_pad|>', '<|image_pad|>']
    .concat('<|video_pad|>')
    .flatMap((token) => tokenizer.idOf(token) ?? []);
  const banned = new Set([...vision, config.imageTokenId, config.videoTokenId]);
  for (let id = tokenizer.vocabSize; id < config.text.vocabSize; id++) banned.add(id);
  return [...banned].sort((a, b) => a - b);
}

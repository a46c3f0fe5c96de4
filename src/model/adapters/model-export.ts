/** A model with its training folded in, as the files of a Hugging Face folder and as ONNX graphs. */

import { type ExportFile, textFile } from '../../storage/zip-write.ts';
import type { Architecture } from '../families/family.ts';
import { byteLengthOf, type TensorData, writeSafetensors } from '../formats/safetensors.ts';
import type { StateDict } from '../onnx/weights.ts';
import { isJsonObject, type JsonObject, readJsonObject } from '../sources/json-source.ts';
import { WEIGHTS_FILE, WEIGHTS_INDEX } from '../sources/model-files.ts';

/** What a model folder is made of. */
export interface ExportedModel {
  readonly architecture: Architecture;
  /** Merged weights; see `mergeTrained`. */
  readonly stateDict: StateDict;
  /** The base's other files as they were read: configurations, tokenizer, chat template, by name. */
  readonly companions: ReadonlyMap<string, string>;
  /** Text of the README. */
  readonly card: string;
}

/** Bytes of tensors in one weights file, as the Hugging Face hub splits them at most. */
const SHARD_BYTES = 2 ** 30;

/**
 * The folder that transformers and this page load: README, configurations, tokenizer and `model.safetensors` (several
 * files with an index above 1 GiB). Tensors keep the hub's names; those that training changed are float32, and
 * `config.json` then says so.
 */
export function huggingFaceFiles(model: ExportedModel, shardBytes = SHARD_BYTES): ExportFile[] {
  const { stateDict, companions, card } = model;
  const texts = [...companions].map(([name, text]) =>
    textFile(name, name === 'config.json' ? withDtype(text, stateDict) : text),
  );
  return [textFile('README.md', card), ...texts, ...weightFiles(stateDict, shardBytes)];
}

/**
 * The folder of {@link huggingFaceFiles} with the three graphs in it, as `model:export` writes them:
 * `onnx/embed_tokens.onnx` and so on. The graphs have their weights inside, for other programs; the safetensors beside
 * them are what transformers and this page open again.
 */
export function onnxFiles(model: ExportedModel, shardBytes = SHARD_BYTES): ExportFile[] {
  const { architecture, stateDict } = model;
  const options = { weights: 'initializers' } as const;
  const builders = {
    embed_tokens: architecture.embedTokens,
    vision_encoder: architecture.visionEncoder,
    decoder_model_merged: architecture.decoder,
  };
  const graphs = Object.entries(builders).map(([name, build]) => ({
    path: `onnx/${name}.onnx`,
    bytes: () => build(stateDict, options).model,
  }));
  return [...huggingFaceFiles(model, shardBytes), ...graphs];
}

function weightFiles(stateDict: StateDict, shardBytes: number): ExportFile[] {
  const shards = split(stateDict, shardBytes);
  const write = (shard: StateDict) => () => writeSafetensors(shard, { format: 'pt' });
  if (shards.length === 1) return [{ path: WEIGHTS_FILE, bytes: write(shards[0]) }];
  const number = (value: number) => String(value).padStart(5, '0');
  const nameOf = (index: number) =>
    WEIGHTS_FILE.replace('.', `-${number(index + 1)}-of-${number(shards.length)}.`);
  const places = shards.flatMap((shard, index) =>
    [...shard.keys()].map((name) => [name, nameOf(index)] as const),
  );
  const total = [...stateDict.values()].reduce((sum, tensor) => sum + byteLengthOf(tensor), 0);
  const index = { metadata: { total_size: total }, weight_map: Object.fromEntries(places) };
  return [
    textFile(WEIGHTS_INDEX, `${JSON.stringify(index, null, 2)}\n`),
    ...shards.map((shard, i) => ({ path: nameOf(i), bytes: write(shard) })),
  ];
}

/** Tensors by name, in parts of at most `limit` bytes; a larger tensor is a part of its own. */
function split(stateDict: StateDict, limit: number): Map<string, TensorData>[] {
  const shards = [new Map<string, TensorData>()];
  let bytes = 0;
  for (const [name, tensor] of [...stateDict].sort(([a], [b]) => (a < b ? -1 : 1))) {
    bytes += byteLengthOf(tensor);
    if (bytes > limit && shards[shards.length - 1].size > 0) {
      shards.push(new Map());
      bytes = byteLengthOf(tensor);
    }
    shards[shards.length - 1].set(name, tensor);
  }
  return shards;
}

/** transformers loads everything in the dtype of the configuration, so half precision would round what was trained. */
function withDtype(text: string, stateDict: StateDict): string {
  const config = readJsonObject(text, 'config.json');
  const dtypes = new Set([...stateDict.values()].map(({ dtype }) => dtype));
  if (!dtypes.has('F32')) return text;
  const changed = inFloat32(config);
  return JSON.stringify(changed) === JSON.stringify(config)
    ? text
    : `${JSON.stringify(changed, null, 2)}\n`;
}

function inFloat32(config: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(config).map(([key, value]) => {
      if ((key === 'torch_dtype' || key === 'dtype') && typeof value === 'string')
        return [key, 'float32'];
      return [key, isJsonObject(value) ? inFloat32(value) : value];
    }),
  );
}

/** What the configurations of all Qwen-VL families have in common, and how their `config.json` is read. */

import * as v from 'valibot';
import type { JsonObject } from '../../sources/json-source.ts';
import type { ModelConfig } from '../family.ts';
import {
  above0,
  check,
  heads,
  invalid,
  layers,
  maybe,
  tokenId,
  tokenIds,
  upTo,
} from './config-fields.ts';
import { listOf, type QwenTextConfig, readText, type TextFamily } from './text-config.ts';

/** The vision encoder of any family; patch and merge sizes as in the image processor. */
export interface QwenVisionConfig {
  readonly hiddenSize: number;
  readonly depth: number;
  readonly heads: number;
  readonly headDim: number;
  readonly intermediateSize: number;
  readonly outHiddenSize: number;
  readonly inChannels: number;
  /** Pixels along one side of a patch. */
  readonly patchSize: number;
  /** Frames in a patch; a still image is its frame repeated. */
  readonly temporalPatchSize: number;
  /** Patches along one side of a merged (visual) token. */
  readonly mergeSize: number;
  readonly ropeTheta: number;
}

export interface QwenVLConfig<V extends QwenVisionConfig = QwenVisionConfig> extends ModelConfig {
  readonly text: QwenTextConfig;
  readonly vision: V;
}

/** Added in the norms of all vision encoders. */
export const VISION_EPSILON = 1e-6;

const rootSchema = v.looseObject({
  image_token_id: v.optional(tokenId, 151655),
  video_token_id: v.optional(tokenId, 151656),
  tie_word_embeddings: maybe(v.boolean()),
  eos_token_id: maybe(tokenIds),
  vision_config: v.optional(v.looseObject({}), {}),
  quantization_config: maybe(v.looseObject({ quant_method: maybe(v.string()) })),
});

/** How a family's configuration differs. */
export interface ConfigFamily<V extends QwenVisionConfig> {
  readonly modelType: string;
  readonly text: TextFamily;
  /** Whether the text's fields may lie beside the others, as in the hub's older files. */
  readonly flat: boolean;
  /** Throws `model.config-invalid`. */
  vision(json: unknown): V;
  /** Layers of the text after which features of the encoder are added. */
  deepstack(vision: V): number;
}

/**
 * A validated configuration from the parsed JSON of a `config.json`.
 * Throws {@link PlaygroundError} `model.config-invalid` for a field that is missing, of the wrong type, out of range or
 * larger than any tab could hold.
 */
export function parseConfig<V extends QwenVisionConfig>(
  json: JsonObject,
  family: ConfigFamily<V>,
): QwenVLConfig<V> {
  const root = check(rootSchema, json, '');
  const nested = json.text_config ?? null;
  if (nested === null && !family.flat) throw invalid('it has no text_config', 'text_config');
  const vision = family.vision(root.vision_config);
  const prefix = nested === null ? '' : 'text_config.';
  const read = readText(nested ?? json, prefix, family.text, family.deepstack(vision));
  if (vision.outHiddenSize !== read.text.hiddenSize)
    throw invalid(
      `the vision encoder gives features of ${vision.outHiddenSize}, and the text hidden_size is ${read.text.hiddenSize}`,
    );
  // A flat file's stop ids are the text's; of a nested one the root's come first.
  const outer = nested === null ? [] : listOf(root.eos_token_id);
  return {
    modelType: family.modelType,
    imageTokenId: root.image_token_id,
    videoTokenId: root.video_token_id,
    tieWordEmbeddings: root.tie_word_embeddings === true || read.tied,
    eosTokenIds: [...new Set([...outer, ...read.eosTokenIds])],
    quantization: root.quantization_config
      ? (root.quantization_config.quant_method ?? 'no method named')
      : null,
    text: read.text,
    vision,
  };
}

const side = v.union([upTo(128), v.pipe(v.array(upTo(128)), v.minLength(1), v.maxLength(3))]);

/** Fields that every family's vision_config has; `patch` is what transformers' class takes without one. */
export const visionFields = (defaults: { readonly patch: number; readonly depth: number }) => ({
  depth: v.optional(layers, defaults.depth),
  num_heads: v.optional(heads, 16),
  in_channels: maybe(v.literal(3)),
  in_chans: maybe(v.literal(3)),
  patch_size: v.optional(side, defaults.patch),
  temporal_patch_size: v.optional(side, 2),
  spatial_merge_size: v.optional(upTo(16), 2),
  rope_parameters: maybe(v.looseObject({ rope_theta: maybe(above0) })),
});

type VisionFields = v.InferOutput<
  ReturnType<typeof v.looseObject<ReturnType<typeof visionFields>, undefined>>
>;

/** The common part of a vision encoder of the given widths. Throws `model.config-invalid`. */
export function visionSizes(
  fields: VisionFields,
  widths: Pick<QwenVisionConfig, 'hiddenSize' | 'intermediateSize' | 'outHiddenSize'>,
): QwenVisionConfig {
  const headDim = widths.hiddenSize / fields.num_heads;
  if (!Number.isInteger(headDim) || headDim % 4 !== 0)
    throw invalid(
      `the vision encoder's width ${widths.hiddenSize} does not split into heads of 4n`,
    );
  return {
    ...widths,
    depth: fields.depth,
    heads: fields.num_heads,
    headDim,
    inChannels: fields.in_channels ?? fields.in_chans ?? 3,
    patchSize: square(fields.patch_size, 'patch_size'),
    temporalPatchSize: square(fields.temporal_patch_size, 'temporal_patch_size'),
    mergeSize: fields.spatial_merge_size,
    ropeTheta: fields.rope_parameters?.rope_theta ?? 10000,
  };
}

function square(value: number | readonly number[], name: string): number {
  if (typeof value === 'number') return value;
  const [first] = value;
  if (value.some((other) => other !== first)) throw invalid(`${name} [${value}] is not square`);
  return first;
}

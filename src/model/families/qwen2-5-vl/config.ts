/** Reads a Hugging Face `config.json` of a Qwen2.5-VL, in the flat and in the nested layout. */

import * as v from 'valibot';
import { PlaygroundError } from '../../../base/errors.ts';
import { MAX_TOKEN_ID } from '../../processor/added-tokens.ts';
import type { JsonObject } from '../../sources/json-source.ts';
import type { ModelConfig } from '../family.ts';
import { named, type RopeConfig, readRope, ropeSchema } from './rope-config.ts';

/** The language model; sizes are counts of features, `headDim` = hiddenSize / heads. */
export interface QwenTextConfig {
  readonly vocabSize: number;
  readonly hiddenSize: number;
  readonly layers: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
  readonly intermediateSize: number;
  readonly rmsNormEps: number;
  readonly rope: RopeConfig;
  /** Rotary frequencies driven by time, height and width; they add up to headDim / 2. */
  readonly mropeSection: readonly [number, number, number];
  /** Positions that prompt and completion may take together: the checkpoint's, at most {@link MAX_POSITIONS}. */
  readonly maxPositions: number;
}

/** The vision encoder; patch, window and merge sizes as in the image processor. */
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
  /** Pixels along one side of an attention window. */
  readonly windowSize: number;
  /** Blocks that attend over the whole frame instead of one window. */
  readonly fullAttentionBlocks: readonly number[];
  readonly ropeTheta: number;
  readonly rmsNormEps: number;
  readonly tokensPerSecond: number;
}

export interface QwenVLConfig extends ModelConfig {
  readonly visionStartTokenId: number;
  readonly visionEndTokenId: number;
  readonly text: QwenTextConfig;
  readonly vision: QwenVisionConfig;
}

/** Positions that a graph's rotary table holds at most; the hub's checkpoints name up to 128,000. */
export const MAX_POSITIONS = 8192;

/** Far above every released Qwen, far below what a tab can hold; checked before any work is done with a size. */
const LIMITS = {
  layers: 512,
  heads: 512,
  features: 65_536,
  vocabulary: MAX_TOKEN_ID + 1,
  edge: 4096,
};

const upTo = (most: number) => v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(most));
const count = upTo(Number.MAX_SAFE_INTEGER);
const id = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(MAX_TOKEN_ID));
const ids = v.union([id, v.array(id)]);
const layers = upTo(LIMITS.layers);
const heads = upTo(LIMITS.heads);
const features = upTo(LIMITS.features);
const edge = upTo(LIMITS.edge);
const above0 = v.pipe(v.number(), v.finite(), v.gtValue(0));
const maybe = <T extends v.GenericSchema>(schema: T) => v.nullish(schema);
const size = v.union([upTo(128), v.pipe(v.array(upTo(128)), v.minLength(1), v.maxLength(3))]);

/** Defaults are those of transformers' Qwen2_5_VLTextConfig. */
const textSchema = v.looseObject({
  vocab_size: v.optional(upTo(LIMITS.vocabulary), 152064),
  hidden_size: v.optional(features, 8192),
  intermediate_size: v.optional(upTo(LIMITS.vocabulary), 29568),
  num_hidden_layers: v.optional(layers, 80),
  num_attention_heads: v.optional(heads, 64),
  num_key_value_heads: v.optional(v.nullable(heads), 8),
  head_dim: maybe(count),
  hidden_act: v.optional(v.string(), 'silu'),
  rms_norm_eps: v.optional(above0, 1e-5),
  max_position_embeddings: v.optional(count, 32768),
  use_sliding_window: maybe(v.boolean()),
  sliding_window: maybe(count),
  max_window_layers: maybe(v.number()),
  layer_types: maybe(v.array(v.string())),
  eos_token_id: v.optional(v.nullable(ids), 151645),
  rope_theta: maybe(above0),
  rope_scaling: maybe(ropeSchema),
  rope_parameters: maybe(ropeSchema),
  tie_word_embeddings: maybe(v.boolean()),
});

/** Defaults are those of transformers' Qwen2_5_VLVisionConfig. */
const visionSchema = v.looseObject({
  depth: v.optional(layers, 32),
  hidden_size: v.optional(features, 3584),
  intermediate_size: v.optional(upTo(LIMITS.vocabulary), 3420),
  num_heads: v.optional(heads, 16),
  out_hidden_size: v.optional(features, 3584),
  in_channels: maybe(v.literal(3)),
  in_chans: maybe(v.literal(3)),
  hidden_act: v.optional(v.string(), 'silu'),
  patch_size: v.optional(size, 14),
  temporal_patch_size: v.optional(size, 2),
  spatial_merge_size: v.optional(upTo(16), 2),
  window_size: v.optional(edge, 112),
  tokens_per_second: v.optional(above0, 4),
  fullatt_block_indexes: v.optional(v.array(v.pipe(v.number(), v.integer())), [7, 15, 23, 31]),
  rope_parameters: maybe(ropeSchema),
});

/** Defaults are those of transformers' Qwen2_5_VLConfig. */
const rootSchema = v.looseObject({
  image_token_id: v.optional(id, 151655),
  video_token_id: v.optional(id, 151656),
  vision_start_token_id: v.optional(id, 151652),
  vision_end_token_id: v.optional(id, 151653),
  tie_word_embeddings: maybe(v.boolean()),
  eos_token_id: maybe(ids),
  vision_config: v.optional(visionSchema, {}),
  quantization_config: maybe(v.looseObject({ quant_method: maybe(v.string()) })),
});

/**
 * A validated configuration from the parsed JSON of a Qwen2.5-VL's `config.json`.
 * Throws {@link PlaygroundError} `model.config-invalid` for a field that is missing, of the wrong type, out of range or
 * larger than any tab could hold.
 */
export function parseModelConfig(json: JsonObject): QwenVLConfig {
  const root = check(rootSchema, json, '');
  const nested = json.text_config ?? null;
  const text = check(textSchema, nested ?? json, nested === null ? '' : 'text_config.');
  // A flat file's stop ids are the text's; of a nested one the root's come first.
  const outer = nested === null ? [] : listOf(root.eos_token_id);
  return {
    modelType: 'qwen2_5_vl',
    imageTokenId: root.image_token_id,
    videoTokenId: root.video_token_id,
    visionStartTokenId: root.vision_start_token_id,
    visionEndTokenId: root.vision_end_token_id,
    tieWordEmbeddings: root.tie_word_embeddings === true || text.tie_word_embeddings === true,
    eosTokenIds: [...new Set([...outer, ...listOf(text.eos_token_id)])],
    quantization: root.quantization_config
      ? (root.quantization_config.quant_method ?? 'no method named')
      : null,
    // A flat file's head_dim is read by no class.
    text: textConfig(nested === null ? { ...text, head_dim: null } : text),
    vision: visionConfig(root.vision_config, text.hidden_size),
  };
}

function textConfig(text: v.InferOutput<typeof textSchema>): QwenTextConfig {
  const heads = text.num_attention_heads;
  const kvHeads = text.num_key_value_heads ?? heads;
  const headDim = text.hidden_size / heads;
  const { rope, section } = readRope(text, text.max_position_embeddings, invalid);
  const section3 = section ?? ([16, 24, 24] as const);
  if (!Number.isInteger(headDim) || headDim % 2 !== 0)
    throw invalid(`hidden_size ${text.hidden_size} does not split into ${heads} even heads`);
  if (heads % kvHeads !== 0)
    throw invalid(`${heads} attention heads cannot share ${kvHeads} key-value heads`);
  if (section3[0] + section3[1] + section3[2] !== headDim / 2)
    throw invalid(`mrope_section ${section3.join('+')} is not half the head size ${headDim}`);
  if (text.head_dim != null && text.head_dim !== headDim)
    throw invalid(`head_dim ${text.head_dim} is not hidden_size by heads, ${headDim}`);
  if (text.hidden_act !== 'silu') throw invalid(`hidden_act ${named(text.hidden_act)} is not silu`);
  if (slides(text)) throw invalid('it uses sliding windows (use_sliding_window, layer_types)');
  return {
    vocabSize: text.vocab_size,
    hiddenSize: text.hidden_size,
    layers: text.num_hidden_layers,
    heads,
    kvHeads,
    headDim,
    intermediateSize: text.intermediate_size,
    rmsNormEps: text.rms_norm_eps,
    rope,
    mropeSection: section3,
    maxPositions: Math.min(text.max_position_embeddings, MAX_POSITIONS),
  };
}

/** Whether a layer sees less than everything before it: transformers' rule, with the window's length in mind. */
function slides(text: v.InferOutput<typeof textSchema>): boolean {
  if (text.use_sliding_window !== true) return false;
  const window = text.sliding_window === undefined ? 4096 : text.sliding_window;
  if (window === null || window >= Math.min(text.max_position_embeddings, MAX_POSITIONS))
    return false;
  if (text.layer_types) return text.layer_types.includes('sliding_attention');
  return (text.max_window_layers ?? 80) < text.num_hidden_layers;
}

function listOf(value: number | readonly number[] | null | undefined): readonly number[] {
  if (value === null || value === undefined) return [];
  return typeof value === 'number' ? [value] : value;
}

function visionConfig(
  vision: v.InferOutput<typeof visionSchema>,
  textHiddenSize: number,
): QwenVisionConfig {
  const headDim = vision.hidden_size / vision.num_heads;
  const patchSize = square(vision.patch_size, 'patch_size');
  const mergeSize = vision.spatial_merge_size;
  if (!Number.isInteger(headDim) || headDim % 4 !== 0)
    throw invalid(`vision hidden_size ${vision.hidden_size} does not split into heads of 4n`);
  if (vision.window_size < patchSize * mergeSize)
    throw invalid(`window_size ${vision.window_size} is smaller than a merged patch`);
  if (vision.out_hidden_size !== textHiddenSize)
    throw invalid(
      `vision out_hidden_size ${vision.out_hidden_size} is not the text hidden_size ${textHiddenSize}`,
    );
  if (vision.hidden_act !== 'silu')
    throw invalid(`vision hidden_act ${named(vision.hidden_act)} is not silu`);
  return {
    hiddenSize: vision.hidden_size,
    depth: vision.depth,
    heads: vision.num_heads,
    headDim,
    intermediateSize: vision.intermediate_size,
    outHiddenSize: vision.out_hidden_size,
    inChannels: vision.in_channels ?? vision.in_chans ?? 3,
    patchSize,
    temporalPatchSize: square(vision.temporal_patch_size, 'temporal_patch_size'),
    mergeSize,
    windowSize: vision.window_size,
    fullAttentionBlocks: vision.fullatt_block_indexes,
    ropeTheta: vision.rope_parameters?.rope_theta ?? 10000,
    rmsNormEps: 1e-6,
    tokensPerSecond: vision.tokens_per_second,
  };
}

function square(value: number | readonly number[], name: string): number {
  if (typeof value === 'number') return value;
  const [first] = value;
  if (value.some((side) => side !== first)) throw invalid(`${name} [${value}] is not square`);
  return first;
}

function check<T extends v.GenericSchema>(
  schema: T,
  json: unknown,
  prefix: string,
): v.InferOutput<T> {
  const result = v.safeParse(schema, json);
  if (result.success) return result.output;
  const [issue] = result.issues;
  const path = v.getDotPath(issue) ?? '';
  throw invalid(`${prefix}${path}: ${issue.message}`, `${prefix}${path}`);
}

function invalid(reason: string, where = 'config.json'): PlaygroundError {
  return new PlaygroundError({
    code: 'model.config-invalid',
    message: `The model's config.json cannot be used: ${reason}.`,
    fix: 'Take config.json unchanged from a Qwen2.5-VL checkpoint in the Hugging Face layout.',
    where,
    detail: { reason },
  });
}

/** Reads a Hugging Face `config.json` of a Qwen2.5-VL, in the flat and in the nested layout. */

import * as v from 'valibot';
import { PlaygroundError } from '../base/errors.ts';

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
  readonly ropeTheta: number;
  /** Rotary frequencies driven by time, height and width; they add up to headDim / 2. */
  readonly mropeSection: readonly [number, number, number];
  /** Positions that prompt and completion may take together: the checkpoint's, at most {@link MAX_POSITIONS}. */
  readonly maxPositions: number;
  readonly eosTokenIds: readonly number[];
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

export interface QwenVLConfig {
  readonly modelType: 'qwen2_5_vl';
  readonly imageTokenId: number;
  readonly videoTokenId: number;
  readonly visionStartTokenId: number;
  readonly visionEndTokenId: number;
  readonly tieWordEmbeddings: boolean;
  readonly text: QwenTextConfig;
  readonly vision: QwenVisionConfig;
}

/** Positions that a graph's rotary table holds at most; the hub's checkpoints name up to 128,000. */
export const MAX_POSITIONS = 8192;

/** `model_type` values that this project builds graphs for. */
export const SUPPORTED_MODEL_TYPES: readonly string[] = ['qwen2_5_vl'];

const count = v.pipe(v.number(), v.integer(), v.minValue(1));
const id = v.pipe(v.number(), v.integer(), v.minValue(0));
const maybe = <T extends v.GenericSchema>(schema: T) => v.nullish(schema);
const size = v.union([count, v.pipe(v.array(count), v.minLength(1))]);

const ropeSchema = v.looseObject({
  rope_type: maybe(v.string()),
  type: maybe(v.string()),
  rope_theta: maybe(v.number()),
  mrope_section: maybe(v.tuple([count, count, count])),
});

/** Defaults are those of transformers' Qwen2_5_VLTextConfig. */
const textSchema = v.looseObject({
  vocab_size: v.optional(count, 152064),
  hidden_size: v.optional(count, 8192),
  intermediate_size: v.optional(count, 29568),
  num_hidden_layers: v.optional(count, 80),
  num_attention_heads: v.optional(count, 64),
  num_key_value_heads: v.optional(v.nullable(count), 8),
  hidden_act: v.optional(v.string(), 'silu'),
  rms_norm_eps: v.optional(v.number(), 1e-5),
  max_position_embeddings: v.optional(count, 32768),
  use_sliding_window: maybe(v.boolean()),
  eos_token_id: maybe(v.union([id, v.array(id)])),
  rope_theta: maybe(v.number()),
  rope_scaling: maybe(ropeSchema),
  rope_parameters: maybe(ropeSchema),
  tie_word_embeddings: maybe(v.boolean()),
});

/** Defaults are those of transformers' Qwen2_5_VLVisionConfig. */
const visionSchema = v.looseObject({
  depth: v.optional(count, 32),
  hidden_size: v.optional(count, 3584),
  intermediate_size: v.optional(count, 3420),
  num_heads: v.optional(count, 16),
  out_hidden_size: v.optional(count, 3584),
  in_channels: maybe(count),
  in_chans: maybe(count),
  hidden_act: v.optional(v.string(), 'silu'),
  patch_size: v.optional(size, 14),
  temporal_patch_size: v.optional(size, 2),
  spatial_merge_size: v.optional(count, 2),
  window_size: v.optional(count, 112),
  tokens_per_second: v.optional(v.number(), 4),
  fullatt_block_indexes: v.optional(v.array(id), [7, 15, 23, 31]),
  rope_parameters: maybe(ropeSchema),
});

/** Defaults are those of transformers' Qwen2_5_VLConfig. */
const rootSchema = v.looseObject({
  image_token_id: v.optional(id, 151655),
  video_token_id: v.optional(id, 151656),
  vision_start_token_id: v.optional(id, 151652),
  vision_end_token_id: v.optional(id, 151653),
  tie_word_embeddings: maybe(v.boolean()),
  vision_config: v.optional(visionSchema, {}),
  quantization_config: maybe(v.looseObject({ quant_method: maybe(v.string()) })),
});

/**
 * A validated configuration from the parsed JSON of `config.json`.
 * Throws {@link PlaygroundError} `model.architecture` for another `model_type`, `model.quantized` for weights that
 * are not floats, and `model.config-invalid` for a field that is missing, of the wrong type or out of range.
 */
export function parseModelConfig(json: unknown): QwenVLConfig {
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    throw invalid('it is not a JSON object');
  const modelType = (json as Record<string, unknown>).model_type;
  if (modelType !== 'qwen2_5_vl') throw foreign(modelType);
  const root = check(rootSchema, json, '');
  if (root.quantization_config) throw quantized(root.quantization_config.quant_method);
  const nested = (json as Record<string, unknown>).text_config;
  const text = check(textSchema, nested ?? json, nested ? 'text_config.' : '');
  const tied = root.tie_word_embeddings === true || text.tie_word_embeddings === true;
  return {
    modelType: 'qwen2_5_vl',
    imageTokenId: root.image_token_id,
    videoTokenId: root.video_token_id,
    visionStartTokenId: root.vision_start_token_id,
    visionEndTokenId: root.vision_end_token_id,
    tieWordEmbeddings: tied,
    text: textConfig(text),
    vision: visionConfig(root.vision_config, text.hidden_size),
  };
}

function textConfig(text: v.InferOutput<typeof textSchema>): QwenTextConfig {
  const heads = text.num_attention_heads;
  const kvHeads = text.num_key_value_heads ?? heads;
  const headDim = text.hidden_size / heads;
  const rope = text.rope_scaling ?? text.rope_parameters;
  const ropeType = rope?.rope_type ?? rope?.type ?? 'default';
  const section = rope?.mrope_section ?? ([16, 24, 24] as [number, number, number]);
  if (ropeType !== 'default' && ropeType !== 'mrope')
    throw invalid(`rope_type "${ropeType}" is not one of default, mrope`);
  if (!Number.isInteger(headDim) || headDim % 2 !== 0)
    throw invalid(`hidden_size ${text.hidden_size} does not split into ${heads} even heads`);
  if (heads % kvHeads !== 0)
    throw invalid(`${heads} attention heads cannot share ${kvHeads} key-value heads`);
  if (section[0] + section[1] + section[2] !== headDim / 2)
    throw invalid(`mrope_section ${section.join('+')} is not half the head size ${headDim}`);
  if (text.hidden_act !== 'silu') throw invalid(`hidden_act "${text.hidden_act}" is not silu`);
  if (text.use_sliding_window === true) throw invalid('use_sliding_window is on');
  const eos = text.eos_token_id ?? [];
  return {
    vocabSize: text.vocab_size,
    hiddenSize: text.hidden_size,
    layers: text.num_hidden_layers,
    heads,
    kvHeads,
    headDim,
    intermediateSize: text.intermediate_size,
    rmsNormEps: text.rms_norm_eps,
    ropeTheta: rope?.rope_theta ?? text.rope_theta ?? 1e6,
    mropeSection: section,
    maxPositions: Math.min(text.max_position_embeddings, MAX_POSITIONS),
    eosTokenIds: typeof eos === 'number' ? [eos] : eos,
  };
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
    throw invalid(`vision hidden_act "${vision.hidden_act}" is not silu`);
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

function foreign(modelType: unknown): PlaygroundError {
  const found = typeof modelType === 'string' ? `"${modelType}"` : 'no model_type at all';
  return new PlaygroundError({
    code: 'model.architecture',
    message: `This is not a Qwen2.5-VL: its config.json names ${found}.`,
    fix: `Pick a checkpoint whose model_type is ${SUPPORTED_MODEL_TYPES.join(' or ')}.`,
    where: 'config.json',
    detail: { found: modelType ?? null, supported: SUPPORTED_MODEL_TYPES },
  });
}

function quantized(method: string | null | undefined): PlaygroundError {
  return new PlaygroundError({
    code: 'model.quantized',
    message: `This checkpoint's weights are quantized${method ? ` (${method})` : ''}; only float weights can be read.`,
    fix: 'Pick the same model with float32, float16 or bfloat16 weights.',
    where: 'config.json',
    detail: { method: method ?? null },
  });
}

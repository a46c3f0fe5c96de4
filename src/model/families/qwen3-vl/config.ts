/** Reads a Hugging Face `config.json` of a Qwen3-VL. */

import * as v from 'valibot';
import type { JsonObject } from '../../sources/json-source.ts';
import {
  parseConfig,
  type QwenVisionConfig,
  type QwenVLConfig,
  visionFields,
  visionSizes,
} from '../qwen-vl/config.ts';
import { check, features, invalid, upTo, vocabulary } from '../qwen-vl/config-fields.ts';
import { named } from '../qwen-vl/rope-config.ts';
import type { TextFamily } from '../qwen-vl/text-config.ts';

export interface Qwen3VisionConfig extends QwenVisionConfig {
  /** Learned positions; they stand in a square of as many rows as fit. */
  readonly positions: number;
  /** Blocks whose output is added after the text's first layers, as the file lists them. */
  readonly deepstackBlocks: readonly number[];
}

/** Defaults are those of transformers' Qwen3VLVisionConfig. */
const visionSchema = v.looseObject({
  ...visionFields({ patch: 16, depth: 27 }),
  hidden_size: v.optional(features, 1152),
  intermediate_size: v.optional(vocabulary, 4304),
  out_hidden_size: v.optional(features, 3584),
  hidden_act: v.optional(v.string(), 'gelu_pytorch_tanh'),
  num_position_embeddings: v.optional(upTo(1_048_576), 2304),
  deepstack_visual_indexes: v.optional(
    v.pipe(v.array(v.pipe(v.number(), v.integer(), v.minValue(0))), v.maxLength(512)),
    [8, 16, 24],
  ),
});

/** Defaults are those of transformers' Qwen3VLTextConfig. */
const TEXT: TextFamily = {
  defaults: {
    vocabSize: 151936,
    hiddenSize: 4096,
    intermediateSize: 22016,
    layers: 32,
    heads: 32,
    kvHeads: 32,
    headDim: 128,
    rmsNormEps: 1e-6,
    maxPositions: 128000,
    ropeTheta: 500000,
    eosTokenId: null,
  },
  qkNorm: true,
  mropeInterleaved: true,
  mropeSection: [24, 20, 20],
  ownHeadDim: true,
  qkvBias: null,
};

/** A Qwen3-VL's configuration. Throws {@link PlaygroundError} `model.config-invalid`. */
export function parseModelConfig(json: JsonObject): QwenVLConfig<Qwen3VisionConfig> {
  return parseConfig(json, {
    modelType: 'qwen3_vl',
    text: TEXT,
    flat: false,
    vision: visionConfig,
    deepstack: ({ deepstackBlocks }) => deepstackBlocks.length,
  });
}

function visionConfig(json: unknown): Qwen3VisionConfig {
  const vision = check(visionSchema, json, 'vision_config.');
  const blocks = vision.deepstack_visual_indexes;
  if (vision.hidden_act !== 'gelu_pytorch_tanh')
    throw invalid(`vision hidden_act ${named(vision.hidden_act)} is not gelu_pytorch_tanh`);
  if (new Set(blocks).size !== blocks.length || blocks.some((block) => block >= vision.depth))
    throw invalid(
      `deepstack_visual_indexes [${blocks}] are not different ones of ${vision.depth} blocks`,
    );
  const sizes = visionSizes(vision, {
    hiddenSize: vision.hidden_size,
    intermediateSize: vision.intermediate_size,
    outHiddenSize: vision.out_hidden_size,
  });
  return { ...sizes, positions: vision.num_position_embeddings, deepstackBlocks: blocks };
}

/** Reads a Hugging Face `config.json` of a Qwen2.5-VL, in the flat and in the nested layout. */

import * as v from 'valibot';
import type { JsonObject } from '../../sources/json-source.ts';
import {
  type ConfigFamily,
  parseConfig,
  type QwenVisionConfig,
  type QwenVLConfig,
  visionFields,
  visionSizes,
} from '../qwen-vl/config.ts';
import { check, features, invalid, upTo, vocabulary } from '../qwen-vl/config-fields.ts';
import { named } from '../qwen-vl/rope-config.ts';
import { QWEN2_TEXT } from '../qwen-vl/text-config.ts';

export interface Qwen25VisionConfig extends QwenVisionConfig {
  /** Pixels along one side of an attention window. */
  readonly windowSize: number;
  /** Blocks that attend over the whole frame instead of one window. */
  readonly fullAttentionBlocks: readonly number[];
}

/** Defaults are those of transformers' Qwen2_5_VLVisionConfig. */
const visionSchema = v.looseObject({
  ...visionFields({ patch: 14, depth: 32 }),
  hidden_size: v.optional(features, 3584),
  intermediate_size: v.optional(vocabulary, 3420),
  out_hidden_size: v.optional(features, 3584),
  hidden_act: v.optional(v.string(), 'silu'),
  window_size: v.optional(upTo(4096), 112),
  fullatt_block_indexes: v.optional(v.array(v.pipe(v.number(), v.integer())), [7, 15, 23, 31]),
});

const FAMILY: ConfigFamily<Qwen25VisionConfig> = {
  modelType: 'qwen2_5_vl',
  text: QWEN2_TEXT,
  flat: true,
  vision: visionConfig,
  deepstack: () => 0,
};

/** A Qwen2.5-VL's configuration. Throws {@link PlaygroundError} `model.config-invalid`. */
export function parseModelConfig(json: JsonObject): QwenVLConfig<Qwen25VisionConfig> {
  return parseConfig(json, FAMILY);
}

function visionConfig(json: unknown): Qwen25VisionConfig {
  const vision = check(visionSchema, json, 'vision_config.');
  const sizes = visionSizes(vision, {
    hiddenSize: vision.hidden_size,
    intermediateSize: vision.intermediate_size,
    outHiddenSize: vision.out_hidden_size,
  });
  if (vision.window_size < sizes.patchSize * sizes.mergeSize)
    throw invalid(`window_size ${vision.window_size} is smaller than a merged patch`);
  if (vision.hidden_act !== 'silu')
    throw invalid(`vision hidden_act ${named(vision.hidden_act)} is not silu`);
  return {
    ...sizes,
    windowSize: vision.window_size,
    fullAttentionBlocks: vision.fullatt_block_indexes,
  };
}

/** Reads a Hugging Face `config.json` of a Qwen2-VL, in the flat and in the nested layout. */

import * as v from 'valibot';
import type { JsonObject } from '../../sources/json-source.ts';
import {
  parseConfig,
  type QwenVisionConfig,
  type QwenVLConfig,
  visionFields,
  visionSizes,
} from '../qwen-vl/config.ts';
import { check, features, invalid, upTo } from '../qwen-vl/config-fields.ts';
import { named } from '../qwen-vl/rope-config.ts';
import { QWEN2_TEXT } from '../qwen-vl/text-config.ts';

/** Defaults are those of transformers' Qwen2VLVisionConfig; `hidden_size` is the text's. */
const visionSchema = v.looseObject({
  ...visionFields({ patch: 14, depth: 32 }),
  embed_dim: v.optional(features, 1280),
  hidden_size: v.optional(features, 3584),
  mlp_ratio: v.optional(upTo(64), 4),
  hidden_act: v.optional(v.string(), 'quick_gelu'),
});

/** A Qwen2-VL's configuration. Throws {@link PlaygroundError} `model.config-invalid`. */
export function parseModelConfig(json: JsonObject): QwenVLConfig {
  return parseConfig(json, {
    modelType: 'qwen2_vl',
    text: QWEN2_TEXT,
    flat: true,
    vision: visionConfig,
    deepstack: () => 0,
  });
}

function visionConfig(json: unknown): QwenVisionConfig {
  const vision = check(visionSchema, json, 'vision_config.');
  if (vision.hidden_act !== 'quick_gelu')
    throw invalid(`vision hidden_act ${named(vision.hidden_act)} is not quick_gelu`);
  return visionSizes(vision, {
    hiddenSize: vision.embed_dim,
    intermediateSize: vision.embed_dim * vision.mlp_ratio,
    outHiddenSize: vision.hidden_size,
  });
}

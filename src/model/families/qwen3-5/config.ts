/**
 * Reads a Hugging Face `config.json` of a Qwen3.5, whose layers are mostly recurrent (gated delta rule, arXiv 2412.06464)
 * and in part full attention. Its graphs come as ONNX; what is read here are the sizes that feed them.
 */

import * as v from 'valibot';
import type { JsonObject } from '../../sources/json-source.ts';
import type { ModelConfig } from '../family.ts';
import { type QwenVisionConfig, visionFields, visionSizes } from '../qwen-vl/config.ts';
import {
  check,
  count,
  features,
  heads,
  invalid,
  layers,
  maybe,
  tokenId,
  tokenIds,
  upTo,
  vocabulary,
} from '../qwen-vl/config-fields.ts';
import { listOf, MAX_POSITIONS } from '../qwen-vl/text-config.ts';

/** What a layer of the text keeps of the tokens before: all their keys and values, or one state. */
type LayerKind = 'full_attention' | 'linear_attention';

export interface Qwen35Config extends ModelConfig {
  readonly text: ModelConfig['text'] & {
    readonly kinds: readonly LayerKind[];
    readonly intermediateSize: number;
    /** Heads of the recurrent layers and their sizes. */
    readonly keyHeads: number;
    readonly valueHeads: number;
    readonly keyHeadDim: number;
    readonly valueHeadDim: number;
    /** Tokens that a recurrent layer's convolution sees. */
    readonly kernel: number;
  };
  readonly vision: QwenVisionConfig & { readonly positions: number };
}

/** Defaults are those of transformers' Qwen3_5TextConfig. */
const textSchema = v.looseObject({
  vocab_size: v.optional(vocabulary, 248320),
  hidden_size: v.optional(features, 4096),
  intermediate_size: v.optional(vocabulary, 12288),
  num_hidden_layers: v.optional(layers, 32),
  num_attention_heads: v.optional(heads, 16),
  num_key_value_heads: v.optional(heads, 4),
  head_dim: v.optional(features, 256),
  max_position_embeddings: v.optional(count, 32768),
  layer_types: maybe(v.array(v.picklist(['full_attention', 'linear_attention']))),
  full_attention_interval: v.optional(layers, 4),
  linear_conv_kernel_dim: v.optional(upTo(64), 4),
  linear_key_head_dim: v.optional(features, 128),
  linear_value_head_dim: v.optional(features, 128),
  linear_num_key_heads: v.optional(heads, 16),
  linear_num_value_heads: v.optional(heads, 32),
  eos_token_id: maybe(tokenIds),
  tie_word_embeddings: maybe(v.boolean()),
});

/** Defaults are those of transformers' Qwen3_5VisionConfig. */
const visionSchema = v.looseObject({
  ...visionFields({ patch: 16, depth: 27 }),
  hidden_size: v.optional(features, 1152),
  intermediate_size: v.optional(vocabulary, 4304),
  out_hidden_size: v.optional(features, 3584),
  num_position_embeddings: v.optional(upTo(1_048_576), 2304),
});

const rootSchema = v.looseObject({
  image_token_id: v.optional(tokenId, 248056),
  video_token_id: v.optional(tokenId, 248057),
  tie_word_embeddings: maybe(v.boolean()),
  eos_token_id: maybe(tokenIds),
  text_config: v.looseObject({}),
  vision_config: v.optional(v.looseObject({}), {}),
});

/** A Qwen3.5's configuration. Throws {@link PlaygroundError} `model.config-invalid`. */
export function parseModelConfig(json: JsonObject): Qwen35Config {
  const root = check(rootSchema, json, '');
  const text = check(textSchema, root.text_config, 'text_config.');
  const vision = check(visionSchema, root.vision_config, 'vision_config.');
  if (vision.out_hidden_size !== text.hidden_size)
    throw invalid(
      `the vision encoder gives features of ${vision.out_hidden_size}, and the text hidden_size is ${text.hidden_size}`,
    );
  const kinds = kindsOf(text);
  return {
    modelType: 'qwen3_5',
    imageTokenId: root.image_token_id,
    videoTokenId: root.video_token_id,
    tieWordEmbeddings: root.tie_word_embeddings === true || text.tie_word_embeddings === true,
    eosTokenIds: [...new Set([...listOf(root.eos_token_id), ...listOf(text.eos_token_id)])],
    quantization: null,
    text: {
      vocabSize: text.vocab_size,
      hiddenSize: text.hidden_size,
      intermediateSize: text.intermediate_size,
      layers: text.num_hidden_layers,
      growingLayers: kinds.filter((kind) => kind === 'full_attention').length,
      kinds,
      heads: text.num_attention_heads,
      kvHeads: text.num_key_value_heads,
      headDim: text.head_dim,
      keyHeads: text.linear_num_key_heads,
      valueHeads: text.linear_num_value_heads,
      keyHeadDim: text.linear_key_head_dim,
      valueHeadDim: text.linear_value_head_dim,
      kernel: text.linear_conv_kernel_dim,
      deepstackLayers: 0,
      maxPositions: Math.min(text.max_position_embeddings, MAX_POSITIONS),
    },
    vision: {
      ...visionSizes(vision, {
        hiddenSize: vision.hidden_size,
        intermediateSize: vision.intermediate_size,
        outHiddenSize: vision.out_hidden_size,
      }),
      positions: vision.num_position_embeddings,
    },
  };
}

/** As transformers has it: the list, or full attention in every so manieth layer. */
function kindsOf(text: v.InferOutput<typeof textSchema>): readonly LayerKind[] {
  const { num_hidden_layers: number, full_attention_interval: every, layer_types: given } = text;
  if (!given)
    return Array.from({ length: number }, (_, i) =>
      (i + 1) % every === 0 ? 'full_attention' : 'linear_attention',
    );
  if (given.length !== number)
    throw invalid(`layer_types has ${given.length} entries for ${number} layers`);
  return given;
}

/** Configurations that `npm run model:random` knows: sizes of released models, and one that is made in a second. */

/** Of Qwen3-VL-2B-Instruct's config.json, but for the ids of its tokens, which are those of the tokenizer beside it. */
const QWEN3_VL_2B = {
  architectures: ['Qwen3VLForConditionalGeneration'],
  model_type: 'qwen3_vl',
  tie_word_embeddings: true,
  dtype: 'bfloat16',
  text_config: {
    model_type: 'qwen3_vl_text',
    attention_bias: false,
    head_dim: 128,
    hidden_act: 'silu',
    hidden_size: 2048,
    intermediate_size: 6144,
    max_position_embeddings: 262144,
    num_attention_heads: 16,
    num_hidden_layers: 28,
    num_key_value_heads: 8,
    rms_norm_eps: 1e-6,
    rope_scaling: { mrope_interleaved: true, mrope_section: [24, 20, 20], rope_type: 'default' },
    rope_theta: 5000000,
    tie_word_embeddings: true,
    vocab_size: 151936,
  },
  vision_config: {
    model_type: 'qwen3_vl',
    deepstack_visual_indexes: [5, 11, 17],
    depth: 24,
    hidden_act: 'gelu_pytorch_tanh',
    hidden_size: 1024,
    in_channels: 3,
    intermediate_size: 4096,
    num_heads: 16,
    num_position_embeddings: 2304,
    out_hidden_size: 2048,
    patch_size: 16,
    spatial_merge_size: 2,
    temporal_patch_size: 2,
  },
};

const { text_config: text, vision_config: vision } = QWEN3_VL_2B;

/** The same in small. */
const QWEN3_VL_TINY = {
  ...QWEN3_VL_2B,
  text_config: {
    ...text,
    head_dim: 32,
    hidden_size: 64,
    intermediate_size: 96,
    num_attention_heads: 4,
    num_hidden_layers: 3,
    num_key_value_heads: 2,
    rope_scaling: { ...text.rope_scaling, mrope_section: [6, 5, 5] },
    vocab_size: 1600,
  },
  vision_config: {
    ...vision,
    deepstack_visual_indexes: [0],
    depth: 2,
    hidden_size: 64,
    intermediate_size: 96,
    num_heads: 4,
    num_position_embeddings: 64,
    out_hidden_size: 64,
  },
};

export const SHAPES: Readonly<Record<string, typeof QWEN3_VL_2B>> = {
  'qwen3-vl-2b': QWEN3_VL_2B,
  'qwen3-vl-tiny': QWEN3_VL_TINY,
};

/** Of Qwen3-VL-2B-Instruct's preprocessor_config.json. */
export const PREPROCESSOR = {
  image_mean: [0.5, 0.5, 0.5],
  image_processor_type: 'Qwen2VLImageProcessorFast',
  image_std: [0.5, 0.5, 0.5],
  merge_size: 2,
  patch_size: 16,
  size: { longest_edge: 16777216, shortest_edge: 65536 },
  temporal_patch_size: 2,
};

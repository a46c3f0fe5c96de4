/** Reads the language model's part of a Qwen-VL's `config.json`. */

import * as v from 'valibot';
import type { ModelConfig } from '../family.ts';
import {
  above0,
  check,
  count,
  features,
  heads,
  invalid,
  layers,
  maybe,
  tokenIds,
  vocabulary,
} from './config-fields.ts';
import { named, type RopeConfig, readRope, ropeSchema } from './rope-config.ts';

type CommonText = ModelConfig['text'];

/** The language model; sizes are counts of features. Its `maxPositions` are at most {@link MAX_POSITIONS}. */
export interface QwenTextConfig extends CommonText {
  readonly intermediateSize: number;
  readonly rmsNormEps: number;
  /** Whether queries, keys and values are projected with a bias. */
  readonly qkvBias: boolean;
  readonly outputBias: boolean;
  /** Whether each head's query and key are normalised before they are rotated. */
  readonly qkNorm: boolean;
  readonly rope: RopeConfig;
  /** Rotary frequencies driven by time, height and width; they add up to headDim / 2. */
  readonly mropeSection: readonly [number, number, number];
  /** Whether the three take turns, frequency by frequency, instead of lying one after another. */
  readonly mropeInterleaved: boolean;
}

/** Positions that a graph's rotary table holds at most; the hub's models name up to 262,144. */
export const MAX_POSITIONS = 8192;

/** What a family's text is made of, and the values of transformers' class for what is left out. */
export interface TextFamily {
  readonly defaults: TextDefaults;
  readonly qkNorm: boolean;
  readonly mropeInterleaved: boolean;
  readonly mropeSection: readonly [number, number, number];
  /** Whether `head_dim` is a size of its own, or hidden_size by heads. */
  readonly ownHeadDim: boolean;
  /** Null where `attention_bias` says it. */
  readonly qkvBias: true | null;
}

interface TextDefaults {
  readonly vocabSize: number;
  readonly hiddenSize: number;
  readonly intermediateSize: number;
  readonly layers: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number | null;
  readonly rmsNormEps: number;
  readonly maxPositions: number;
  readonly ropeTheta: number;
  readonly eosTokenId: number | null;
}

function textSchema(defaults: TextDefaults) {
  return v.looseObject({
    vocab_size: v.optional(vocabulary, defaults.vocabSize),
    hidden_size: v.optional(features, defaults.hiddenSize),
    intermediate_size: v.optional(vocabulary, defaults.intermediateSize),
    num_hidden_layers: v.optional(layers, defaults.layers),
    num_attention_heads: v.optional(heads, defaults.heads),
    num_key_value_heads: v.optional(v.nullable(heads), defaults.kvHeads),
    head_dim: v.optional(v.nullable(features), defaults.headDim),
    attention_bias: maybe(v.boolean()),
    hidden_act: v.optional(v.string(), 'silu'),
    rms_norm_eps: v.optional(above0, defaults.rmsNormEps),
    max_position_embeddings: v.optional(count, defaults.maxPositions),
    use_sliding_window: maybe(v.boolean()),
    sliding_window: maybe(count),
    max_window_layers: maybe(v.number()),
    layer_types: maybe(v.array(v.string())),
    eos_token_id: v.optional(v.nullable(tokenIds), defaults.eosTokenId),
    rope_theta: maybe(above0),
    rope_scaling: maybe(ropeSchema),
    rope_parameters: maybe(ropeSchema),
    tie_word_embeddings: maybe(v.boolean()),
  });
}

type TextJson = v.InferOutput<ReturnType<typeof textSchema>>;

/** What else of the text's fields a model needs. */
export interface ReadText {
  readonly text: QwenTextConfig;
  readonly tied: boolean;
  readonly eosTokenIds: readonly number[];
}

/**
 * The language model of a family, from its part of the JSON; `prefix` is where that lies, and empty in a flat file.
 * Throws {@link PlaygroundError} `model.config-invalid`.
 */
export function readText(
  json: unknown,
  prefix: string,
  family: TextFamily,
  deepstackLayers: number,
): ReadText {
  const read = check(textSchema(family.defaults), json, prefix);
  // A flat file's head_dim is read by no class.
  const fields = prefix === '' ? { ...read, head_dim: family.defaults.headDim } : read;
  return {
    text: textConfig(fields, family, deepstackLayers),
    tied: fields.tie_word_embeddings === true,
    eosTokenIds: listOf(fields.eos_token_id),
  };
}

function textConfig(text: TextJson, family: TextFamily, deepstackLayers: number): QwenTextConfig {
  const heads = text.num_attention_heads;
  const kvHeads = text.num_key_value_heads ?? heads;
  const headDim = headSize(text, family);
  const { defaults, qkNorm, mropeInterleaved } = family;
  const positions = text.max_position_embeddings;
  const { rope, section } = readRope(text, positions, defaults.ropeTheta, invalid);
  const section3 = section ?? family.mropeSection;
  if (heads % kvHeads !== 0)
    throw invalid(`${heads} attention heads cannot share ${kvHeads} key-value heads`);
  if (section3[0] + section3[1] + section3[2] !== headDim / 2)
    throw invalid(`mrope_section ${section3.join('+')} is not half the head size ${headDim}`);
  if (text.hidden_act !== 'silu') throw invalid(`hidden_act ${named(text.hidden_act)} is not silu`);
  if (slides(text)) throw invalid('it uses sliding windows (use_sliding_window, layer_types)');
  if (deepstackLayers > text.num_hidden_layers)
    throw invalid(
      `deepstack_visual_indexes has ${deepstackLayers} entries for ${text.num_hidden_layers} layers of text`,
    );
  const bias = text.attention_bias === true;
  return {
    vocabSize: text.vocab_size,
    hiddenSize: text.hidden_size,
    layers: text.num_hidden_layers,
    heads,
    kvHeads,
    headDim,
    intermediateSize: text.intermediate_size,
    rmsNormEps: text.rms_norm_eps,
    qkvBias: family.qkvBias ?? bias,
    outputBias: family.qkvBias === null && bias,
    qkNorm,
    rope,
    mropeSection: section3,
    mropeInterleaved,
    deepstackLayers,
    maxPositions: Math.min(positions, MAX_POSITIONS),
  };
}

function headSize(text: TextJson, { ownHeadDim }: TextFamily): number {
  const { hidden_size: hidden, num_attention_heads: heads, head_dim: own } = text;
  const headDim = ownHeadDim && own !== null ? own : hidden / heads;
  if (!Number.isInteger(headDim) || headDim % 2 !== 0)
    throw invalid(
      ownHeadDim && own !== null
        ? `head_dim ${own} is not even`
        : `hidden_size ${hidden} does not split into ${heads} even heads`,
    );
  if (own !== null && own !== headDim)
    throw invalid(`head_dim ${own} is not hidden_size by heads, ${headDim}`);
  return headDim;
}

/** Whether a layer sees less than everything before it: transformers' rule, with the window's length in mind. */
function slides(text: TextJson): boolean {
  if (text.use_sliding_window !== true) return false;
  const window = text.sliding_window === undefined ? 4096 : text.sliding_window;
  if (window === null || window >= Math.min(text.max_position_embeddings, MAX_POSITIONS))
    return false;
  if (text.layer_types) return text.layer_types.includes('sliding_attention');
  return (text.max_window_layers ?? 80) < text.num_hidden_layers;
}

export function listOf(value: number | readonly number[] | null | undefined): readonly number[] {
  if (value === null || value === undefined) return [];
  return typeof value === 'number' ? [value] : value;
}

/** The language model of Qwen2-VL and Qwen2.5-VL. */
export const QWEN2_TEXT: TextFamily = {
  defaults: {
    vocabSize: 152064,
    hiddenSize: 8192,
    intermediateSize: 29568,
    layers: 80,
    heads: 64,
    kvHeads: 8,
    headDim: null,
    rmsNormEps: 1e-5,
    maxPositions: 32768,
    ropeTheta: 1e6,
    eosTokenId: 151645,
  },
  qkNorm: false,
  mropeInterleaved: false,
  mropeSection: [16, 24, 24],
  ownHeadDim: false,
  qkvBias: true,
};

/**
 * The graph `decoder_model_merged`: embeddings, mask, positions and cache → logits and the new cache.
 *
 * The residual stream is [tokens of all sequences, hidden], so that every linear layer is one Gemm in
 * the model's own layout. Integers are only looked up, sliced by and measured, never computed
 * with: that is what keeps every node on the WebGPU provider.
 */

import { type Dimension, OnnxGraph, type Value } from '../../onnx/graph.ts';
import { type BuiltGraph, type DecoderOptions, finish } from '../../onnx/options.ts';
import { GraphWeights, type StateDict } from '../../onnx/weights.ts';
import { type BranchedSizes, branchedLayers } from './branched-layers.ts';
import type { QwenVLConfig } from './config.ts';
import { causalMask, fixedLayers } from './fixed-layers.ts';
import {
  type Builder,
  checkLora,
  feedForward,
  finalNorm,
  joinedLinear,
  linear,
  MASKED,
  rmsNorm,
  textNorm,
} from './layers.ts';
import {
  type Angles,
  type HeadCounts,
  headRotation,
  type Rotation,
  rotaryTable,
  rotate,
  scaledFrequencies,
} from './rotary.ts';
import type { QwenTextConfig } from './text-config.ts';

/** An end of a slice that no tensor reaches. */
const TO_THE_END = 2147483647;

/**
 * Builds the decoder.
 *
 * Inputs: inputs_embeds [batch, tokens, hidden]; attention_mask int64 [batch, past + tokens], 0 at
 * padding on either side; position_ids int64 [3, batch, tokens] (time, height, width);
 * past_key_values.{i}.key/value [batch, kvHeads, past, headDim]; for DeepStack, deepstack_embeds.{i} [batch, tokens,
 * hidden], added after layer i: features at image tokens, 0 elsewhere.
 * Outputs: logits [batch, kept tokens, vocab]; present.{i}.key/value [batch, kvHeads, past + tokens, headDim].
 * Throws {@link PlaygroundError} `model.weight-missing`, `model.weight-shape`, `model.too-large` and, for an adapter on
 * a module that the decoder does not have, `model.lora-target`.
 */
export function buildDecoder(
  config: QwenVLConfig,
  stateDict: StateDict | null,
  options: DecoderOptions,
): BuiltGraph {
  const text = config.text;
  checkLora(options.lora);
  const graph = new OnnxGraph('decoder_model_merged');
  const weights = new GraphWeights(graph, options, stateDict);
  const sizes = decoderSizes(text, options);
  const b: Builder = { graph, weights, lora: options.lora };
  const { batch, tokens, past, total } = sizes;

  const embeds = graph.input('inputs_embeds', 'float32', [batch, tokens, text.hiddenSize]);
  const mask = graph.input('attention_mask', sizes.integers, [batch, total]);
  const positions = graph.input('position_ids', sizes.integers, [3, batch, tokens]);
  const keep = sizes.logitsToKeep ? graph.input('num_logits_to_keep', 'int64', [1]) : null;
  const deepstack = Array.from({ length: text.deepstackLayers }, (_, i) =>
    graph.input(`deepstack_embeds.${i}`, 'float32', [batch, tokens, text.hiddenSize]),
  );
  const cacheShape = [batch, text.kvHeads, past, text.headDim];
  const caches = Array.from({ length: sizes.cache ? text.layers : 0 }, (_, i) => ({
    key: graph.input(`past_key_values.${i}.key`, 'float32', cacheShape),
    value: graph.input(`past_key_values.${i}.value`, 'float32', cacheShape),
  }));

  const angles = positionAngles(graph, text, positions, sizes.maxPositions);
  const padding = graph.op('Gather', [graph.floats([MASKED, 0]), mask], { axis: 0 });
  const final =
    sizes.fixed !== null && hasFixedLayers(text, sizes)
      ? fixedOf(sizes.fixed)(b, text, sizes.fixed, embeds, angles, padding)
      : layers(b, text, sizes, { embeds, deepstack }, angles, padding, caches);
  const last = lastRows(graph, text, sizes, keep);
  const kept = keep === null ? (sizes.fixed?.kept ?? tokens) : 'kept_length';
  logits(b, config, sizes, final, embeds, last);
  graph.output('logits', 'float32', [batch, kept, text.vocabSize]);
  const presentShape = [batch, text.kvHeads, total, text.headDim];
  for (let layer = 0; layer < caches.length; layer++) {
    graph.output(`present.${layer}.key`, 'float32', presentShape);
    graph.output(`present.${layer}.value`, 'float32', presentShape);
  }
  return finish(graph, weights, options);
}

/** The layers and the norm after them, of any size, with or without a cache: [tokens of all sequences, hidden]. */
function layers(
  b: Builder,
  text: QwenTextConfig,
  sizes: DecoderSizes,
  { embeds, deepstack }: { readonly embeds: Value; readonly deepstack: readonly Value[] },
  angles: Angles,
  padding: Value,
  caches: readonly LayerCache[],
): Value {
  const { graph } = b;
  const rotation = headRotation(graph, angles, sizes.heads, text.headDim);
  const shared: AttentionInputs = {
    rotation,
    headShape: headShape(graph, text, sizes, rotation),
    mask: attentionMask(graph, text, sizes, padding, caches[0]?.key),
  };
  const flat = (x: Value) => graph.op('Reshape', [x, graph.ints([-1, text.hiddenSize])]);
  let rows = flat(embeds);
  for (let layer = 0; layer < text.layers; layer++) {
    const normed = textNorm(b, text, rows, layer, 'input_layernorm');
    const attended = attention(b, text, sizes, normed, layer, shared, caches[layer]);
    rows = graph.op('Add', [rows, attended]);
    rows = feedForward(b, text, rows, layer);
    if (layer < deepstack.length) rows = graph.op('Add', [rows, flat(deepstack[layer])]);
  }
  return finalNorm(b, text, rows);
}

const fixedOf = ({ branches }: BranchedSizes) => (branches > 1 ? branchedLayers : fixedLayers);

/** Whether the layers are those that jax-js differentiates, which give the kept rows alone. */
function hasFixedLayers(text: QwenTextConfig, { fixed, cache }: DecoderSizes): boolean {
  return fixed !== null && !cache && !text.qkNorm && text.deepstackLayers === 0;
}

/** How many rows of each sequence get logits, where the layers give more than those; null where they do not. */
function lastRows(
  graph: OnnxGraph,
  text: QwenTextConfig,
  sizes: DecoderSizes,
  keep: Value | null,
): Value | null {
  const { fixed, cache } = sizes;
  if (keep !== null || fixed === null || cache || hasFixedLayers(text, sizes)) return keep;
  return graph.ints([fixed.kept]);
}

interface DecoderSizes {
  readonly batch: Dimension;
  readonly tokens: Dimension;
  readonly past: Dimension;
  readonly total: Dimension;
  readonly fixed: (BranchedSizes & { readonly past: number }) | null;
  readonly cache: boolean;
  readonly logitsToKeep: boolean;
  readonly maxPositions: number;
  readonly integers: 'int64' | 'int32';
  readonly heads: HeadCounts;
}

interface AttentionInputs {
  readonly rotation: Rotation;
  readonly headShape: Value;
  /** Additive, [batch or 1, 1, queries of one key head, keys]. */
  readonly mask: Value;
}

interface LayerCache {
  readonly key: Value;
  readonly value: Value;
}

function decoderSizes(text: QwenTextConfig, options: DecoderOptions): DecoderSizes {
  const { shapes } = options;
  const cache = options.cache ?? true;
  const fixed = shapes
    ? {
        ...shapes,
        past: cache ? (shapes.past ?? 0) : 0,
        kept: shapes.kept ?? shapes.tokens,
        branches: shapes.branches ?? 1,
      }
    : null;
  const tokens = fixed?.tokens ?? 'sequence_length';
  return {
    batch: fixed?.batch ?? 'batch_size',
    tokens,
    past: fixed?.past ?? 'past_sequence_length',
    total: fixed ? fixed.past + fixed.tokens : cache ? 'total_sequence_length' : tokens,
    fixed,
    cache,
    logitsToKeep: options.logitsToKeep ?? fixed === null,
    maxPositions: options.maxPositions ?? text.maxPositions,
    integers: options.integers ?? 'int64',
    heads: { queries: text.heads, keys: text.kvHeads, values: text.kvHeads },
  };
}

/** M-RoPE: each frequency turns with the time, height or width index of its section. Each [batch, tokens, 1, headDim / 2]. */
function positionAngles(
  graph: OnnxGraph,
  text: QwenTextConfig,
  positions: Value,
  maxPositions: number,
): Angles {
  const half = text.headDim / 2;
  const { frequencies, scale } = scaledFrequencies(text.headDim, text.rope);
  const table = graph.floats(
    rotaryTable(maxPositions, frequencies, scale),
    [maxPositions, text.headDim],
    'rotary_table',
  );
  const axisOf = mropeAxes(text);
  const chosen = [0, 1, 2].flatMap((axis) =>
    [...axisOf, ...axisOf].map((own) => (own === axis ? 1 : 0)),
  );
  const rows = graph.op('Gather', [table, positions], { axis: 0 });
  const masked = graph.op('Mul', [rows, graph.floats(chosen, [3, 1, 1, text.headDim])]);
  const angles = graph.op('ReduceSum', [masked, graph.ints([0])], { keepdims: 0 });
  const perHead = graph.op('Unsqueeze', [angles, graph.ints([2])]);
  const halves = graph.ints([half, half]);
  const [cos, sin] = graph.ops('Split', [perHead, halves], 2, { axis: -1 });
  return { cos, sin };
}

/** The index that each frequency of half a head turns with: 0 time, 1 height, 2 width. */
function mropeAxes({ mropeSection, mropeInterleaved, headDim }: QwenTextConfig): number[] {
  if (!mropeInterleaved)
    return mropeSection.flatMap((width, axis) => Array<number>(width).fill(axis));
  return Array.from({ length: headDim / 2 }, (_, i) => (i < 3 * mropeSection[i % 3] ? i % 3 : 0));
}

/** The shape [batch, tokens, heads, headDim] of a joined projection, heads of q, k and v together. */
function headShape(
  graph: OnnxGraph,
  text: QwenTextConfig,
  { fixed, heads }: DecoderSizes,
  rotation: Rotation,
): Value {
  const all = heads.queries + heads.keys + heads.values;
  if (fixed) return graph.ints([fixed.batch, fixed.tokens, all, text.headDim]);
  return graph.op('Shape', [rotation.cos]);
}

/** Causality and padding as an additive mask, repeated for the query heads that share a key head. */
function attentionMask(
  graph: OnnxGraph,
  text: QwenTextConfig,
  sizes: DecoderSizes,
  padding: Value,
  past: Value | undefined,
): Value {
  const group = text.heads / text.kvHeads;
  const { fixed } = sizes;
  if (fixed) {
    const { batch, tokens, past: before } = fixed;
    const perKey = graph.op('Reshape', [padding, graph.ints([batch, 1, 1, before + tokens])]);
    return graph.op('Add', [perKey, causalMask(graph, before, tokens, group)]);
  }
  const count = Float32Array.from({ length: sizes.maxPositions }, (_, i) => i);
  const end = graph.op('Shape', [padding], { start: 1, end: 2 });
  const zero = graph.ints([0]);
  const start = past === undefined ? zero : graph.op('Shape', [past], { start: 2, end: 3 });
  const across = graph.floats(count, [1, count.length], 'key_index');
  const down = graph.floats(count, [count.length, 1], 'query_index');
  const keys = graph.op('Slice', [across, zero, end, graph.ints([1])]);
  const queries = graph.op('Slice', [down, start, end, zero]);
  const perKey = graph.op('Unsqueeze', [padding, graph.ints([1, 2])]);
  const seen = graph.op('LessOrEqual', [keys, queries]);
  const additive = graph.op('Where', [seen, perKey, graph.floats(MASKED)]);
  if (group === 1) return additive;
  return graph.op('Concat', Array<Value>(group).fill(additive), { axis: 2 });
}

/** Grouped-query attention: the queries that share a key head become rows of one product. */
function attention(
  b: Builder,
  text: QwenTextConfig,
  { fixed }: DecoderSizes,
  x: Value,
  layer: number,
  shared: AttentionInputs,
  cache: LayerCache | undefined,
): Value {
  const { graph } = b;
  const { heads, kvHeads, headDim, hiddenSize } = text;
  const group = heads / kvHeads;
  const path = `model.layers.${layer}.self_attn`;
  const projection = (name: string, count: number) => ({
    path: `${path}.${name}_proj`,
    inSize: hiddenSize,
    outSize: count * headDim,
    bias: text.qkvBias,
  });
  const joined = joinedLinear(b, x, `${path}.qkv`, [
    projection('q', heads),
    projection('k', kvHeads),
    projection('v', kvHeads),
  ]);
  const split = headNorms(b, text, path, graph.op('Reshape', [joined, shared.headShape]));
  const rotated = rotate(graph, split, shared.rotation, headDim);
  const headsFirst = graph.op('Transpose', [rotated], { perm: [0, 2, 1, 3] });
  const counts = graph.ints([heads, kvHeads, kvHeads]);
  const [q, k, v] = graph.ops('Split', [headsFirst, counts], 3, { axis: 1 });
  const keys = append(graph, `present.${layer}.key`, cache?.key, k);
  const values = append(graph, `present.${layer}.value`, cache?.value, v);
  const grouped = fixed
    ? [fixed.batch, kvHeads, group * fixed.tokens, headDim]
    : [0, kvHeads, -1, headDim];
  const queries = group === 1 ? q : graph.op('Reshape', [q, graph.ints(grouped)]);
  const turned = graph.op('Transpose', [keys], { perm: [0, 1, 3, 2] });
  const scores = graph.op('Add', [graph.op('MatMul', [queries, turned]), shared.mask]);
  const mixed = graph.op('MatMul', [graph.op('Softmax', [scores], { axis: -1 }), values]);
  const apart = fixed ? [fixed.batch, heads, fixed.tokens, headDim] : [0, heads, -1, headDim];
  const perHead = group === 1 ? mixed : graph.op('Reshape', [mixed, graph.ints(apart)]);
  const tokensFirst = graph.op('Transpose', [perHead], { perm: [0, 2, 1, 3] });
  const flat = graph.op('Reshape', [tokensFirst, graph.ints([-1, heads * headDim])]);
  return linear(b, flat, {
    path: `${path}.o_proj`,
    inSize: heads * headDim,
    outSize: hiddenSize,
    bias: text.outputBias,
  });
}

/** Queries and keys of x [batch, tokens, heads of q, k and v, headDim] normalised over each head, where the family does. */
function headNorms(b: Builder, text: QwenTextConfig, path: string, x: Value): Value {
  const { heads, kvHeads, headDim, rmsNormEps } = text;
  if (!text.qkNorm) return x;
  const counts = b.graph.ints([heads, kvHeads, kvHeads]);
  const [q, k, v] = b.graph.ops('Split', [x, counts], 3, { axis: 2 });
  const queries = rmsNorm(b, q, `${path}.q_norm`, headDim, rmsNormEps);
  const keys = rmsNorm(b, k, `${path}.k_norm`, headDim, rmsNormEps);
  return b.graph.op('Concat', [queries, keys, v], { axis: 2 });
}

function append(graph: OnnxGraph, name: string, past: Value | undefined, now: Value): Value {
  return past === undefined ? now : graph.op('Concat', [past, now], { axis: 2 }, name);
}

/** The output layer on the rows asked for; its weight is the embedding where the two are tied. */
function logits(
  b: Builder,
  config: QwenVLConfig,
  sizes: DecoderSizes,
  rows: Value,
  embeds: Value,
  keep: Value | null,
): void {
  const { graph, weights } = b;
  const { vocabSize, hiddenSize } = config.text;
  const name = config.tieWordEmbeddings ? 'model.embed_tokens.weight' : 'lm_head.weight';
  if (sizes.fixed && keep === null) {
    const { batch, kept } = sizes.fixed;
    const weight = weights.get(name, [vocabSize, hiddenSize]);
    const flat = graph.op('Gemm', [rows, weight], { transB: 1 });
    graph.op('Reshape', [flat, graph.ints([batch, kept, vocabSize])], {}, 'logits');
    return;
  }
  const perSequence = graph.op('Reshape', [rows, graph.op('Shape', [embeds])]);
  const wanted = keep === null ? perSequence : lastTokens(graph, perSequence, embeds, keep);
  weights.matmul(wanted, name, [vocabSize, hiddenSize], 'logits');
}

/**
 * The last `keep` tokens of x [batch, tokens, hidden], all of them for 0. The first index is
 * tokens − keep, or 0: lengths of slices give it, since integer subtraction would run on the CPU.
 */
function lastTokens(graph: OnnxGraph, x: Value, embeds: Value, keep: Value): Value {
  const second = graph.ints([1]);
  const end = graph.ints([TO_THE_END]);
  const zero = graph.ints([0]);
  const tokens = graph.op('Shape', [embeds], { start: 1, end: 2 });
  const column = graph.op('Slice', [embeds, zero, second, graph.ints([2])]);
  const dropped = graph.op('Slice', [column, keep, end, second]);
  const isZero = graph.op('Slice', [graph.floats([1]), keep, second, zero]);
  const allIfZero = graph.op('Shape', [graph.op('Tile', [isZero, tokens])]);
  const remaining = graph.op('Slice', [dropped, allIfZero, end, second]);
  const start = graph.op('Shape', [remaining], { start: 1, end: 2 });
  return graph.op('Slice', [x, start, end, second]);
}

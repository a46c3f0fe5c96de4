/**
 * The decoder's layers for fixed sizes and without a cache: the form that jax-js differentiates, beside the one in
 * decoder.ts that ONNX Runtime runs. two-graphs.test.ts holds both together.
 *
 * jax-js turns each product into a kernel of its own and joins what is elementwise. What it cannot do with SIMD
 * is kept out: tensors are neither joined nor cut (their gradients would be padded and selected), and an
 * index into a product has one batch axis, since each further one is worked out anew for every block.
 */

import type { OnnxGraph, Value } from '../../onnx/graph.ts';
import {
  type Builder,
  type Columns,
  feedForward,
  finalNorm,
  linear,
  MASKED,
  textNorm,
} from './layers.ts';
import type { Angles } from './rotary.ts';
import type { QwenTextConfig } from './text-config.ts';

export interface FixedSizes {
  readonly batch: number;
  readonly tokens: number;
  /** The last tokens of each sequence that get logits. */
  readonly kept: number;
}

/** x · straight + (x + its other half) · crossed is the rotated x; both factors [batch, tokens, 1, 2, headDim / 2]. */
export interface Turn {
  readonly straight: Value;
  readonly crossed: Value;
}

/**
 * All layers and the norm after them: embeddings [batch, tokens, hidden] → [batch · kept, hidden]. Of the last
 * layer only the tokens that get logits are computed; the others serve as keys and values there.
 */
export function fixedLayers(
  whole: Omit<Builder, 'columns'>,
  text: QwenTextConfig,
  sizes: FixedSizes,
  embeds: Value,
  angles: Angles,
  padding: Value,
): Value {
  const { graph } = whole;
  const { batch, tokens, kept } = sizes;
  const columnsOf = (asking: number): Columns => ({
    tokens: batch * tokens,
    mask: (values, width) => lastColumns(graph, values, { ...sizes, kept: asking }, width),
  });
  const all = { ...whole, columns: columnsOf(tokens) };
  let asking = all;
  let context = fixedContext(graph, text, sizes, tokens, angles, padding);
  let rows = graph.op('Reshape', [embeds, graph.ints([batch * tokens, text.hiddenSize, 1])]);
  for (let layer = 0; layer < text.layers; layer++) {
    const normed = textNorm(all, text, rows, layer, 'input_layernorm');
    let queries = normed;
    if (layer === text.layers - 1 && kept < tokens) {
      asking = { ...whole, columns: columnsOf(kept) };
      context = fixedContext(graph, text, sizes, kept, angles, padding);
      queries = lastColumns(graph, normed, sizes, text.hiddenSize);
      rows = lastColumns(graph, rows, sizes, text.hiddenSize);
    }
    const seen = seenOf(all, text, sizes, normed, layer, context.keys);
    const added = fixedAttention(asking, text, sizes, queries, seen, layer, context);
    rows = graph.op('Add', [rows, added]);
    rows = feedForward(asking, text, rows, layer);
  }
  const final = finalNorm(asking, text, rows);
  return graph.op('Reshape', [final, graph.ints([batch * kept, text.hiddenSize])]);
}

type HeadSizes = readonly [batch: number, length: number, heads: number];

/** What all layers share, for the queries of one of them. */
export interface FixedContext {
  /** Tokens at the end of each sequence that ask. */
  readonly asking: number;
  readonly queries: Turn;
  readonly keys: Turn;
  /** Additive, [batch · kvHeads, heads of one key head · asking, tokens]. */
  readonly mask: Value;
}

/** How keys turn, and queries, which are scaled too, from the cosines and sines of all tokens [batch, tokens, 1, headDim / 2]. */
export function turnsOf(
  graph: OnnxGraph,
  { headDim }: QwenTextConfig,
  { batch, tokens }: Pick<FixedSizes, 'batch' | 'tokens'>,
  angles: Angles,
): { readonly keys: Turn; readonly queries: Turn } {
  const half = headDim / 2;
  // The halves a, b of a head become a·cos − b·sin and b·cos + a·sin; with a + b at hand neither needs the
  // other half, and nothing is swapped.
  const perPair = graph.ints([batch, tokens, 1, 1, half]);
  const [cos, sin] = [angles.cos, angles.sin].map((part) => graph.op('Reshape', [part, perPair]));
  const crossed = graph.op('Mul', [sin, graph.floats([-1, 1], [2, 1])]);
  const straight = graph.op('Sub', [cos, crossed]);
  const scale = graph.floats(headDim ** -0.5);
  const scaled = (factor: Value) => graph.op('Mul', [factor, scale]);
  return {
    keys: { straight, crossed },
    queries: { straight: scaled(straight), crossed: scaled(crossed) },
  };
}

/**
 * The context for the last `asking` tokens of each sequence, from the cosines and sines of all tokens
 * [batch, tokens, 1, headDim / 2] and the padding as an additive mask [batch, tokens].
 */
export function fixedContext(
  graph: OnnxGraph,
  text: QwenTextConfig,
  { batch, tokens }: FixedSizes,
  asking: number,
  angles: Angles,
  padding: Value,
): FixedContext {
  const { heads, kvHeads } = text;
  const turns = turnsOf(graph, text, { batch, tokens }, angles);
  const asked = (factor: Value) => lastTokens(graph, factor, tokens, asking);
  const group = heads / kvHeads;
  const additive = graph.op('Add', [
    graph.op('Reshape', [padding, graph.ints([batch, 1, 1, tokens])]),
    causalMask(graph, tokens - asking, asking, group),
  ]);
  const everyHead = graph.ints([batch, kvHeads, group * asking, tokens]);
  return {
    asking,
    queries: { straight: asked(turns.queries.straight), crossed: asked(turns.queries.crossed) },
    keys: turns.keys,
    mask: graph.op('Reshape', [
      graph.op('Expand', [additive, everyHead]),
      graph.ints([batch * kvHeads, group * asking, tokens]),
    ]),
  };
}

/** 0 where a token may look and {@link MASKED} ahead of it, [1, 1, group · asking, before + asking], the same for each of the group. */
export function causalMask(graph: OnnxGraph, before: number, asking: number, group: number): Value {
  const rows = Array.from({ length: group * asking }, (_, row) =>
    Array.from({ length: before + asking }, (_, key) =>
      key <= before + (row % asking) ? 0 : MASKED,
    ),
  );
  return graph.floats(rows.flat(), [1, 1, rows.length, before + asking], 'causal_mask');
}

/** What the tokens of a layer are looked at by: keys [batch · kvHeads, headDim, tokens], values [batch · kvHeads, tokens, headDim]. */
export interface Seen {
  readonly keys: Value;
  readonly values: Value;
}

/** Of one layer, from x [batch · tokens, hidden, 1]. */
export function seenOf(
  b: Builder,
  text: QwenTextConfig,
  { batch, tokens }: Pick<FixedSizes, 'batch' | 'tokens'>,
  x: Value,
  layer: number,
  turn: Turn,
): Seen {
  const { kvHeads } = text;
  const k = turned(b.graph, projection(b, text, x, layer, 'k'), [batch, tokens, kvHeads], turn);
  const rows = (of: Value) => perHead(b.graph, text, of, [batch, tokens, kvHeads]);
  return {
    keys: b.graph.op('Transpose', [rows(k)], { perm: [0, 2, 1] }),
    values: rows(projection(b, text, x, layer, 'v')),
  };
}

/** One layer's attention: the columns x [batch · asking, hidden, 1] ask all tokens. */
export function fixedAttention(
  b: Builder,
  text: QwenTextConfig,
  { batch }: Pick<FixedSizes, 'batch'>,
  x: Value,
  { keys, values }: Seen,
  layer: number,
  { asking, queries, mask }: Pick<FixedContext, 'asking' | 'queries' | 'mask'>,
): Value {
  const { graph } = b;
  const { heads, headDim } = text;
  const q = turned(graph, projection(b, text, x, layer, 'q'), [batch, asking, heads], queries);
  const scores = graph.op('MatMul', [perHead(graph, text, q, [batch, asking, heads]), keys]);
  const shares = graph.op('Softmax', [graph.op('Add', [scores, mask])], { axis: -1 });
  const mixed = graph.op('MatMul', [shares, values]);
  const apart = graph.op('Reshape', [mixed, graph.ints([batch, heads, asking, headDim])]);
  const tokensFirst = graph.op('Transpose', [apart], { perm: [0, 2, 1, 3] });
  const flat = graph.op('Reshape', [tokensFirst, graph.ints([batch * asking, heads * headDim, 1])]);
  return attended(b, text, flat, layer);
}

/** [batch · length, count · headDim, 1] as [batch · kvHeads, heads of one key head · length, headDim]. */
function perHead(
  graph: OnnxGraph,
  { kvHeads, headDim }: QwenTextConfig,
  rows: Value,
  [batch, length, count]: HeadSizes,
): Value {
  const apart = graph.op('Reshape', [rows, graph.ints([batch, length, count, headDim])]);
  const first = graph.op('Transpose', [apart], { perm: [0, 2, 1, 3] });
  const joined = [batch * kvHeads, (count / kvHeads) * length, headDim];
  return graph.op('Reshape', [first, graph.ints(joined)]);
}

/** Queries, keys or values of x [tokens, hidden, 1]: [tokens, heads · headDim, 1]. */
export function projection(
  b: Builder,
  { heads, kvHeads, headDim, hiddenSize }: QwenTextConfig,
  x: Value,
  layer: number,
  name: 'q' | 'k' | 'v',
): Value {
  return linear(b, x, {
    path: `model.layers.${layer}.self_attn.${name}_proj`,
    inSize: hiddenSize,
    outSize: (name === 'q' ? heads : kvHeads) * headDim,
    bias: true,
  });
}

/** Heads turned by the places of their tokens, [batch, length, heads, 2, headDim / 2] in any shape with these elements. */
export function turned(
  graph: OnnxGraph,
  heads: Value,
  [batch, length, count]: HeadSizes,
  { straight, crossed }: Turn,
): Value {
  const pairs = graph.ints([batch, length, count, 2, -1]);
  const halves = graph.op('Reshape', [heads, pairs]);
  const both = graph.op('ReduceSum', [halves, graph.ints([3])], { keepdims: 1 });
  const own = graph.op('Mul', [halves, straight]);
  return graph.op('Add', [own, graph.op('Mul', [both, crossed])]);
}

/** What attention gives from what the heads have mixed [tokens, heads · headDim, 1]. */
export function attended(
  b: Builder,
  { hiddenSize }: QwenTextConfig,
  mixed: Value,
  layer: number,
): Value {
  return linear(b, mixed, {
    path: `model.layers.${layer}.self_attn.o_proj`,
    inSize: hiddenSize,
    outSize: hiddenSize,
    bias: false,
  });
}

/** The last `kept` of each sequence of x [batch · tokens, width (, 1)] as columns [batch · kept, width, 1]. */
function lastColumns(
  graph: OnnxGraph,
  x: Value,
  { batch, tokens, kept }: FixedSizes,
  width: number,
): Value {
  const perSequence = graph.op('Reshape', [x, graph.ints([batch, tokens, width])]);
  const last = lastTokens(graph, perSequence, tokens, kept);
  return graph.op('Reshape', [last, graph.ints([batch * kept, width, 1])]);
}

/** The last `kept` of the tokens on axis 1. */
export function lastTokens(graph: OnnxGraph, x: Value, tokens: number, kept: number): Value {
  if (kept === tokens) return x;
  const ends = [[tokens - kept], [tokens], [1]].map((values) => graph.ints(values));
  return graph.op('Slice', [x, ...ends]);
}

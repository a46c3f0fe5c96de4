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
interface Turn {
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
    const inputs = { all: normed, asking: queries };
    const attended = fixedAttention({ all, asking }, text, sizes, inputs, layer, context);
    rows = graph.op('Add', [rows, attended]);
    rows = feedForward(asking, text, rows, layer);
  }
  const final = finalNorm(asking, text, rows);
  return graph.op('Reshape', [final, graph.ints([batch * kept, text.hiddenSize])]);
}

/** What all layers share, for the queries of one of them. */
interface FixedContext {
  /** Tokens at the end of each sequence that ask. */
  readonly asking: number;
  readonly queries: Turn;
  readonly keys: Turn;
  /** Additive, [batch · kvHeads, heads of one key head · asking, tokens]. */
  readonly mask: Value;
}

/**
 * The context for the last `asking` tokens of each sequence, from the cosines and sines of all tokens
 * [batch, tokens, 1, headDim / 2] and the padding as an additive mask [batch, tokens].
 */
function fixedContext(
  graph: OnnxGraph,
  text: QwenTextConfig,
  { batch, tokens }: FixedSizes,
  asking: number,
  angles: Angles,
  padding: Value,
): FixedContext {
  const { heads, kvHeads, headDim } = text;
  const half = headDim / 2;
  // The halves a, b of a head become a·cos − b·sin and b·cos + a·sin; with a + b at hand neither needs the
  // other half, and nothing is swapped.
  const perPair = graph.ints([batch, tokens, 1, 1, half]);
  const [cos, sin] = [angles.cos, angles.sin].map((part) => graph.op('Reshape', [part, perPair]));
  const crossed = graph.op('Mul', [sin, graph.floats([-1, 1], [2, 1])]);
  const keys = { straight: graph.op('Sub', [cos, crossed]), crossed };
  const scale = graph.floats(headDim ** -0.5);
  const asked = (factor: Value) =>
    graph.op('Mul', [lastTokens(graph, factor, tokens, asking), scale]);
  const group = heads / kvHeads;
  const additive = graph.op('Add', [
    graph.op('Reshape', [padding, graph.ints([batch, 1, 1, tokens])]),
    causalMask(graph, tokens - asking, asking, group),
  ]);
  const everyHead = graph.ints([batch, kvHeads, group * asking, tokens]);
  return {
    asking,
    queries: { straight: asked(keys.straight), crossed: asked(crossed) },
    keys,
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

/** One layer's attention: x [batch · tokens, hidden, 1], of which the columns `asking` [batch · asking, hidden, 1] ask. */
function fixedAttention(
  b: { readonly all: Builder; readonly asking: Builder },
  text: QwenTextConfig,
  { batch, tokens }: FixedSizes,
  x: { readonly all: Value; readonly asking: Value },
  layer: number,
  context: FixedContext,
): Value {
  const { graph } = b.all;
  const { heads, kvHeads, headDim, hiddenSize } = text;
  const { asking } = context;
  const path = `model.layers.${layer}.self_attn`;
  const projected = (name: string, from: 'all' | 'asking', count: number) =>
    linear(b[from], x[from], {
      path: `${path}.${name}_proj`,
      inSize: hiddenSize,
      outSize: count * headDim,
      bias: true,
    });
  /** [batch · length, count · headDim, 1] as [batch · kvHeads, heads of one key head · length, headDim]. */
  const perHead = (rows: Value, length: number, count: number) => {
    const apart = graph.op('Reshape', [rows, graph.ints([batch, length, count, headDim])]);
    const first = graph.op('Transpose', [apart], { perm: [0, 2, 1, 3] });
    const joined = [batch * kvHeads, (count / kvHeads) * length, headDim];
    return graph.op('Reshape', [first, graph.ints(joined)]);
  };
  const turned = (rows: Value, length: number, count: number, { straight, crossed }: Turn) => {
    const pairs = [batch, length, count, 2, headDim / 2];
    const halves = graph.op('Reshape', [rows, graph.ints(pairs)]);
    const both = graph.op('ReduceSum', [halves, graph.ints([3])], { keepdims: 1 });
    const own = graph.op('Mul', [halves, straight]);
    return graph.op('Add', [own, graph.op('Mul', [both, crossed])]);
  };
  const q = turned(projected('q', 'asking', heads), asking, heads, context.queries);
  const k = turned(projected('k', 'all', kvHeads), tokens, kvHeads, context.keys);
  const v = projected('v', 'all', kvHeads);
  const keys = graph.op('Transpose', [perHead(k, tokens, kvHeads)], { perm: [0, 2, 1] });
  const scores = graph.op('MatMul', [perHead(q, asking, heads), keys]);
  const shares = graph.op('Softmax', [graph.op('Add', [scores, context.mask])], { axis: -1 });
  const mixed = graph.op('MatMul', [shares, perHead(v, tokens, kvHeads)]);
  const apart = graph.op('Reshape', [mixed, graph.ints([batch, heads, asking, headDim])]);
  const tokensFirst = graph.op('Transpose', [apart], { perm: [0, 2, 1, 3] });
  const flat = graph.op('Reshape', [tokensFirst, graph.ints([batch * asking, heads * headDim, 1])]);
  return linear(b.asking, flat, {
    path: `${path}.o_proj`,
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
function lastTokens(graph: OnnxGraph, x: Value, tokens: number, kept: number): Value {
  if (kept === tokens) return x;
  const ends = [[tokens - kept], [tokens], [1]].map((values) => graph.ints(values));
  return graph.op('Slice', [x, ...ends]);
}

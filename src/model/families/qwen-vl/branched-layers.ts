/**
 * The layers for rows that are a prompt and several texts behind it, each of which sees the prompt and itself: the
 * prompt is computed once. Prompts and texts are two streams from the first layer to the last, since joining and
 * cutting is what jax-js does slowly; see fixed-layers.ts.
 */

import type { OnnxGraph, Value } from '../../onnx/graph.ts';
import {
  attended,
  causalMask,
  type FixedSizes,
  fixedAttention,
  fixedContext,
  lastTokens,
  projection,
  type Seen,
  seenOf,
  type Turn,
  turned,
  turnsOf,
} from './fixed-layers.ts';
import { type Builder, feedForward, finalNorm, textNorm } from './layers.ts';
import type { Angles } from './rotary.ts';
import type { QwenTextConfig } from './text-config.ts';

/** The last `kept` tokens of a row are so many texts of one length, side by side. */
export interface BranchedSizes extends FixedSizes {
  readonly branches: number;
}

/** A row's tokens before its texts, and of each text. */
interface Lengths {
  readonly batch: number;
  readonly branches: number;
  readonly before: number;
  readonly each: number;
}

/** As `fixedLayers`: embeddings [batch, tokens, hidden] → [batch · kept, hidden]. */
export function branchedLayers(
  whole: Omit<Builder, 'columns'>,
  text: QwenTextConfig,
  { batch, tokens, kept, branches }: BranchedSizes,
  embeds: Value,
  angles: Angles,
  padding: Value,
): Value {
  const { graph } = whole;
  const before = tokens - kept;
  const lengths = { batch, branches, before, each: kept / branches };
  const streamOf = (length: number) => ({ ...whole, columns: { tokens: batch * length, mask } });
  const [prompts, texts] = [streamOf(before), streamOf(kept)];
  const first = (x: Value) => firstTokens(graph, x, before);
  const last = (x: Value) => lastTokens(graph, x, tokens, kept);
  const column = (x: Value, length: number) =>
    graph.op('Reshape', [x, graph.ints([batch * length, text.hiddenSize, 1])]);
  const alone = { batch, tokens: before, kept: before };
  const around = fixedContext(
    graph,
    text,
    alone,
    before,
    { cos: first(angles.cos), sin: first(angles.sin) },
    first(padding),
  );
  const ofTexts = { batch, tokens: kept };
  const turns = turnsOf(graph, text, ofTexts, { cos: last(angles.cos), sin: last(angles.sin) });
  const masks = masksOf(graph, text, lengths, { prompts: first(padding), texts: last(padding) });
  let promptRows = column(first(embeds), before);
  let rows = column(last(embeds), kept);
  for (let layer = 0; layer < text.layers; layer++) {
    const normedPrompts = textNorm(prompts, text, promptRows, layer, 'input_layernorm');
    const normed = textNorm(texts, text, rows, layer, 'input_layernorm');
    const prompt = seenOf(prompts, text, alone, normedPrompts, layer, around.keys);
    const ask = { turn: turns.queries, masks };
    const own = ownSeen(texts, text, lengths, normed, layer, turns.keys);
    rows = graph.op('Add', [
      rows,
      branchedAttention(texts, text, lengths, normed, { prompt, own }, layer, ask),
    ]);
    rows = feedForward(texts, text, rows, layer);
    // Of the last layer prompts are keys and values alone.
    if (layer === text.layers - 1) break;
    const added = fixedAttention(prompts, text, alone, normedPrompts, prompt, layer, around);
    promptRows = feedForward(prompts, text, graph.op('Add', [promptRows, added]), layer);
  }
  const final = finalNorm(texts, text, rows);
  return graph.op('Reshape', [final, graph.ints([batch * kept, text.hiddenSize])]);
}

function mask(): Value {
  throw new Error('texts that share a prompt have no dropout, which differs between them');
}

/** Additive: of prompts [batch · kvHeads, 1, before], of texts [batch · kvHeads · branches, heads of one key head · each, each]. */
interface Masks {
  readonly prompts: Value;
  readonly texts: Value;
}

/** From padding as additive masks, [batch, before] and [batch, branches · each]. */
function masksOf(
  graph: OnnxGraph,
  { heads, kvHeads }: QwenTextConfig,
  { batch, branches, before, each }: Lengths,
  padding: Masks,
): Masks {
  const group = heads / kvHeads;
  const spread = (x: Value, over: readonly number[], to: readonly number[]) =>
    graph.op('Reshape', [graph.op('Expand', [x, graph.ints(over)]), graph.ints(to)]);
  const ofPrompts = graph.op('Reshape', [padding.prompts, graph.ints([batch, 1, 1, before])]);
  const perText = graph.op('Reshape', [padding.texts, graph.ints([batch, branches, 1, each])]);
  const ahead = graph.op('Reshape', [
    causalMask(graph, 0, each, group),
    graph.ints([1, 1, group * each, each]),
  ]);
  const additive = graph.op('Reshape', [
    graph.op('Add', [perText, ahead]),
    graph.ints([batch, 1, branches * group * each, each]),
  ]);
  return {
    prompts: spread(ofPrompts, [batch, kvHeads, 1, before], [batch * kvHeads, 1, before]),
    texts: spread(
      additive,
      [batch, kvHeads, branches * group * each, each],
      [batch * kvHeads * branches, group * each, each],
    ),
  };
}

/** Keys and values that texts are for themselves, as {@link Seen} with batch · kvHeads · branches in place of batch · kvHeads. */
function ownSeen(
  b: Builder,
  text: QwenTextConfig,
  { batch, branches, each }: Lengths,
  x: Value,
  layer: number,
  turn: Turn,
): Seen {
  const { graph } = b;
  const { kvHeads, headDim } = text;
  const k = turned(
    graph,
    projection(b, text, x, layer, 'k'),
    [batch, branches * each, kvHeads],
    turn,
  );
  const apart = graph.ints([batch, branches, each, kvHeads, headDim]);
  const joined = graph.ints([batch * kvHeads * branches, each, headDim]);
  const perText = (rows: Value) => {
    const first = graph.op('Transpose', [graph.op('Reshape', [rows, apart])], {
      perm: [0, 3, 1, 2, 4],
    });
    return graph.op('Reshape', [first, joined]);
  };
  return {
    keys: graph.op('Transpose', [perText(k)], { perm: [0, 2, 1] }),
    values: perText(projection(b, text, x, layer, 'v')),
  };
}

/**
 * One layer's attention of the texts x [batch · branches · each, hidden, 1]: one softmax over the prompt's keys and the
 * text's own, whose two parts are never joined.
 */
function branchedAttention(
  b: Builder,
  text: QwenTextConfig,
  { batch, branches, each }: Lengths,
  x: Value,
  seen: { readonly prompt: Seen; readonly own: Seen },
  layer: number,
  { turn, masks }: { readonly turn: Turn; readonly masks: Masks },
): Value {
  const { graph } = b;
  const { heads, kvHeads, headDim } = text;
  const group = heads / kvHeads;
  const length = branches * each;
  const q = turned(graph, projection(b, text, x, layer, 'q'), [batch, length, heads], turn);
  // In this order the queries of a row follow each other, and those of each of its texts do.
  const apart = graph.ints([batch, branches, each, kvHeads, group, headDim]);
  const headsFirst = graph.op('Transpose', [graph.op('Reshape', [q, apart])], {
    perm: [0, 3, 1, 4, 2, 5],
  });
  const ofRow = (width: number) => graph.ints([batch * kvHeads, length * group, width]);
  const ofText = (width: number) => graph.ints([batch * kvHeads * branches, group * each, width]);
  const asRow = (values: Value, width: number) => graph.op('Reshape', [values, ofRow(width)]);
  const asText = (values: Value, width: number) => graph.op('Reshape', [values, ofText(width)]);
  const scores = (queries: Value, { keys }: Seen, additive: Value) =>
    graph.op('Add', [graph.op('MatMul', [queries, keys]), additive]);
  const toPrompt = scores(asRow(headsFirst, headDim), seen.prompt, masks.prompts);
  const toOwn = scores(asText(headsFirst, headDim), seen.own, masks.texts);
  const top = (of: Value) => graph.op('ReduceMax', [of], { axes: [-1], keepdims: 1 });
  // What is taken off both sides changes nothing, and a whole number has no gradient that would say so.
  const most = graph.op('Floor', [graph.op('Max', [top(toPrompt), asRow(top(toOwn), 1)])]);
  const raised = (of: Value, less: Value) => graph.op('Exp', [graph.op('Sub', [of, less])]);
  const ofPrompt = raised(toPrompt, most);
  const ofOwn = raised(toOwn, asText(most, 1));
  const sum = (of: Value) => graph.op('ReduceSum', [of, graph.ints([-1])], { keepdims: 1 });
  const both = (prompt: Value, own: Value, width: number) =>
    graph.op('Add', [prompt, asRow(own, width)]);
  const mixed = graph.op('Div', [
    both(
      graph.op('MatMul', [ofPrompt, seen.prompt.values]),
      graph.op('MatMul', [ofOwn, seen.own.values]),
      headDim,
    ),
    both(sum(ofPrompt), sum(ofOwn), 1),
  ]);
  const perHead = graph.ints([batch, kvHeads, branches, group, each, headDim]);
  const tokensFirst = graph.op('Transpose', [graph.op('Reshape', [mixed, perHead])], {
    perm: [0, 2, 4, 1, 3, 5],
  });
  const flat = graph.ints([batch * length, heads * headDim, 1]);
  return attended(b, text, graph.op('Reshape', [tokensFirst, flat]), layer);
}

/** The first `before` of the tokens on axis 1. */
function firstTokens(graph: OnnxGraph, x: Value, before: number): Value {
  const ends = [[0], [before], [1]].map((values) => graph.ints(values));
  return graph.op('Slice', [x, ...ends]);
}

/** The graph `embed_tokens`: input_ids int64 [batch, tokens] → inputs_embeds [batch, tokens, hidden]. */

import { OnnxGraph } from '../../onnx/graph.ts';
import { type BuiltGraph, type EmbedTokensOptions, finish } from '../../onnx/options.ts';
import { GraphWeights, type StateDict } from '../../onnx/weights.ts';
import type { QwenVLConfig } from './config.ts';

/** Builds the token embedding. Throws `model.weight-missing` and `model.weight-shape`. */
export function buildEmbedTokens(
  config: QwenVLConfig,
  stateDict: StateDict | null,
  options: EmbedTokensOptions,
): BuiltGraph {
  const { vocabSize, hiddenSize } = config.text;
  const graph = new OnnxGraph('embed_tokens');
  const weights = new GraphWeights(graph, options, stateDict);
  const batch = options.shapes?.batch ?? 'batch_size';
  const tokens = options.shapes?.tokens ?? 'sequence_length';
  const ids = graph.input('input_ids', options.integers ?? 'int64', [batch, tokens]);
  const name = 'model.embed_tokens.weight';
  weights.rows(name, [vocabSize, hiddenSize], ids, 'inputs_embeds');
  graph.output('inputs_embeds', 'float32', [batch, tokens, hiddenSize]);
  return finish(graph, weights, options);
}

/** How many weights a Qwen2.5-VL has, from its configuration. */

import type { QwenTextConfig, QwenVisionConfig, QwenVLConfig } from './config.ts';

/** Weights of all tensors that a configuration asks for together. */
export function countWeights({ text, vision, tieWordEmbeddings }: QwenVLConfig): number {
  const embedding = text.vocabSize * text.hiddenSize;
  const head = tieWordEmbeddings ? 0 : embedding;
  const layers = text.layers * textLayer(text) + text.hiddenSize;
  return embedding + head + layers + visionWeights(vision);
}

function textLayer({ hiddenSize, headDim, kvHeads, intermediateSize }: QwenTextConfig): number {
  const shared = kvHeads * headDim;
  const queries = hiddenSize * hiddenSize + hiddenSize;
  const keysAndValues = 2 * (hiddenSize * shared + shared);
  const output = hiddenSize * hiddenSize;
  return queries + keysAndValues + output + 3 * hiddenSize * intermediateSize + 2 * hiddenSize;
}

function visionWeights(vision: QwenVisionConfig): number {
  const { hiddenSize, intermediateSize, outHiddenSize, mergeSize } = vision;
  const patch = vision.inChannels * vision.temporalPatchSize * vision.patchSize ** 2;
  const attention = 4 * hiddenSize * hiddenSize + 4 * hiddenSize;
  const mlp = 3 * hiddenSize * intermediateSize + 2 * intermediateSize + hiddenSize;
  const merged = hiddenSize * mergeSize ** 2;
  const merger = hiddenSize + merged * merged + merged + outHiddenSize * merged + outHiddenSize;
  return patch * hiddenSize + vision.depth * (attention + mlp + 2 * hiddenSize) + merger;
}

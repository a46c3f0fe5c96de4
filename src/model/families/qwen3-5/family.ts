/** The row of Qwen3.5 in the table of families: it opens as the ONNX graphs that others made, and nothing is built from its weights. */

import { QWEN_VL_PROCESSOR } from '../../processor/qwen-vl.ts';
import { abilitiesOf, graphsAlone } from '../abilities.ts';
import type { Architecture, ModelFamily } from '../family.ts';
import { dialectOf } from '../qwen-vl/architecture.ts';
import { canonicalName } from '../qwen-vl/names.ts';
import { parseModelConfig, type Qwen35Config } from './config.ts';

const GRAPHS_ONLY =
  'This is a Qwen3.5, whose recurrent layers are not built here from its weights; it opens as the ONNX graphs that somebody exported.';

/** The row of the table. */
export const QWEN3_5: ModelFamily = {
  label: 'Qwen3.5',
  modelTypes: ['qwen3_5'],
  processor: QWEN_VL_PROCESSOR,
  loraTargets: [],
  canonicalName,
  open: (config) => model(parseModelConfig(config)),
};

function model(config: Qwen35Config): Architecture {
  const unbuilt = (): never => {
    throw graphsAlone(GRAPHS_ONLY);
  };
  const weights = countWeights(config);
  return {
    family: QWEN3_5,
    config,
    weights,
    abilities: abilitiesOf({ config, weights, differentiable: null }),
    embedTokens: unbuilt,
    visionEncoder: unbuilt,
    decoder: unbuilt,
    dialect: dialectOf(config),
    differentiable: null,
    graphsOnly: GRAPHS_ONLY,
    withTiedHead: (tieWordEmbeddings) => model({ ...config, tieWordEmbeddings }),
  };
}

/** The parameters of transformers' class, of which no graph here could tell. */
function countWeights({ text, vision, tieWordEmbeddings }: Qwen35Config): number {
  const { hiddenSize: hidden, headDim, valueHeads } = text;
  const keys = text.keyHeads * text.keyHeadDim;
  const values = valueHeads * text.valueHeadDim;
  // Queries come with a gate of their size.
  const full = hidden * headDim * (3 * text.heads + 2 * text.kvHeads) + 2 * headDim;
  const linear =
    hidden * (2 * keys + 3 * values + 2 * valueHeads) +
    (2 * keys + values) * text.kernel +
    2 * valueHeads +
    text.valueHeadDim;
  const every = hidden * (3 * text.intermediateSize + 2);
  const layers = text.kinds.map((kind) => every + (kind === 'full_attention' ? full : linear));
  const embeddings = text.vocabSize * hidden * (tieWordEmbeddings ? 1 : 2);
  return layers.reduce((sum, size) => sum + size, embeddings + hidden) + countVision(vision);
}

function countVision(vision: Qwen35Config['vision']): number {
  const { hiddenSize: size, intermediateSize, mergeSize } = vision;
  const patch = vision.inChannels * vision.temporalPatchSize * vision.patchSize ** 2;
  const linear = (inputs: number, outputs: number) => inputs * outputs + outputs;
  const block =
    4 * size +
    linear(size, 3 * size) +
    linear(size, size) +
    linear(size, intermediateSize) +
    linear(intermediateSize, size);
  const merged = size * mergeSize ** 2;
  const merger = 2 * size + linear(merged, merged) + linear(merged, vision.outHiddenSize);
  return linear(patch, size) + vision.positions * size + vision.depth * block + merger;
}

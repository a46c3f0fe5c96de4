/** A model of any Qwen-VL family: the text's graphs are one builder, the vision encoder is the family's own. */

import type { BuiltGraph, VisionOptions } from '../../onnx/options.ts';
import type { StateDict } from '../../onnx/weights.ts';
import { QWEN_VL_PROCESSOR } from '../../processor/qwen-vl.ts';
import type { JsonObject } from '../../sources/json-source.ts';
import { abilitiesOf } from '../abilities.ts';
import type { Architecture, ModelConfig, ModelFamily } from '../family.ts';
import type { QwenVisionConfig, QwenVLConfig } from './config.ts';
import { buildDecoder } from './decoder.ts';
import { buildEmbedTokens } from './embed-tokens.ts';
import { LORA_TARGETS } from './layers.ts';
import { canonicalName } from './names.ts';
import { countWeights } from './size.ts';

/** What tells one Qwen-VL family from another. */
export interface QwenVLFamily<V extends QwenVisionConfig> {
  readonly label: string;
  readonly modelType: string;
  /** Throws `model.config-invalid`. */
  parse(config: JsonObject): QwenVLConfig<V>;
  buildVisionEncoder(
    config: QwenVLConfig<V>,
    stateDict: StateDict | null,
    options: VisionOptions,
  ): BuiltGraph;
  /** Whether its graphs have the fixed form that jax-js differentiates. */
  readonly differentiable: boolean;
}

/** The row of a family, and how a model of it is made from a configuration. */
export interface QwenVLRow<V extends QwenVisionConfig> {
  readonly row: ModelFamily;
  readonly model: (config: QwenVLConfig<V>) => Architecture;
}

export function qwenVLFamily<V extends QwenVisionConfig>(family: QwenVLFamily<V>): QwenVLRow<V> {
  const row: ModelFamily = {
    label: family.label,
    modelTypes: [family.modelType],
    processor: QWEN_VL_PROCESSOR,
    loraTargets: LORA_TARGETS,
    canonicalName,
    open: (config) => model(family.parse(config)),
  };
  const model = (config: QwenVLConfig<V>): Architecture => qwenVL(row, family, config);
  return { row, model };
}

/** Vocabularies of the released models have at least as many entries; small ones are taught by this project. */
const RELEASED_VOCABULARY = 100_000;

/** The prompts that a model of this vocabulary is asked with. */
export const dialectOf = ({ text: { vocabSize } }: ModelConfig): Architecture['dialect'] =>
  vocabSize < RELEASED_VOCABULARY ? 'short' : 'full';

function qwenVL<V extends QwenVisionConfig>(
  row: ModelFamily,
  family: QwenVLFamily<V>,
  config: QwenVLConfig<V>,
): Architecture {
  const graphs: Pick<Architecture, 'embedTokens' | 'decoder' | 'visionEncoder'> = {
    embedTokens: (stateDict, options) => buildEmbedTokens(config, stateDict, options),
    visionEncoder: (stateDict, options) => family.buildVisionEncoder(config, stateDict, options),
    decoder: (stateDict, options) => buildDecoder(config, stateDict, options),
  };
  const weights = countWeights(graphs, config.vision.mergeSize);
  const differentiable = family.differentiable ? differentiableForm(graphs) : null;
  return {
    family: row,
    config,
    weights,
    abilities: abilitiesOf({ config, weights, differentiable }),
    ...graphs,
    dialect: dialectOf(config),
    differentiable,
    graphsOnly: null,
    withTiedHead: (tieWordEmbeddings) => qwenVL(row, family, { ...config, tieWordEmbeddings }),
  };
}

function differentiableForm({
  decoder,
  visionEncoder,
}: Pick<Architecture, 'decoder' | 'visionEncoder'>): Architecture['differentiable'] {
  const asInputs = { weights: 'inputs', integers: 'int32' } as const;
  return {
    decoder: (shapes, lora) =>
      decoder(null, { ...asInputs, cache: false, shapes, ...(lora ? { lora } : {}) }),
    visionEncoder: (grids, lora) =>
      visionEncoder(null, { ...asInputs, shapes: { grids }, ...(lora ? { lora } : {}) }),
  };
}

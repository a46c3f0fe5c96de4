/** The row of Qwen2.5-VL in the table of families. */

import { QWEN_VL_PROCESSOR } from '../../processor/qwen-vl.ts';
import type { JsonObject } from '../../sources/json-source.ts';
import { abilitiesOf } from '../abilities.ts';
import type { Architecture, ModelFamily } from '../family.ts';
import { parseModelConfig, type QwenVLConfig } from './config.ts';
import { buildDecoder } from './decoder.ts';
import { buildEmbedTokens } from './embed-tokens.ts';
import { LORA_TARGETS } from './layers.ts';
import { canonicalName } from './names.ts';
import { countWeights } from './size.ts';
import { buildVisionEncoder } from './vision.ts';

export const QWEN2_5_VL: ModelFamily = {
  label: 'Qwen2.5-VL',
  modelTypes: ['qwen2_5_vl'],
  processor: QWEN_VL_PROCESSOR,
  loraTargets: LORA_TARGETS,
  canonicalName,
  open: (config: JsonObject) => qwen25VL(parseModelConfig(config)),
};

/** Vocabularies of the released models have at least as many entries; small ones are taught by this project. */
const RELEASED_VOCABULARY = 100_000;

/** A Qwen2.5-VL of the given sizes. */
export function qwen25VL(config: QwenVLConfig): Architecture {
  const asInputs = { weights: 'inputs', integers: 'int32' } as const;
  const weights = countWeights(config);
  const differentiable: Architecture['differentiable'] = {
    decoder: (shapes, lora) =>
      buildDecoder(config, null, { ...asInputs, cache: false, shapes, ...(lora ? { lora } : {}) }),
    visionEncoder: (grids) => buildVisionEncoder(config, null, { ...asInputs, shapes: { grids } }),
  };
  return {
    family: QWEN2_5_VL,
    config,
    weights,
    abilities: abilitiesOf({ config, weights, differentiable }),
    embedTokens: (checkpoint, options) => buildEmbedTokens(config, checkpoint, options),
    visionEncoder: (checkpoint, options) => buildVisionEncoder(config, checkpoint, options),
    decoder: (checkpoint, options) => buildDecoder(config, checkpoint, options),
    dialect: config.text.vocabSize < RELEASED_VOCABULARY ? 'short' : 'full',
    differentiable,
    withTiedHead: (tieWordEmbeddings) => qwen25VL({ ...config, tieWordEmbeddings }),
  };
}

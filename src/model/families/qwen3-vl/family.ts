/** The row of Qwen3-VL in the table of families. */

import { qwenVLFamily } from '../qwen-vl/architecture.ts';
import { parseModelConfig } from './config.ts';
import { buildVisionEncoder } from './vision.ts';

/** The row of the table. */
export const { row: QWEN3_VL } = qwenVLFamily({
  label: 'Qwen3-VL',
  modelType: 'qwen3_vl',
  parse: parseModelConfig,
  buildVisionEncoder,
  differentiable: false,
});

/** The row of Qwen2-VL in the table of families. */

import { qwenVLFamily } from '../qwen-vl/architecture.ts';
import { parseModelConfig } from './config.ts';
import { buildVisionEncoder } from './vision.ts';

/** The row of the table. */
export const { row: QWEN2_VL } = qwenVLFamily({
  label: 'Qwen2-VL',
  modelType: 'qwen2_vl',
  parse: parseModelConfig,
  buildVisionEncoder,
  differentiable: true,
});

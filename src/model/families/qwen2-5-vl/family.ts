/** The row of Qwen2.5-VL in the table of families. */

import { qwenVLFamily } from '../qwen-vl/architecture.ts';
import { parseModelConfig } from './config.ts';
import { buildVisionEncoder } from './vision.ts';

/** The row, and a Qwen2.5-VL of the given sizes. */
export const { row: QWEN2_5_VL, model: qwen25VL } = qwenVLFamily({
  label: 'Qwen2.5-VL',
  modelType: 'qwen2_5_vl',
  parse: parseModelConfig,
  buildVisionEncoder,
  differentiable: true,
});

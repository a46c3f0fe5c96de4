/** How large a picture a model is shown here, whatever its processor would take. */

import type { ProcessorConfig } from './processor.ts';

/**
 * Most bytes of the attention scores of one layer of the vision encoder, [heads, patches, patches] of float32: they and
 * their softmax have to fit beside the weights into the 4 GiB of WebAssembly.
 */
const SCORE_BYTES = 2 ** 30;

/** Visual tokens that a picture takes at most: 1,024 with the 16 heads of the released Qwen-VL. */
export function mostVisualTokens({ vision }: Pick<ProcessorConfig, 'vision'>): number {
  const patches = Math.floor(Math.sqrt(SCORE_BYTES / (4 * vision.heads)));
  return Math.max(1, Math.floor(patches / vision.mergeSize ** 2));
}

/** The same as pixels of the resized picture. */
export function mostPixels(config: Pick<ProcessorConfig, 'vision'>): number {
  const { patchSize, mergeSize } = config.vision;
  return mostVisualTokens(config) * (patchSize * mergeSize) ** 2;
}

/** The processor of the Qwen-VL families: patches in merged blocks, and positions over time, height and width. */

import { preprocessImage } from './image.ts';
import { imageSettings, parsePreprocessorConfig } from './image-size.ts';
import { ropePositionIds } from './positions.ts';
import type { PromptProcessor } from './processor.ts';

export const QWEN_VL_PROCESSOR: PromptProcessor = {
  imageSettings: (processor, preprocessor) =>
    parsePreprocessorConfig(imageSettings(processor, preprocessor)),
  preprocess: preprocessImage,
  positions: ropePositionIds,
};

/** The sources of examples. */

import type { TrainSettings } from '../../contract/train-settings.ts';
import type { ExampleSource } from './example-source.ts';
import { tinyWorld } from './tiny-world.ts';

/** The source that these settings draw from. */
export function sourceOf(settings: TrainSettings): ExampleSource {
  return tinyWorld(settings);
}

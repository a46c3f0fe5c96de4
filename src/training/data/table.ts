/** The sources of examples. */

import type { TrainSettings } from '../../contract/train/train-settings.ts';
import type { ExampleSource } from './example-source.ts';
import { type GivenData, NO_DATA, ownQuestions } from './own-questions.ts';
import { tinyWorld } from './tiny-world.ts';

/** The source that these settings draw from. Throws {@link PlaygroundError} `data.missing` and `data.not-trainable`. */
export function sourceOf(settings: TrainSettings, given: GivenData = NO_DATA): ExampleSource {
  const world = tinyWorld(settings);
  const { questions } = settings;
  if (questions === undefined) return world;
  return ownQuestions({ ...settings, questions }, given.of(questions), world);
}

/** The source of what is held out, which is there whatever set is trained on. */
export const worldOf = (settings: TrainSettings): ExampleSource => tinyWorld(settings);

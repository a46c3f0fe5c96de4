/** What the work of a job is done with: a loaded model on its backend, and the student that stands in for it. */

import type { ModelAssets } from '../model/assets.ts';
import type { ImageFeatures } from '../model/runtime/decode-step.ts';
import type { ModelNetwork } from '../model/runtime/network.ts';
import type { Context, ContextMaker } from './contexts.ts';
import type { LogitsStore } from './logits-store.ts';

/** A loaded model on one backend, with what earlier jobs left behind. */
export interface ModelInUse {
  readonly assets: ModelAssets;
  readonly network: ModelNetwork;
  readonly contexts: ContextMaker;
  readonly store: LogitsStore;
  /** Rolls out and is scored in the base's place; teachers stay the base. */
  readonly student?: StudentInUse;
}

/** A trained student on the model's backend. */
export interface StudentInUse {
  readonly network: ModelNetwork;
  /** Equal students have equal keys. */
  readonly key: string;
  /** Whether it sees pictures with a tower of its own. */
  readonly vision: boolean;
}

/** Visual tokens as this context's reader sees them; a tower of the student's own encodes them each time. */
export async function featuresOf(
  { contexts, network, student }: ModelInUse,
  context: Context,
): Promise<ImageFeatures | null> {
  const { pixelValues, imageGrids } = context.prompt;
  if (
    context.name !== 'student' ||
    student === undefined ||
    !student.vision ||
    pixelValues === null
  )
    return contexts.features(network, context);
  return student.network.encodeImages(pixelValues, imageGrids);
}

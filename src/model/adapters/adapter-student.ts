/** An adapter as a student beside the model that it was trained on. */

import { PlaygroundError } from '../../base/errors.ts';
import type { FloatTensor } from '../../contract/train/train-records.ts';
import { isSmall } from '../families/estimate.ts';
import { type Architecture, isVisionWeight } from '../families/family.ts';
import { weightsOf } from '../families/settle.ts';
import { toFloat32 } from '../formats/safetensors.ts';
import type { StateDict } from '../onnx/weights.ts';
import { mergeAdapter } from './merge-adapter.ts';
import { readAdapter } from './peft.ts';
import type { AdapterFiles } from './peft-parts.ts';
import type { TrainedTensors } from './trained-tensors.ts';

/**
 * Branches beside the shared weights where these say all of it; for what only changed weights can hold, and where the model is
 * small enough for a second copy, all weights of the parts that it changes, with the adapter merged into them.
 * Throws what `readAdapter` and `mergeAdapter` throw; `adapter.not-branches` where there is no second copy.
 */
export function adapterStudent(
  files: AdapterFiles,
  base: { readonly architecture: Architecture; readonly stateDict: StateDict | null },
): TrainedTensors {
  const { architecture, stateDict } = base;
  try {
    const { trainable, tensors } = readAdapter(files, architecture);
    return { trainable, tensors };
  } catch (error) {
    const isWhole =
      error instanceof PlaygroundError && error.record.code === 'adapter.not-branches';
    if (!isWhole || stateDict === null || !isSmall(architecture)) throw error;
    const merged = mergeAdapter(files, { architecture, stateDict });
    // The student's graphs are those of the base.
    const { tieWordEmbeddings } = merged.architecture.config;
    if (tieWordEmbeddings !== architecture.config.tieWordEmbeddings) throw error;
    const vision = merged.changed.some(isVisionWeight);
    const wanted = weightsOf(architecture).filter(({ name }) => vision || !isVisionWeight(name));
    const tensors = wanted.flatMap(({ name, shape }): [string, FloatTensor][] => {
      const tensor = merged.stateDict.get(name);
      return tensor === undefined ? [] : [[name, { shape, data: toFloat32(tensor, name) }]];
    });
    return { trainable: { kind: 'full', vision }, tensors: new Map(tensors) };
  }
}

/** A state dict under the one spelling of its names. */

import { PlaygroundError } from '../../base/errors.ts';
import { sameTensor, type TensorData } from '../formats/safetensors.ts';
import type { StateDict } from '../onnx/weights.ts';
import type { ModelFamily } from './family.ts';

/**
 * A state dict with one spelling of every name: `model.layers.0.…`, `visual.blocks.0.…`, `lm_head.weight`.
 * Throws {@link PlaygroundError} `model.weight-twice` where two spellings name one weight with different values.
 */
export function canonicalStateDict(
  tensors: ReadonlyMap<string, TensorData>,
  { canonicalName }: Pick<ModelFamily, 'canonicalName'>,
): StateDict {
  const found = new Map<string, TensorData>();
  const spelled = new Map<string, string>();
  for (const [name, tensor] of tensors) {
    const canonical = canonicalName(name);
    const known = found.get(canonical);
    if (known !== undefined && !sameTensor(known, tensor))
      throw twice(spelled.get(canonical) ?? canonical, name);
    found.set(canonical, tensor);
    spelled.set(canonical, name);
  }
  return found;
}

function twice(first: string, second: string): PlaygroundError {
  return new PlaygroundError({
    code: 'model.weight-twice',
    message: `The weights hold "${first}" and "${second}", which are the same weight with different values.`,
    fix: 'Save the model again, so that each weight is there once.',
    where: second,
  });
}

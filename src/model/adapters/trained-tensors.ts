/** A student apart from the run that made it: what was trained, and its tensors. */

import { PlaygroundError } from '../../base/errors.ts';
import type { TensorMap } from '../../contract/train/train-records.ts';
import type { LoraTrainable, Trainable } from '../../contract/train/train-settings.ts';
import type { Architecture } from '../families/family.ts';
import type { LoraOptions } from '../onnx/options.ts';
import type { WeightInput } from '../onnx/weights.ts';

/** What lies on a frozen base: LoRA matrices, trained weights under the model's names, or both. */
export interface TrainedTensors {
  readonly trainable: Trainable;
  readonly tensors: TensorMap;
}

/** LoRA and nothing else: what an adapter file can hold. */
export interface LoraAdapter extends TrainedTensors {
  readonly trainable: LoraTrainable;
}

/** The end of a LoRA matrix's name after the path of its layer. */
export const LORA_NAME = /\.lora_([AB])\.weight$/;

/** The matrices that a model of this size takes for an adapter, as its graphs declare them. */
export function loraInputs(
  architecture: Pick<Architecture, 'decoder' | 'visionEncoder'>,
  lora: LoraOptions,
): readonly WeightInput[] {
  const options = { weights: 'inputs', lora } as const;
  const graphs = [architecture.decoder(null, options), architecture.visionEncoder(null, options)];
  return graphs
    .flatMap(({ weightInputs }) => weightInputs)
    .filter(({ name }) => LORA_NAME.test(name));
}

/** The student as an adapter. Throws {@link PlaygroundError} `adapter.not-lora` where weights themselves were trained. */
export function adapterOf({ trainable, tensors }: TrainedTensors): LoraAdapter {
  const other = [...tensors.keys()].find((name) => !LORA_NAME.test(name));
  if (trainable.kind === 'lora' && other === undefined) return { trainable, tensors };
  throw new PlaygroundError({
    code: 'adapter.not-lora',
    message: `This run trained whole weights${other === undefined ? '' : ` such as "${other}"`}, which an adapter cannot hold.`,
    fix: 'Export the merged model instead.',
    where: other ?? 'trainable',
  });
}

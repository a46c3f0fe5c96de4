/** What a model can do here and what it needs, known from its configuration alone, and the refusals that follow. */

import { PlaygroundError } from '../../base/errors.ts';
import type { ModelAbilities, ModelNeeds } from '../../contract/models/model.ts';
import { inBillions, TAB_BYTES, tooLarge, WASM_BYTES } from '../sources/limits.ts';
import type { Architecture, DifferentiableForm } from './family.ts';

/** Bytes of a weight in 4 bits, with its share of a scale for each 32 of them. */
const LEAST_BYTES = 0.625;
/** Bytes of a weight as it is computed with. */
const FLOAT_BYTES = 4;

const NO_FORM =
  'This kind of model runs here, but no form of it that can be differentiated is written yet, so it cannot be trained.';

/** The abilities of a model, from what its family has. */
export function abilitiesOf({
  config,
  weights,
  differentiable,
}: Pick<Architecture, 'config' | 'weights' | 'differentiable'>): ModelAbilities {
  const { vocabSize, hiddenSize } = config.text;
  return {
    canTrain: differentiable === null ? { can: false, reason: NO_FORM } : { can: true },
    canScore: { can: true },
    precision: 'float32',
    needs: {
      weightBytes: weights * FLOAT_BYTES,
      largestTensorBytes: vocabSize * hiddenSize * FLOAT_BYTES,
    },
  };
}

/** Throws {@link PlaygroundError} `model.graphs-only` for a model of whose weights no graphs are built here. */
export function requireOwnGraphs({ graphsOnly }: Pick<Architecture, 'graphsOnly'>): void {
  if (graphsOnly !== null) throw graphsAlone(graphsOnly);
}

export function graphsAlone(reason: string): PlaygroundError {
  return new PlaygroundError({
    code: 'model.graphs-only',
    message: reason,
    fix: 'Open the ONNX export of the same model (onnx-community has them), which brings its own graphs.',
    where: 'config.json',
  });
}

/** Throws {@link PlaygroundError} `model.too-large` for a model whose weights no tab could hold together. */
export function checkModelSize({ weights }: Pick<Architecture, 'weights'>): void {
  const bytes = LEAST_BYTES * weights;
  if (bytes <= TAB_BYTES) return;
  throw tooLarge(
    `config.json asks for ${inBillions(weights)} billion weights, ${inBillions(bytes)} GB even in 4 bits`,
    'config.json',
    { weights, bytes, limit: TAB_BYTES },
  );
}

/** Throws {@link PlaygroundError} `model.too-large-for-wasm` before a session is tried that would end in the middle. */
export function checkWasm({ weightBytes }: ModelNeeds): void {
  if (weightBytes <= WASM_BYTES) return;
  throw new PlaygroundError({
    code: 'model.too-large-for-wasm',
    message: `The weights take ${inBillions(weightBytes)} GB, and WebAssembly, which ends at 4.3 GB with all its work, has room for ${inBillions(WASM_BYTES)} GB of them.`,
    fix: 'Open the model in precision q4, which weights are brought to while they are read, or use a GPU.',
    where: 'WebAssembly',
    detail: { bytes: weightBytes, limit: WASM_BYTES },
  });
}

/**
 * Throws {@link PlaygroundError} `model.too-large-for-gpu` where one buffer of the device cannot hold the largest
 * tensor, before a session is tried.
 */
export function checkDevice(
  { largestTensorBytes }: ModelNeeds,
  limits: Pick<GPUSupportedLimits, 'maxBufferSize' | 'maxStorageBufferBindingSize'>,
): void {
  const most = Math.min(limits.maxBufferSize, limits.maxStorageBufferBindingSize);
  if (largestTensorBytes <= most) return;
  throw new PlaygroundError({
    code: 'model.too-large-for-gpu',
    message: `The model's largest tensor takes ${inBillions(largestTensorBytes)} GB, and this GPU binds ${inBillions(most)} GB at once.`,
    fix: 'Use the WebAssembly backend, or precision q4, or a smaller model.',
    where: 'WebGPU',
    detail: { bytes: largestTensorBytes, limit: most },
  });
}

/** The differentiable form. Throws {@link PlaygroundError} `model.cannot-train` with the reason where there is none. */
export function requireDifferentiable({
  differentiable,
  abilities: { canTrain },
}: Pick<Architecture, 'differentiable' | 'abilities'>): DifferentiableForm {
  if (canTrain.can && differentiable !== null) return differentiable;
  throw new PlaygroundError({
    code: 'model.cannot-train',
    message: canTrain.can ? NO_FORM : canTrain.reason,
    fix: 'Train a model that can be trained here, such as the built-in one; the Lab works with this one all the same.',
    where: 'model',
  });
}

/** Which tensors a run trains, their shapes and first values. */

import { hashText, Random } from '../base/random.ts';
import type { FloatTensor, TensorMap } from '../contract/train/train-records.ts';
import { learnsToSee, type Trainable } from '../contract/train/train-settings.ts';
import { type Architecture, isVisionWeight } from '../model/families/family.ts';
import { weightsOf } from '../model/families/settle.ts';
import { OnnxGraph } from '../model/onnx/graph.ts';
import type { LoraOptions } from '../model/onnx/options.ts';
import { GraphWeights, type StateDict } from '../model/onnx/weights.ts';
import type { TrainedParts } from '../model/runtime/network.ts';

/** Names of adapter matrices end so. */
const LORA_A = '.lora_A.weight';
const LORA_B = '.lora_B.weight';

/** The adapter of a run as the graph builder wants it; undefined in full training. */
export function loraOf(trainable: Trainable): LoraOptions | undefined {
  if (trainable.kind === 'full') return undefined;
  const { rank, alpha, targets, sight } = trainable;
  return { rank, alpha, targets, sight };
}

/** Which parts of a network the trained tensors replace. */
export function partsOf(trainable: Trainable): TrainedParts {
  const lora = loraOf(trainable);
  const parts = { text: trainable.kind === 'full', vision: trainable.vision };
  return lora === undefined ? parts : { ...parts, lora };
}

/** Shapes of all weights of the text model and the adapter and, where a run learns to see, of the vision tower, by name. */
export function weightShapes(
  architecture: Architecture,
  trainable: Trainable,
): Map<string, readonly number[]> {
  const all = weightsOf(architecture, loraOf(trainable));
  const sees = learnsToSee(trainable);
  const wanted = all.filter(({ name }) => sees || !isVisionWeight(name));
  return new Map(wanted.map(({ name, shape }) => [name, shape]));
}

/** Whether a tensor of {@link weightShapes} is trained. */
export function isTrained(name: string, trainable: Trainable): boolean {
  if (name.endsWith(LORA_A) || name.endsWith(LORA_B)) return true;
  return isVisionWeight(name) ? trainable.vision : trainable.kind === 'full';
}

/** Shapes of the tensors that a run trains, by name, in the order of the graph. */
export function trainableShapes(
  architecture: Architecture,
  trainable: Trainable,
): Map<string, readonly number[]> {
  const shapes = weightShapes(architecture, trainable);
  return new Map([...shapes].filter(([name]) => isTrained(name, trainable)));
}

/**
 * First values: adapters as PEFT makes them, A uniform within ±1/√in (Kaiming with a = √5) and B zero, so
 * that the student starts as the base; weights as in the base. The same seed gives the same values.
 */
export function initialTensors(
  architecture: Architecture,
  stateDict: StateDict,
  trainable: Trainable,
  seed: number,
): TensorMap {
  const stored = stateValues(stateDict);
  const entries = [...trainableShapes(architecture, trainable)].map(([name, shape]) => {
    const size = shape.reduce((a, b) => a * b, 1);
    if (name.endsWith(LORA_B)) return [name, { shape, data: new Float32Array(size) }] as const;
    if (!name.endsWith(LORA_A))
      return [name, { shape, data: stored(name, shape).slice() }] as const;
    const random = new Random(seed, hashText(name));
    const bound = shape[1] ** -0.5;
    const data = Float32Array.from({ length: size }, () => (2 * random.next() - 1) * bound);
    return [name, { shape, data }] as const;
  });
  return new Map<string, FloatTensor>(entries);
}

/** Reads checked float32 values of a state dict. Throws `model.weight-missing` and `model.weight-shape`. */
export function stateValues(stateDict: StateDict) {
  const weights = new GraphWeights(
    new OnnxGraph('weights'),
    { weights: 'initializers' },
    stateDict,
  );
  return (name: string, shape: readonly number[]) => weights.values(name, shape);
}

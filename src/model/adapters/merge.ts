/** Folds what was trained into the weights of the base. */

import { PlaygroundError } from '../../base/errors.ts';
import type { FloatTensor, TensorMap } from '../../contract/train-records.ts';
import type { LoraTrainable } from '../../contract/train-settings.ts';
import {
  float32Tensor,
  lazyTensor,
  partOf,
  type TensorData,
  toFloat32,
} from '../formats/safetensors.ts';
import type { StateDict } from '../onnx/weights.ts';
import { LORA_NAME, type TrainedTensors } from './trained-tensors.ts';

/**
 * The base with W + (alpha / rank)·B·A for every layer that has an adapter, and trained weights in place of the base's;
 * both in float32. All other tensors are those of the base, not copies. A layer is merged whenever it is read, as far as it is.
 * Throws {@link PlaygroundError} `adapter.other-base` for a tensor that the base does not have, or not of that size.
 */
export function mergeTrained(base: StateDict, { trainable, tensors }: TrainedTensors): StateDict {
  const merged = new Map(base);
  for (const [name, tensor] of tensors) {
    const side = LORA_NAME.exec(name)?.[1];
    if (side === undefined) {
      const own = weightOf(base, name);
      checkShape(name, tensor.shape, own.shape);
      merged.set(name, float32Tensor(tensor.data, tensor.shape));
    } else if (side === 'A' && trainable.kind === 'lora') {
      const path = name.replace(LORA_NAME, '.weight');
      const weight = weightOf(base, path);
      merged.set(path, mergeLayer(path, weight, branchOf(name, weight, tensors, trainable)));
    }
  }
  return merged;
}

/** A low-rank change of a weight [rows, columns]: scale · B·A, and with a magnitude DoRA's scaling of its rows. */
export interface Branch {
  readonly rank: number;
  readonly scale: number;
  /** [rank, columns] */
  readonly a: Float32Array;
  /** [rows, rank] */
  readonly b: Float32Array;
  /** The norm that each row gets (DoRA, arXiv 2402.09353, eq. 5). */
  readonly magnitude?: Float32Array;
}

/** A layer's weight with its branch in it; sums run in double precision and are rounded once. Read row by row, as far as it is. */
export function mergeLayer(path: string, weight: TensorData, branch: Branch): TensorData {
  const { rank, scale, a, b, magnitude } = branch;
  const columns = weight.shape[1];
  const factors = Float64Array.from(b, (value) => scale * value);
  return lazyTensor('F32', weight.shape, (begin, end) => {
    const first = Math.floor(begin / 4 / columns);
    const last = Math.ceil(end / 4 / columns);
    const count = (last - first) * columns;
    const values = toFloat32(partOf(weight, first * columns, count), path).slice();
    const sum = new Float64Array(columns);
    for (let row = first; row < last; row++) {
      sum.fill(0);
      for (let r = 0; r < rank; r++) {
        const factor = factors[row * rank + r];
        if (factor === 0) continue;
        for (let c = 0; c < columns; c++) sum[c] += factor * a[r * columns + c];
      }
      const at = (row - first) * columns;
      for (let c = 0; c < columns; c++) sum[c] += values[at + c];
      const stretch = magnitude === undefined ? 1 : magnitude[row] / norm(sum);
      for (let c = 0; c < columns; c++) values[at + c] = stretch * sum[c];
    }
    const start = first * columns * 4;
    return new Uint8Array(values.buffer, values.byteOffset + begin - start, end - begin);
  });
}

function norm(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value * value;
  return Math.sqrt(sum);
}

function branchOf(
  nameA: string,
  { shape: [rows, columns] }: TensorData,
  tensors: TensorMap,
  { rank, alpha }: LoraTrainable,
): Branch {
  const nameB = nameA.replace(LORA_NAME, '.lora_B.weight');
  const a = matrix(tensors, nameA, [rank, columns]);
  return { rank, scale: alpha / rank, a, b: matrix(tensors, nameB, [rows, rank]) };
}

function matrix(tensors: TensorMap, name: string, shape: readonly number[]): Float32Array {
  const found: FloatTensor | undefined = tensors.get(name);
  if (found === undefined) throw otherBase(name, 'is missing beside its partner');
  checkShape(name, found.shape, shape);
  return found.data;
}

function weightOf(base: StateDict, name: string): TensorData {
  const found = base.get(name);
  if (found === undefined) throw otherBase(name, 'has no counterpart in the base model');
  return found;
}

function checkShape(name: string, found: readonly number[], expected: readonly number[]): void {
  if (found.join() !== expected.join())
    throw otherBase(
      name,
      `is [${found.join(', ')}] where the base model takes [${expected.join(', ')}]`,
    );
}

function otherBase(name: string, what: string): PlaygroundError {
  return new PlaygroundError({
    code: 'adapter.other-base',
    message: `What was trained does not fit the base model: "${name}" ${what}.`,
    fix: 'Load the base model that it was trained on.',
    where: name,
  });
}

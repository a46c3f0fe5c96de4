/** Folds what was trained into the weights of the base. */

import { PlaygroundError } from '../../base/errors.ts';
import type { FloatTensor, TensorMap } from '../../contract/train/train-records.ts';
import type { LoraTrainable } from '../../contract/train/train-settings.ts';
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

/**
 * A low-rank change of a weight [rows, columns]: scale · B·A, and with a magnitude DoRA's scaling of its rows. All axes of a
 * kernel but the first are its columns.
 */
export interface Branch {
  readonly rank: number;
  readonly scale: number;
  /** [rank, columns] */
  readonly a: Float32Array;
  /** [rows, rank] */
  readonly b: Float32Array;
  /** The norm that each row gets (DoRA, arXiv 2402.09353, eq. 5). */
  readonly magnitude?: Float32Array;
  /** The norm that each column gets instead: of an embedding, which stands transposed. */
  readonly columnMagnitude?: Float32Array;
}

/**
 * A layer's weight with its branch in it; sums run in double precision and are rounded once. Read row by row, as far as it is;
 * norms of columns need all rows, once.
 */
export function mergeLayer(path: string, weight: TensorData, branch: Branch): TensorData {
  const { magnitude, columnMagnitude } = branch;
  const columns = columnsOf(weight);
  const add = adder(branch, columns);
  let stretches: Float64Array | null = null;
  const stretched = (norms: Float32Array) => {
    stretches ??= columnNorms(path, weight, add).map((norm, c) => norms[c] / norm);
    return stretches;
  };
  return lazyTensor('F32', weight.shape, (begin, end) => {
    const byColumn = columnMagnitude === undefined ? null : stretched(columnMagnitude);
    return readRows(path, weight, begin, end, (values, first, last) => {
      for (let row = first; row < last; row++) {
        const at = (row - first) * columns;
        const sum = add(row, values, at);
        const stretch = magnitude === undefined ? 1 : magnitude[row] / norm(sum);
        for (let c = 0; c < columns; c++) values[at + c] = (byColumn?.[c] ?? stretch) * sum[c];
      }
    });
  });
}

/** A weight with other rows in some places: `rows` [ids, columns]. */
export function replaceRows(
  path: string,
  weight: TensorData,
  ids: readonly number[],
  rows: Float32Array,
): TensorData {
  const columns = columnsOf(weight);
  return lazyTensor('F32', weight.shape, (begin, end) =>
    readRows(path, weight, begin, end, (values, first, last) => {
      for (const [i, row] of ids.entries())
        if (row >= first && row < last)
          values.set(rows.subarray(i * columns, (i + 1) * columns), (row - first) * columns);
    }),
  );
}

const columnsOf = ({ shape }: TensorData) => shape.slice(1).reduce((a, b) => a * b, 1);

/** The bytes `[begin, end)` of a float32 weight after `change` of the rows that they lie in. */
function readRows(
  path: string,
  weight: TensorData,
  begin: number,
  end: number,
  change: (values: Float32Array, firstRow: number, lastRow: number) => void,
): Uint8Array {
  const columns = columnsOf(weight);
  const first = Math.floor(begin / 4 / columns);
  const last = Math.ceil(end / 4 / columns);
  const values = toFloat32(partOf(weight, first * columns, (last - first) * columns), path).slice();
  change(values, first, last);
  const start = first * columns * 4;
  return new Uint8Array(values.buffer, values.byteOffset + begin - start, end - begin);
}

type AddBranch = (row: number, values: Float32Array, at: number) => Float64Array;

/** Gives a row of the weight, which lies at `at`, with the branch in it; the same memory every time. */
function adder({ rank, scale, a, b }: Branch, columns: number): AddBranch {
  const factors = Float64Array.from(b, (value) => scale * value);
  const sum = new Float64Array(columns);
  return (row, values, at) => {
    sum.fill(0);
    for (let r = 0; r < rank; r++) {
      const factor = factors[row * rank + r];
      if (factor === 0) continue;
      for (let c = 0; c < columns; c++) sum[c] += factor * a[r * columns + c];
    }
    for (let c = 0; c < columns; c++) sum[c] += values[at + c];
    return sum;
  };
}

/** Rows of a weight that are held at a time. */
const ROWS = 1024;

function columnNorms(path: string, weight: TensorData, add: AddBranch): Float64Array {
  const columns = columnsOf(weight);
  const squares = new Float64Array(columns);
  for (let first = 0; first < weight.shape[0]; first += ROWS) {
    const count = Math.min(ROWS, weight.shape[0] - first);
    const values = toFloat32(partOf(weight, first * columns, count * columns), path);
    for (let row = 0; row < count; row++) {
      const sum = add(first + row, values, row * columns);
      for (let c = 0; c < columns; c++) squares[c] += sum[c] ** 2;
    }
  }
  return squares.map(Math.sqrt);
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

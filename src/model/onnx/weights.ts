/** The weights of a graph: looked up by their Hugging Face name, checked, and stored or declared. */

import { PlaygroundError, shortened } from '../../base/errors.ts';
import type { KeptPrecision, WeightError } from '../../contract/models/model.ts';
import { elementCount, requireFloats, type TensorData, toFloat32 } from '../formats/safetensors.ts';
import type { OnnxGraph, StoredWeight, Value } from './graph.ts';
import {
  asFloats,
  asHalves,
  asNibbles,
  BLOCK,
  type MatrixRows,
  matrixRows,
  rowsOf,
} from './matrix-rows.ts';

/** Weights inside the file, or as named graph inputs that every run feeds. */
export type WeightMode = 'initializers' | 'inputs';

/** A graph input that wants a weight: its name in the state dict and its shape there. */
export interface WeightInput {
  readonly name: string;
  readonly shape: readonly number[];
}

/** The tensors of a model, by name, each in its one spelling; see src/model/families/family.ts. */
export type StateDict = ReadonlyMap<string, TensorData>;

/** How a graph has its weights. */
export interface WeightOptions {
  readonly weights: WeightMode;
  /** How the matrices of products are stored, where they are; fp32 unless given. */
  readonly precision?: KeptPrecision;
  /** Told of each matrix in 4 bits, when the runtime has asked for it. */
  readonly onWeightError?: (error: WeightError) => void;
}

/** Above this, the matrix that makes logits is stored, and unpacked, in slices: of these bytes, or eight of them. */
const SLICE_BYTES = 2 ** 27;
const MOST_SLICES = 8;

/** In how many slices of its rows a matrix is stored that takes `bytes` when it is used. */
export const slicesOf = (bytes: number): number =>
  Math.min(MOST_SLICES, Math.max(1, Math.ceil(bytes / SLICE_BYTES)));

/** Puts weights into one graph; each name becomes one value however often it is asked for. */
export class GraphWeights {
  readonly inputs: WeightInput[] = [];
  readonly mode: WeightMode;
  readonly #graph: OnnxGraph;
  readonly #stateDict: StateDict | null;
  readonly #precision: KeptPrecision;
  readonly #onWeightError: (error: WeightError) => void;
  readonly #values = new Map<string, Value>();

  /** `stateDict` may be null only where every weight is an input. */
  constructor(graph: OnnxGraph, options: WeightOptions, stateDict: StateDict | null) {
    this.#graph = graph;
    this.mode = options.weights;
    this.#precision = options.precision ?? 'fp32';
    this.#onWeightError = options.onWeightError ?? (() => undefined);
    this.#stateDict = stateDict;
  }

  /** A weight as the model has it, of the given shape, in float32. */
  get(name: string, shape: readonly number[]): Value {
    if (this.mode === 'inputs') return this.input(name, shape);
    return this.#once(name, () => this.#store(name, [{ name, shape }], shape));
  }

  /** A weight whose elements are read under another shape of the same size. */
  reshaped(name: string, shape: readonly number[], target: readonly number[]): Value {
    if (this.mode === 'inputs')
      return this.#graph.op('Reshape', [this.get(name, shape), this.#graph.ints(target)]);
    return this.#once(name, () => this.#store(name, [{ name, shape }], target));
  }

  /** A weight with a further axis of 1 at its end; as an input it is declared and fed so. */
  column(name: string, shape: readonly number[]): Value {
    if (this.mode === 'initializers') return this.reshaped(name, shape, [...shape, 1]);
    return this.input(name, [...shape, 1]);
  }

  /** Several weights stacked along their first axis into one initializer of float32. */
  stacked(name: string, parts: readonly WeightInput[]): Value {
    const [, ...rest] = parts[0].shape;
    const rows = parts.reduce((sum, part) => sum + part.shape[0], 0);
    return this.#once(name, () => this.#store(name, parts, [rows, ...rest]));
  }

  /**
   * x · Wᵀ + bias for x [rows, in]: stored matrices [out, in], and biases [out], each below one another. The matrices have
   * the precision of the graph.
   */
  product(
    x: Value,
    name: string,
    parts: readonly WeightInput[],
    biases: readonly WeightInput[] | null,
    output = 'Gemm',
  ): Value {
    const graph = this.#graph;
    const single = (of: readonly WeightInput[], end: string) =>
      of.length === 1 ? this.get(of[0].name, of[0].shape) : this.stacked(`${name}.${end}`, of);
    const bias = biases === null ? [] : [single(biases, 'bias')];
    if (this.#precision === 'fp32')
      return graph.op('Gemm', [x, single(parts, 'weight'), ...bias], { transB: 1 }, output);
    const matrix = this.#matrix(`${name}.weight`, parts);
    if (this.#precision === 'fp16') {
      const { value, factor } = this.#halves(matrix);
      return graph.op('Gemm', [x, value, ...bias], { transB: 1, alpha: factor }, output);
    }
    if (bias.length === 0) return this.#nibbles(x, matrix, output);
    return graph.op('Add', [this.#nibbles(x, matrix), ...bias], {}, output);
  }

  /**
   * x · Wᵀ for x [… in] of any rank and a matrix [out, in], in slices where that is large, as the one that makes logits: one
   * buffer of a GPU need not hold it, nor memory what it is unpacked to.
   */
  matmul(x: Value, name: string, shape: readonly [number, number], output = 'MatMul'): Value {
    const graph = this.#graph;
    if (this.mode === 'inputs') {
      const turned = graph.op('Transpose', [this.get(name, shape)], { perm: [1, 0] });
      return graph.op('MatMul', [x, turned], {}, output);
    }
    const [rows, columns] = shape;
    const matrix = this.#matrix(name, [{ name, shape }]);
    const bytes = this.#precision === 'q4' ? (rows * columns) / 2 : rows * columns * 4;
    const slices = slicesOf(bytes);
    const step = Math.ceil(rows / slices);
    const parts = Array.from({ length: slices }, (_, i) => {
      const some =
        slices === 1 ? matrix : rowsOf(matrix, i * step, Math.min(step, rows - i * step));
      return this.#slice(x, some, slices === 1 ? output : `${output}.slice`);
    });
    return slices === 1 ? parts[0] : graph.op('Concat', parts, { axis: -1 }, output);
  }

  /** The rows of a matrix [count, width] at `ids` of any shape, in float32: an embedding. */
  rows(name: string, shape: readonly [number, number], ids: Value, output: string): Value {
    const graph = this.#graph;
    const gather = (table: Value, last?: string) =>
      graph.op('Gather', [table, ids], { axis: 0 }, last);
    if (this.mode === 'inputs' || this.#precision === 'fp32')
      return gather(this.get(name, shape), output);
    const matrix = this.#matrix(name, [{ name, shape }]);
    if (this.#precision === 'fp16') {
      const { weight, factor } = asHalves(matrix);
      const table = this.#once(`${name}.halves`, () => graph.initializer(`${name}.halves`, weight));
      const found = graph.op('Cast', [gather(table)], { to: 1 });
      return graph.op('Mul', [found, graph.floats(factor)], {}, output);
    }
    return this.#unpacked(matrix, gather, output);
  }

  /** Rows of 4 bits as floats, by operators that every backend has: those made for it are missing in some builds. */
  #unpacked(matrix: MatrixRows, gather: (table: Value) => Value, output: string): Value {
    const graph = this.#graph;
    const [packed, scales] = this.#packed(matrix).map((table) => gather(table));
    const bytes = graph.op('Unsqueeze', [graph.op('Cast', [packed], { to: 1 }), graph.ints([-1])]);
    const high = graph.op('Floor', [graph.op('Mul', [bytes, graph.floats(1 / 16)])]);
    const low = graph.op('Sub', [bytes, graph.op('Mul', [high, graph.floats(16)])]);
    const steps = graph.op('Concat', [low, high], { axis: -1 });
    const blocks = graph.op('Reshape', [steps, graph.ints([0, 0, -1, BLOCK])]);
    const centred = graph.op('Sub', [blocks, graph.floats(8)]);
    const scaled = graph.op('Mul', [centred, graph.op('Unsqueeze', [scales, graph.ints([-1])])]);
    const flat = graph.op('Reshape', [scaled, graph.ints([0, 0, -1])]);
    const { columns } = matrix;
    if (columns % BLOCK === 0) return graph.op('Identity', [flat], {}, output);
    const ends = [[0], [columns], [-1]].map((values) => graph.ints(values));
    return graph.op('Slice', [flat, ...ends], {}, output);
  }

  /** A weight that is an input in both modes, a LoRA matrix; one input, however often it is asked for. */
  input(name: string, shape: readonly number[]): Value {
    return this.#once(name, () => {
      this.inputs.push({ name, shape });
      return this.#graph.input(name, 'float32', shape);
    });
  }

  /** The model's values as float32, after a check of name, dtype and shape. */
  values(name: string, shape: readonly number[]): Float32Array {
    return toFloat32(this.#tensor({ name, shape }), name);
  }

  #slice(x: Value, matrix: MatrixRows, output: string): Value {
    const graph = this.#graph;
    if (this.#precision === 'q4') return this.#nibbles(x, matrix, output);
    if (this.#precision === 'fp32') {
      const turned = `${matrix.name}.transposed`;
      const value = this.#once(turned, () => graph.initializer(turned, asFloats(matrix, true)));
      return graph.op('MatMul', [x, value], {}, output);
    }
    const { value, factor } = this.#halves(matrix, true);
    if (factor === 1) return graph.op('MatMul', [x, value], {}, output);
    const lowered = graph.op('Mul', [x, graph.floats(factor)]);
    return graph.op('MatMul', [lowered, value], {}, output);
  }

  /** A matrix of halves as float32, and what it has to be multiplied with. */
  #halves(matrix: MatrixRows, transposed = false) {
    const { weight, factor } = asHalves(matrix, transposed);
    const name = `${matrix.name}${transposed ? '.transposed' : ''}.halves`;
    const value = this.#once(name, () =>
      this.#graph.op('Cast', [this.#graph.initializer(name, weight)], { to: 1 }),
    );
    return { value, factor };
  }

  #nibbles(x: Value, matrix: MatrixRows, output?: string): Value {
    const { rows, columns } = matrix;
    const attributes = { K: columns, N: rows, bits: 4, block_size: BLOCK };
    return this.#graph.contrib('MatMulNBits', [x, ...this.#packed(matrix)], attributes, output);
  }

  /** A matrix in 4 bits, and its scales. */
  #packed(matrix: MatrixRows): [weight: Value, scales: Value] {
    const { name } = matrix;
    const { weight, scales } = asNibbles(matrix, (relative) =>
      this.#onWeightError({ name, relative }),
    );
    const store = (end: string, stored: StoredWeight) =>
      this.#once(`${name}.${end}`, () => this.#graph.initializer(`${name}.${end}`, stored));
    return [store('q4', weight), store('scales', scales)];
  }

  #matrix(name: string, parts: readonly WeightInput[]): MatrixRows {
    const found = parts.map((part) => ({ tensor: this.#tensor(part), rows: part.shape[0] }));
    return matrixRows(name, found, parts[0].shape[1]);
  }

  /** Weights below one another in float32, under a shape of the same size. */
  #store(name: string, parts: readonly WeightInput[], shape: readonly number[]): Value {
    const found = parts.map((part) => {
      const tensor = this.#tensor(part);
      return { tensor, rows: elementCount(tensor.shape) };
    });
    const { size, read } = asFloats(matrixRows(name, found, 1));
    return this.#graph.initializer(name, { type: 'float32', shape, size, read });
  }

  /** The model's tensor, after a check of name, dtype and shape. */
  #tensor({ name, shape }: WeightInput): TensorData {
    const tensor = this.#stateDict?.get(name);
    if (tensor === undefined) throw missingWeight(name, this.#stateDict ?? new Map());
    if (tensor.shape.join() !== shape.join()) throw mismatch(name, tensor.shape, shape);
    requireFloats(tensor, name);
    return tensor;
  }

  #once(name: string, make: () => Value): Value {
    const known = this.#values.get(name);
    if (known !== undefined) return known;
    const value = make();
    this.#values.set(name, value);
    return value;
  }
}

/** A weight that the configuration asks for and the file does not have, beside what it has. */
export function missingWeight(name: string, stateDict: StateDict): PlaygroundError {
  const first = [...stateDict.keys()].slice(0, 3).map((found) => `"${shortened(found, 60)}"`);
  const has = first.length === 0 ? 'no tensor at all' : `${first.join(', ')} and so on`;
  return new PlaygroundError({
    code: 'model.weight-missing',
    message: `The model has no tensor named "${name}"; it has ${has} (${stateDict.size} in all).`,
    fix: 'Use the complete weights that belong to this config.json, all shards of them, under the names of its family.',
    where: name,
    detail: { first: [...stateDict.keys()].slice(0, 8), tensors: stateDict.size },
  });
}

function mismatch(
  name: string,
  found: readonly number[],
  expected: readonly number[],
): PlaygroundError {
  return new PlaygroundError({
    code: 'model.weight-shape',
    message: `Tensor "${name}" is [${found.join(', ')}], but config.json asks for [${expected.join(', ')}].`,
    fix: 'Use the weights that belong to this config.json.',
    where: name,
    detail: { found, expected },
  });
}

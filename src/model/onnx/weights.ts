/** The weights of a graph: looked up by their Hugging Face name, checked, and stored or declared. */

import { PlaygroundError, shortened } from '../../base/errors.ts';
import { type TensorData, toFloat32 } from '../formats/safetensors.ts';
import type { OnnxGraph, Value } from './graph.ts';

/** Weights inside the file, or as named graph inputs that every run feeds. */
export type WeightMode = 'initializers' | 'inputs';

/** A graph input that wants a weight: its checkpoint name and its shape there. */
export interface WeightInput {
  readonly name: string;
  readonly shape: readonly number[];
}

/** The tensors of a checkpoint, each name in its one spelling; see src/model/families/family.ts. */
export type Checkpoint = ReadonlyMap<string, TensorData>;

/** Puts weights into one graph; each name becomes one value however often it is asked for. */
export class GraphWeights {
  readonly inputs: WeightInput[] = [];
  readonly mode: WeightMode;
  readonly #graph: OnnxGraph;
  readonly #checkpoint: Checkpoint | null;
  readonly #values = new Map<string, Value>();

  /** `checkpoint` may be null only where every weight is an input. */
  constructor(graph: OnnxGraph, mode: WeightMode, checkpoint: Checkpoint | null) {
    this.#graph = graph;
    this.mode = mode;
    this.#checkpoint = checkpoint;
  }

  /** A weight as the checkpoint has it, of the given shape. */
  get(name: string, shape: readonly number[]): Value {
    return this.#once(name, () => {
      if (this.mode === 'inputs') return this.input(name, shape);
      return this.#graph.initializer(name, this.values(name, shape), shape);
    });
  }

  /** A weight whose elements are read under another shape of the same size. */
  reshaped(name: string, shape: readonly number[], target: readonly number[]): Value {
    if (this.mode === 'inputs')
      return this.#graph.op('Reshape', [this.get(name, shape), this.#graph.ints(target)]);
    return this.#once(name, () => this.#graph.initializer(name, this.values(name, shape), target));
  }

  /** A weight with a further axis of 1 at its end; as an input it is declared and fed so. */
  column(name: string, shape: readonly number[]): Value {
    if (this.mode === 'initializers') return this.reshaped(name, shape, [...shape, 1]);
    return this.#once(name, () => this.input(name, [...shape, 1]));
  }

  /** A matrix [rows, columns] as [columns, rows]. */
  transposed(name: string, [rows, columns]: readonly [number, number]): Value {
    if (this.mode === 'inputs')
      return this.#graph.op('Transpose', [this.get(name, [rows, columns])], { perm: [1, 0] });
    return this.#once(`${name}.transposed`, () => {
      const source = this.values(name, [rows, columns]);
      const target = new Float32Array(source.length);
      for (let r = 0; r < rows; r++)
        for (let c = 0; c < columns; c++) target[c * rows + r] = source[r * columns + c];
      return this.#graph.initializer(`${name}.transposed`, target, [columns, rows]);
    });
  }

  /** Several weights stacked along their first axis into one initializer. */
  stacked(name: string, parts: readonly WeightInput[]): Value {
    return this.#once(name, () => {
      const [, ...rest] = parts[0].shape;
      const rows = parts.reduce((sum, part) => sum + part.shape[0], 0);
      const arrays = parts.map((part) => this.values(part.name, part.shape));
      const joined = new Float32Array(arrays.reduce((sum, array) => sum + array.length, 0));
      let at = 0;
      for (const array of arrays) {
        joined.set(array, at);
        at += array.length;
      }
      return this.#graph.initializer(name, joined, [rows, ...rest]);
    });
  }

  /** A weight that is an input in both modes: a LoRA matrix. */
  input(name: string, shape: readonly number[]): Value {
    this.inputs.push({ name, shape });
    return this.#graph.input(name, 'float32', shape);
  }

  /** The checkpoint's values as float32, after a check of name, dtype and shape. */
  values(name: string, shape: readonly number[]): Float32Array {
    const tensor = this.#checkpoint?.get(name);
    if (tensor === undefined) throw missingWeight(name, this.#checkpoint ?? new Map());
    if (tensor.shape.join() !== shape.join()) throw mismatch(name, tensor.shape, shape);
    return toFloat32(tensor, name);
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
export function missingWeight(name: string, checkpoint: Checkpoint): PlaygroundError {
  const first = [...checkpoint.keys()].slice(0, 3).map((found) => `"${shortened(found, 60)}"`);
  const has = first.length === 0 ? 'no tensor at all' : `${first.join(', ')} and so on`;
  return new PlaygroundError({
    code: 'model.weight-missing',
    message: `The checkpoint has no tensor named "${name}"; it has ${has} (${checkpoint.size} in all).`,
    fix: 'Use the complete weights that belong to this config.json, all shards of them, under the names of its family.',
    where: name,
    detail: { first: [...checkpoint.keys()].slice(0, 8), tensors: checkpoint.size },
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

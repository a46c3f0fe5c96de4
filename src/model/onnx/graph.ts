/** A small typed language for building ONNX graphs: values are names, operators return new names. */

import { create, toBinary } from '@bufbuild/protobuf';
import { PlaygroundError } from '../../base/errors.ts';
import { MAX_BYTES } from '../sources/limits.ts';
import {
  type AttributeProto,
  AttributeProtoSchema,
  AttributeProto_AttributeType as AttributeType,
  TensorProto_DataType as DataType,
  type GraphProto,
  GraphProtoSchema,
  ModelProtoSchema,
  type NodeProto,
  NodeProtoSchema,
  type TensorProto,
  TensorProtoSchema,
  type ValueInfoProto,
  ValueInfoProtoSchema,
} from './schema-pb.js';

/** The operator set all graphs are written in: standard operators only. */
export const OPSET = 17;

/** The name of a tensor in the graph. */
export type Value = string;

/** A fixed size, or the name of a size that is known only when the graph runs. */
export type Dimension = number | string;

export type ElementType = 'float32' | 'int64' | 'int32' | 'bool';

type Attribute = number | readonly number[] | string;

export interface GraphPort {
  readonly name: Value;
  readonly type: ElementType;
  readonly shape: readonly Dimension[];
}

const ELEMENT: Record<ElementType, DataType> = {
  float32: DataType.FLOAT,
  int64: DataType.INT64,
  int32: DataType.INT32,
  bool: DataType.BOOL,
};

/** Attributes that ONNX defines as floats; every other number is an integer. */
const FLOAT_ATTRIBUTES = new Set(['alpha', 'beta', 'epsilon']);

export class OnnxGraph {
  readonly inputs: GraphPort[] = [];
  readonly outputs: GraphPort[] = [];
  readonly #name: string;
  readonly #nodes: NodeProto[] = [];
  readonly #initializers: TensorProto[] = [];
  readonly #constants = new Map<string, Value>();
  readonly #used = new Map<string, number>();
  #bytes = 0;

  constructor(name: string) {
    this.#name = name;
  }

  get nodeCount(): number {
    return this.#nodes.length;
  }

  /** Declares a graph input and returns its value. */
  input(name: string, type: ElementType, shape: readonly Dimension[]): Value {
    const value = this.#unique(name);
    this.inputs.push({ name: value, type, shape });
    return value;
  }

  /** Names a value as a graph output; the value must have been made with that name. */
  output(name: Value, type: ElementType, shape: readonly Dimension[]): void {
    this.outputs.push({ name, type, shape });
  }

  /** Adds a node with one output; `name` is a hint, made unique. */
  op(
    type: string,
    inputs: readonly Value[],
    attributes: Readonly<Record<string, Attribute>> = {},
    name?: string,
  ): Value {
    return this.ops(type, inputs, 1, attributes, name)[0];
  }

  /** Adds a node with several outputs. */
  ops(
    type: string,
    inputs: readonly Value[],
    outputs: number,
    attributes: Readonly<Record<string, Attribute>> = {},
    name = type,
  ): Value[] {
    const values = Array.from({ length: outputs }, () => this.#unique(name));
    this.#nodes.push(
      create(NodeProtoSchema, {
        name: values[0],
        opType: type,
        input: [...inputs],
        output: values,
        attribute: Object.entries(attributes).map(([key, value]) => attributeProto(key, value)),
      }),
    );
    return values;
  }

  /** A float32 constant; equal small ones are stored once. A bare number is a scalar. */
  floats(values: number | ArrayLike<number>, shape?: readonly number[], name = 'const'): Value {
    const array = typeof values === 'number' ? [values] : values;
    const dims = shape ?? (typeof values === 'number' ? [] : [array.length]);
    return this.#constant('float32', Float32Array.from(array), dims, name);
  }

  /** An int64 constant vector (a shape, axes, split sizes); a bare number is a scalar. */
  ints(values: number | readonly number[], name = 'const'): Value {
    const array = typeof values === 'number' ? [values] : values;
    const dims = typeof values === 'number' ? [] : [array.length];
    return this.#constant('int64', BigInt64Array.from(array.map(BigInt)), dims, name);
  }

  /**
   * Stores a weight under its own name; `values` is not copied.
   * Throws {@link PlaygroundError} `model.too-large` when all of them together pass {@link MAX_BYTES}.
   */
  initializer(name: string, values: Float32Array, shape: readonly number[]): Value {
    this.#bytes += values.byteLength;
    if (this.#bytes > MAX_BYTES) throw tooLarge(this.#name);
    this.#used.set(name, 1);
    this.#initializers.push(tensorProto(name, 'float32', values, shape));
    return name;
  }

  /** The serialised ModelProto. */
  toModel(): Uint8Array {
    const graph: GraphProto = create(GraphProtoSchema, {
      name: this.#name,
      node: this.#nodes,
      initializer: this.#initializers,
      input: this.inputs.map(valueInfo),
      output: this.outputs.map(valueInfo),
    });
    const model = create(ModelProtoSchema, {
      irVersion: 8n,
      producerName: 'vigos-playground',
      opsetImport: [{ domain: '', version: BigInt(OPSET) }],
      graph,
    });
    return toBinary(ModelProtoSchema, model);
  }

  #constant(
    type: 'float32' | 'int64',
    values: Float32Array | BigInt64Array,
    shape: readonly number[],
    hint: string,
  ): Value {
    const key = values.length > 64 ? undefined : `${type}[${shape.join()}]${values.join()}`;
    const known = key === undefined ? undefined : this.#constants.get(key);
    if (known !== undefined) return known;
    const name = this.#unique(hint);
    this.#initializers.push(tensorProto(name, type, values, shape));
    if (key !== undefined) this.#constants.set(key, name);
    return name;
  }

  #unique(hint: string): Value {
    const count = this.#used.get(hint) ?? 0;
    this.#used.set(hint, count + 1);
    return count === 0 ? hint : `${hint}_${count}`;
  }
}

function tensorProto(
  name: string,
  type: ElementType,
  values: Float32Array | BigInt64Array,
  shape: readonly number[],
): TensorProto {
  return create(TensorProtoSchema, {
    name,
    dataType: ELEMENT[type],
    dims: shape.map(BigInt),
    rawData: new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
  });
}

function valueInfo(port: GraphPort): ValueInfoProto {
  const dim = port.shape.map((size) => ({
    value:
      typeof size === 'number'
        ? { case: 'dimValue' as const, value: BigInt(size) }
        : { case: 'dimParam' as const, value: size },
  }));
  return create(ValueInfoProtoSchema, {
    name: port.name,
    type: {
      value: { case: 'tensorType', value: { elemType: ELEMENT[port.type], shape: { dim } } },
    },
  });
}

function attributeProto(name: string, value: Attribute): AttributeProto {
  if (typeof value === 'string')
    return create(AttributeProtoSchema, {
      name,
      type: AttributeType.STRING,
      s: new TextEncoder().encode(value),
    });
  if (typeof value !== 'number')
    return create(AttributeProtoSchema, {
      name,
      type: AttributeType.INTS,
      ints: value.map(BigInt),
    });
  if (FLOAT_ATTRIBUTES.has(name))
    return create(AttributeProtoSchema, { name, type: AttributeType.FLOAT, f: value });
  return create(AttributeProtoSchema, { name, type: AttributeType.INT, i: BigInt(value) });
}

function tooLarge(name: string): PlaygroundError {
  return new PlaygroundError({
    code: 'model.too-large',
    message: `The weights of ${name} take more than the 2.1 GB in float32 that one ONNX file holds.`,
    fix: 'Choose a smaller model, or build the graph with its weights as inputs.',
    where: name,
    detail: { limit: MAX_BYTES },
  });
}

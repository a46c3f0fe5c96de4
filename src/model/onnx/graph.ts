/** A small typed language for building ONNX graphs: values are names, operators return new names. */

import { create, toBinary } from '@bufbuild/protobuf';
import type { ByteStore } from '../../base/byte-store.ts';
import { PlaygroundError } from '../../base/errors.ts';
import { inBillions, MAX_BYTES } from '../sources/limits.ts';
import {
  type AttributeProto,
  AttributeProtoSchema,
  AttributeProto_AttributeType as AttributeType,
  TensorProto_DataLocation as DataLocation,
  TensorProto_DataType as DataType,
  type GraphProto,
  GraphProtoSchema,
  ModelProtoSchema,
  type NodeProto,
  NodeProtoSchema,
  StringStringEntryProtoSchema,
  type TensorProto,
  TensorProtoSchema,
  type ValueInfoProto,
  ValueInfoProtoSchema,
} from './schema-pb.js';

/** The operator set all graphs are written in; only products with weights of 4 bits are not of it. */
export const OPSET = 17;
/** ONNX Runtime's own operators. */
const CONTRIB = 'com.microsoft';

/** The name of a tensor in the graph. */
export type Value = string;

/** A fixed size, or the name of a size that is known only when the graph runs. */
export type Dimension = number | string;

export type ElementType = 'float32' | 'float16' | 'uint8' | 'int64' | 'int32' | 'bool';

type Attribute = number | readonly number[] | string;

export interface GraphPort {
  readonly name: Value;
  readonly type: ElementType;
  readonly shape: readonly Dimension[];
}

const ELEMENT: Record<ElementType, DataType> = {
  float32: DataType.FLOAT,
  float16: DataType.FLOAT16,
  uint8: DataType.UINT8,
  int64: DataType.INT64,
  int32: DataType.INT32,
  bool: DataType.BOOL,
};

/** Attributes that ONNX defines as floats; every other number is an integer. */
const FLOAT_ATTRIBUTES = new Set(['alpha', 'beta', 'epsilon']);

/** A weight of a graph, whose bytes are made when they are wanted. */
export interface StoredWeight extends ByteStore {
  readonly type: ElementType;
  readonly shape: readonly number[];
  /**
   * Also an input that nobody feeds: without that, the runtime would compute what follows from the weight alone while it
   * opens the graph, and keep a float32 copy of one of 16 bits.
   */
  readonly kept?: boolean;
}

/** A serialised ModelProto, and the weights that lie outside of it, by the names it calls them by. */
export interface SerialisedModel {
  readonly model: Uint8Array;
  readonly external: readonly { readonly path: string; readonly data: ByteStore }[];
}

export class OnnxGraph {
  readonly inputs: GraphPort[] = [];
  readonly outputs: GraphPort[] = [];
  readonly #name: string;
  readonly #nodes: NodeProto[] = [];
  readonly #initializers: TensorProto[] = [];
  readonly #constants = new Map<string, Value>();
  readonly #used = new Map<string, number>();
  readonly #weights = new Map<string, StoredWeight>();

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
    domain = '',
  ): Value[] {
    const values = Array.from({ length: outputs }, () => this.#unique(name));
    this.#nodes.push(
      create(NodeProtoSchema, {
        name: values[0],
        opType: type,
        domain,
        input: [...inputs],
        output: values,
        attribute: Object.entries(attributes).map(([key, value]) => attributeProto(key, value)),
      }),
    );
    return values;
  }

  /** Adds a node of an operator of ONNX Runtime's own, with one output. */
  contrib(
    type: string,
    inputs: readonly Value[],
    attributes: Readonly<Record<string, Attribute>>,
    name?: string,
  ): Value {
    return this.ops(type, inputs, 1, attributes, name, CONTRIB)[0];
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

  /** Stores a weight under its own name. */
  initializer(name: string, weight: StoredWeight): Value {
    this.#used.set(name, 1);
    this.#weights.set(name, weight);
    return name;
  }

  /** The serialised ModelProto with its weights inside. Throws what {@link serialise} throws. */
  toModel(): Uint8Array {
    return this.serialise(false).model;
  }

  /**
   * The serialised ModelProto; with `external`, its weights outside of it.
   * Throws {@link PlaygroundError} `model.too-large` where weights inside it pass {@link MAX_BYTES} together.
   */
  serialise(external: boolean): SerialisedModel {
    const stored = [...this.#weights];
    const bytes = stored.reduce((sum, [, { size }]) => sum + size, 0);
    if (!external && bytes > MAX_BYTES) throw tooLarge(this.#name, bytes);
    const kept = stored.flatMap(([name, { kept, type, shape }]) =>
      kept === true ? [{ name, type, shape }] : [],
    );
    const graph: GraphProto = create(GraphProtoSchema, {
      name: this.#name,
      node: this.#nodes,
      initializer: [
        ...this.#initializers,
        ...stored.map(([name, weight]) =>
          external ? outsideProto(name, weight) : insideProto(name, weight),
        ),
      ],
      input: [...this.inputs, ...kept].map(valueInfo),
      output: this.outputs.map(valueInfo),
    });
    const opsetImport = [{ domain: '', version: BigInt(OPSET) }];
    if (this.#nodes.some(({ domain }) => domain === CONTRIB))
      opsetImport.push({ domain: CONTRIB, version: 1n });
    const model = create(ModelProtoSchema, {
      irVersion: 8n,
      producerName: 'vigos-playground',
      opsetImport,
      graph,
    });
    return {
      model: toBinary(ModelProtoSchema, model),
      external: external ? stored.map(([path, data]) => ({ path, data })) : [],
    };
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

const insideProto = (name: string, { type, shape, size, read }: StoredWeight): TensorProto =>
  create(TensorProtoSchema, {
    name,
    dataType: ELEMENT[type],
    dims: shape.map(BigInt),
    rawData: read(0, size),
  });

function outsideProto(name: string, { type, shape, size }: StoredWeight): TensorProto {
  const place = { location: name, offset: '0', length: String(size) };
  return create(TensorProtoSchema, {
    name,
    dataType: ELEMENT[type],
    dims: shape.map(BigInt),
    dataLocation: DataLocation.EXTERNAL,
    externalData: Object.entries(place).map(([key, value]) =>
      create(StringStringEntryProtoSchema, { key, value }),
    ),
  });
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

function tooLarge(name: string, bytes: number): PlaygroundError {
  return new PlaygroundError({
    code: 'model.too-large',
    message: `The weights of ${name} take ${inBillions(bytes)} GB, and one ONNX file holds ${inBillions(MAX_BYTES)} GB.`,
    fix: 'Choose a smaller model, or keep its weights outside of the graph.',
    where: name,
    detail: { bytes, limit: MAX_BYTES },
  });
}

/** What a foreign graph lacks and can be given without touching its weights: rows to keep, and a kernel that a build is without. */

import { create, toBinary } from '@bufbuild/protobuf';
import {
  AttributeProtoSchema,
  AttributeProto_AttributeType as AttributeType,
  TensorProto_DataType as DataType,
  type ModelProto,
  ModelProtoSchema,
  type NodeProto,
  NodeProtoSchema,
  type TensorProto,
  TensorProtoSchema,
  ValueInfoProtoSchema,
} from '../onnx/schema-pb.js';

export const KEEP = 'num_logits_to_keep';
/** In front of every name that is added, so that none meets a graph's own. */
const OURS = 'playground/';

export const serialised = (model: ModelProto): Uint8Array => toBinary(ModelProtoSchema, model);

/** What may stand between the head's product and the logits; each works on every entry alone. */
const ENTRYWISE = new Set(['Add', 'Mul', 'Div', 'Cast', 'Identity', 'Tanh']);
const HEADS = new Set(['MatMul', 'MatMulNBits']);

/**
 * Gives a decoder the input {@link KEEP} [1]: logits of so many last rows, all of them for 0. Without it a long prompt
 * leaves a row of the whole vocabulary for each of its tokens. Whether it was done: the last product must be plain to see.
 */
export function keepLastRows({ graph, opsetImport }: ModelProto): boolean {
  const opset = opsetImport.find(({ domain }) => domain === '' || domain === 'ai.onnx')?.version;
  if (graph === undefined || opset === undefined || opset < 13n) return false;
  const stored = new Set(graph.initializer.map(({ name }) => name));
  const path: NodeProto[] = [];
  let wanted = 'logits';
  for (;;) {
    const found = graph.node.find(({ output }) => output.includes(wanted));
    if (found === undefined) return false;
    path.push(found);
    if (HEADS.has(found.opType)) break;
    const computed = found.input.filter((name) => name !== '' && !stored.has(name));
    if (!ENTRYWISE.has(found.opType) || computed.length !== 1) return false;
    wanted = computed[0];
  }
  const head = path[path.length - 1];
  const [hidden, weights] = head.input;
  if (!stored.has(weights) || path.some(({ output }) => usersOf(graph.node, output) > 1))
    return false;
  const [kept, from] = [`${OURS}kept_rows`, `${OURS}first_row`];
  const ends = `${OURS}ends`;
  const axes = `${OURS}axes`;
  graph.initializer.push(integers(ends, [2n ** 63n - 1n]), integers(axes, [1n]));
  graph.input.push(integerInput(KEEP));
  const at = graph.node.indexOf(head);
  graph.node.splice(
    at,
    0,
    node('Neg', [KEEP], from),
    node('Slice', [hidden, from, ends, axes], kept),
  );
  head.input[0] = kept;
  const changed = new Set(path.flatMap(({ output }) => output));
  graph.valueInfo = graph.valueInfo.filter(({ name }) => !changed.has(name));
  const logits = graph.output.find(({ name }) => name === 'logits')?.type?.value;
  if (logits?.case === 'tensorType') {
    const row = logits.value.shape?.dim[1];
    if (row !== undefined) row.value = { case: 'dimParam', value: `${OURS}kept` };
  }
  return true;
}

const usersOf = (nodes: readonly NodeProto[], outputs: readonly string[]) =>
  nodes.filter(({ input }) => input.some((name) => name !== '' && outputs.includes(name))).length;

/**
 * Takes tables of blocks apart (GatherBlockQuantized, which the WebAssembly of the WebGPU build has no kernel for): the
 * rows are gathered as bytes and made numbers by standard operators. Left as they are: tables of other layouts. Whether
 * anything was changed.
 */
export function plainGathers({ graph }: ModelProto): boolean {
  if (graph === undefined) return false;
  const tensors = new Map(graph.initializer.map((tensor) => [tensor.name, tensor]));
  let changed = false;
  graph.node = graph.node.flatMap((gather) => {
    const made = gather.opType === 'GatherBlockQuantized' ? plainGather(gather, tensors) : null;
    if (made === null) return [gather];
    graph.initializer.push(...made.constants);
    changed = true;
    return made.nodes;
  });
  return changed;
}

interface Plain {
  readonly nodes: NodeProto[];
  readonly constants: TensorProto[];
}

function plainGather(gather: NodeProto, tensors: ReadonlyMap<string, TensorProto>): Plain | null {
  const [dataName, indices, scalesName, zeroName = ''] = gather.input;
  const data = tensors.get(dataName);
  const scales = tensors.get(scalesName);
  const zeros = tensors.get(zeroName);
  if (data === undefined || scales === undefined || (zeroName !== '' && zeros === undefined))
    return null;
  const attribute = (name: string, other: number) =>
    Number(gather.attribute.find((one) => one.name === name)?.i ?? other);
  const packed = data.dataType === DataType.UINT8;
  const bits = packed ? attribute('bits', 4) : 4;
  const known = packed || data.dataType === DataType.INT4 || data.dataType === DataType.UINT4;
  const block = attribute('block_size', 128);
  const along = attribute('quantize_axis', 1);
  const right = known && attribute('gather_axis', 0) === 0 && (bits === 4 || bits === 8);
  if (!right || data.dims.length !== 2 || (along !== 1 && along !== -1)) return null;
  const perByte = 8 / bits;
  const width = Number(data.dims[1]) * (packed ? perByte : 1);
  const blocks = Number(scales.dims[1]);
  // The last block of a row may be cut off; a row of bytes never is.
  const fits = width > (blocks - 1) * block && width <= blocks * block && width % perByte === 0;
  if (!fits || (zeros !== undefined && blocks % perByte !== 0)) return null;
  const signed = data.dataType === DataType.INT4;
  // The same bytes, which no operator needs to know as halves.
  for (const table of zeros === undefined ? [data] : [data, zeros])
    if (!packed && table.dataType !== DataType.UINT8) {
      table.dataType = DataType.UINT8;
      table.dims = [table.dims[0], table.dims[1] / 2n];
    }
  const nodes: NodeProto[] = [];
  const constants: TensorProto[] = [];
  const prefix = `${OURS}${gather.output[0]}/`;
  const op = (opType: string, input: readonly string[], attributes: Attributes = {}) => {
    const output = `${prefix}${nodes.length}`;
    nodes.push(node(opType, input, output, attributes));
    return output;
  };
  const number = (value: number) => {
    const name = `${prefix}c${constants.length}`;
    constants.push(floats(name, value));
    return name;
  };
  const list = (values: readonly number[]) => {
    const name = `${prefix}c${constants.length}`;
    constants.push(integers(name, values.map(BigInt)));
    return name;
  };
  /** Rows of a table as floats, [batch, tokens, entries]. */
  const rows = (table: string, entries: number) => {
    const bytes = op('Cast', [op('Gather', [table, indices])], { to: DataType.FLOAT });
    if (perByte === 1) return bytes;
    const high = op('Floor', [op('Div', [bytes, number(16)])]);
    const low = op('Sub', [bytes, op('Mul', [high, number(16)])]);
    const last = list([-1]);
    const pairs = op('Concat', [op('Unsqueeze', [low, last]), op('Unsqueeze', [high, last])], {
      axis: -1,
    });
    const halves = op('Reshape', [pairs, list([0, 0, entries])]);
    if (!signed) return halves;
    const over = op('Floor', [op('Div', [halves, number(8)])]);
    return op('Sub', [halves, op('Mul', [over, number(16)])]);
  };
  /** A value a block, [batch, tokens, blocks], as one an entry. */
  const spread = (values: string) => {
    const each = op('Unsqueeze', [values, list([-1])]);
    const all = op('Expand', [each, list([1, 1, 1, block])]);
    const flat = op('Reshape', [all, list([0, 0, blocks * block])]);
    return op('Slice', [flat, list([0]), list([width]), list([2])]);
  };
  const middle = packed ? 2 ** (bits - 1) : 0;
  const zero = zeros === undefined ? number(middle) : spread(rows(zeroName, blocks));
  const scale = op('Cast', [op('Gather', [scalesName, indices])], { to: DataType.FLOAT });
  const centred = op('Sub', [rows(dataName, width), zero]);
  const values = op('Mul', [centred, spread(scale)]);
  nodes.push(node('Cast', [values], gather.output[0], { to: scales.dataType }));
  return { nodes, constants };
}

type Attributes = Readonly<Record<string, number>>;

function node(
  opType: string,
  input: readonly string[],
  output: string,
  attributes: Attributes = {},
): NodeProto {
  const attribute = Object.entries(attributes).map(([name, value]) =>
    create(AttributeProtoSchema, { name, type: AttributeType.INT, i: BigInt(value) }),
  );
  return create(NodeProtoSchema, {
    opType,
    name: output,
    input: [...input],
    output: [output],
    attribute,
  });
}

function integers(name: string, values: readonly bigint[]): TensorProto {
  const dims = [BigInt(values.length)];
  return create(TensorProtoSchema, {
    name,
    dims,
    dataType: DataType.INT64,
    int64Data: [...values],
  });
}

function floats(name: string, value: number): TensorProto {
  return create(TensorProtoSchema, {
    name,
    dims: [],
    dataType: DataType.FLOAT,
    floatData: [value],
  });
}

function integerInput(name: string) {
  const dim = [{ value: { case: 'dimValue' as const, value: 1n } }];
  const value = { elemType: DataType.INT64, shape: { dim } };
  return create(ValueInfoProtoSchema, { name, type: { value: { case: 'tensorType', value } } });
}

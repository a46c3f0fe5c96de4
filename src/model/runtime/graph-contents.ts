/** Everything inside an ONNX model, wherever it lies: in the graph, in graphs inside its nodes, in functions it brings. */

import {
  TensorProto_DataType as DataType,
  type GraphProto,
  type ModelProto,
  type NodeProto,
  type TensorProto,
} from '../onnx/schema-pb.js';

/** The nodes of a model, those of inner graphs and functions included. */
export function allNodes({ graph, functions }: ModelProto): NodeProto[] {
  const waiting = [...(graph?.node ?? []), ...functions.flatMap(({ node }) => node)];
  const found: NodeProto[] = [];
  // A list in place of recursion: a file may nest as deep as it likes.
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    found.push(node);
    for (const inner of graphsOf(node)) waiting.push(...inner.node);
  }
  return found;
}

/** The stored tensors of a model: weights, and values of constants, those of inner graphs and functions included. */
export function allTensors(model: ModelProto): TensorProto[] {
  const nodes = allNodes(model);
  const graphs = [...(model.graph === undefined ? [] : [model.graph]), ...nodes.flatMap(graphsOf)];
  const weights = graphs.flatMap(({ initializer, sparseInitializer }) => [
    ...initializer,
    ...sparseInitializer.flatMap(({ values, indices }) => [values, indices]),
  ]);
  const constants = nodes.flatMap(({ attribute }) =>
    attribute.flatMap(({ t, tensors }) => [t, ...tensors]),
  );
  return [...weights, ...constants].filter((tensor) => tensor !== undefined);
}

function graphsOf({ attribute }: NodeProto): GraphProto[] {
  return attribute
    .flatMap(({ g, graphs }) => [g, ...graphs])
    .filter((graph) => graph !== undefined);
}

/** Bits of an entry, by element type; what is not named has 32. */
const BITS: Readonly<Partial<Record<DataType, number>>> = {
  [DataType.FLOAT16]: 16,
  [DataType.BFLOAT16]: 16,
  [DataType.INT64]: 64,
  [DataType.DOUBLE]: 64,
  [DataType.INT8]: 8,
  [DataType.UINT8]: 8,
  [DataType.BOOL]: 8,
  [DataType.INT4]: 4,
  [DataType.UINT4]: 4,
};

/** Bytes of a tensor's values, by its sizes and type. */
export function bytesOfTensor({ dims, dataType }: TensorProto): number {
  const entries = dims.reduce((product, size) => product * Number(size), 1);
  return Math.ceil((entries * (BITS[dataType as DataType] ?? 32)) / 8);
}

/** Reads what an ONNX file says about itself: inputs, outputs, operators; the weights are not touched. */

import { fromBinary } from '@bufbuild/protobuf';
import { PlaygroundError } from '../../base/errors.ts';
import type { Dimension } from './graph.ts';
import {
  TensorProto_DataType as DataType,
  ModelProtoSchema,
  type ValueInfoProto,
} from './schema-pb.js';

/** An input or output: its element type in lower case (`float`, `int64`) and its sizes, named where open. */
export interface ModelPort {
  readonly name: string;
  readonly type: string;
  readonly shape: readonly Dimension[];
}

export interface ModelPorts {
  /** Version of the standard operator set. */
  readonly opset: number;
  /** Inputs a run feeds; initializers listed among the inputs by old exporters are left out. */
  readonly inputs: readonly ModelPort[];
  readonly outputs: readonly ModelPort[];
  /** Nodes of each operator, contrib operators as `domain.Operator`. */
  readonly operators: ReadonlyMap<string, number>;
  /** Files with weights that belong to the model, by name. */
  readonly externalData: readonly string[];
}

/** Throws {@link PlaygroundError} `model.onnx-invalid` for bytes that are not an ONNX model. */
export function readModelPorts(model: Uint8Array, where = 'model.onnx'): ModelPorts {
  const { graph, opsetImport } = parse(model, where);
  if (graph === undefined || graph.output.length === 0) throw invalid(where);
  const stored = new Set(graph.initializer.map(({ name }) => name));
  const operators = new Map<string, number>();
  for (const { domain, opType } of graph.node) {
    const name = domain === '' || domain === 'ai.onnx' ? opType : `${domain}.${opType}`;
    operators.set(name, (operators.get(name) ?? 0) + 1);
  }
  const locations = graph.initializer.flatMap(({ externalData }) =>
    externalData.filter(({ key }) => key === 'location').map(({ value }) => value),
  );
  const standard = opsetImport.find(({ domain }) => domain === '' || domain === 'ai.onnx');
  return {
    opset: Number(standard?.version ?? 0),
    inputs: graph.input.filter(({ name }) => !stored.has(name)).map(port),
    outputs: graph.output.map(port),
    operators,
    externalData: [...new Set(locations)],
  };
}

function parse(model: Uint8Array, where: string) {
  try {
    return fromBinary(ModelProtoSchema, model, { readUnknownFields: false });
  } catch (cause) {
    throw invalid(where, cause);
  }
}

function port({ name, type }: ValueInfoProto): ModelPort {
  if (type?.value.case !== 'tensorType') return { name, type: type?.value.case ?? '', shape: [] };
  const { elemType, shape } = type.value.value;
  return {
    name,
    type: (DataType[elemType] ?? `type ${elemType}`).toLowerCase(),
    shape: (shape?.dim ?? []).map(({ value }) =>
      value.case === 'dimValue' ? Number(value.value) : (value.value ?? ''),
    ),
  };
}

function invalid(where: string, cause?: unknown): PlaygroundError {
  return new PlaygroundError(
    {
      code: 'model.onnx-invalid',
      message: 'The file is not an ONNX model, or it is cut off.',
      fix: 'Download or copy the .onnx file again and compare its size with the original.',
      where,
    },
    cause === undefined ? undefined : { cause },
  );
}

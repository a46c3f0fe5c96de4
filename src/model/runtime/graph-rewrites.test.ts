/** What is added to a foreign graph changes nothing that it computes. */

import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { expect, test } from 'vitest';
import { nodeRuntime } from '../fixtures/node-runtime.ts';
import { OnnxGraph } from '../onnx/graph.ts';
import {
  AttributeProtoSchema,
  AttributeProto_AttributeType as AttributeType,
  TensorProto_DataType as DataType,
  type ModelProto,
  ModelProtoSchema,
  NodeProtoSchema,
  OperatorSetIdProtoSchema,
  TensorProtoSchema,
} from '../onnx/schema-pb.js';
import { KEEP, keepLastRows, plainGathers, serialised } from './graph-rewrites.ts';

const ROWS = 5;

interface Table {
  readonly type: DataType;
  readonly bits: 4 | 8;
  readonly block: number;
  readonly width: number;
  readonly zeros: boolean;
}

/** A graph that gathers rows of a table of blocks. */
function gathering({ type, bits, block, width, zeros }: Table): ModelProto {
  const graph = new OnnxGraph('table');
  graph.input('ids', 'int64', ['batch', 'tokens']);
  graph.output('rows', 'float32', ['batch', 'tokens', width]);
  const model = fromBinary(ModelProtoSchema, graph.toModel());
  const blocks = Math.ceil(width / block);
  const packed = type === DataType.UINT8;
  const stored = (name: string, entries: number) =>
    create(TensorProtoSchema, {
      name,
      dataType: type,
      dims: [BigInt(ROWS), BigInt(packed ? (entries * bits) / 8 : entries)],
      rawData: Uint8Array.from(
        { length: (ROWS * entries * bits) / 8 },
        (_, i) => (i * 37 + entries) % 256,
      ),
    });
  const scales = create(TensorProtoSchema, {
    name: 'scales',
    dataType: DataType.FLOAT,
    dims: [BigInt(ROWS), BigInt(blocks)],
    floatData: Array.from({ length: ROWS * blocks }, (_, i) => 0.25 + i / 8),
  });
  const attributes = { block_size: block, gather_axis: 0, quantize_axis: 1, bits };
  model.graph?.initializer.push(stored('data', width), scales);
  if (zeros) model.graph?.initializer.push(stored('zeros', blocks));
  model.graph?.node.push(
    create(NodeProtoSchema, {
      opType: 'GatherBlockQuantized',
      domain: 'com.microsoft',
      input: ['data', 'ids', 'scales', ...(zeros ? ['zeros'] : [])],
      output: ['rows'],
      attribute: Object.entries(attributes).map(([name, value]) =>
        create(AttributeProtoSchema, { name, type: AttributeType.INT, i: BigInt(value) }),
      ),
    }),
  );
  model.opsetImport.push(
    create(OperatorSetIdProtoSchema, { domain: 'com.microsoft', version: 1n }),
  );
  for (const own of model.opsetImport) if (own.domain === '') own.version = 21n;
  return model;
}

test.each<[string, Table]>([
  ['bytes of two', { type: DataType.UINT8, bits: 4, block: 16, width: 64, zeros: false }],
  [
    'bytes of two with zero points',
    { type: DataType.UINT8, bits: 4, block: 16, width: 64, zeros: true },
  ],
  ['bytes of one', { type: DataType.UINT8, bits: 8, block: 16, width: 32, zeros: false }],
  [
    'bytes of one with zero points',
    { type: DataType.UINT8, bits: 8, block: 16, width: 48, zeros: true },
  ],
  ['signed halves', { type: DataType.INT4, bits: 4, block: 32, width: 64, zeros: false }],
  ['halves with zero points', { type: DataType.UINT4, bits: 4, block: 16, width: 64, zeros: true }],
  [
    'a last block that is cut off',
    { type: DataType.INT4, bits: 4, block: 16, width: 56, zeros: false },
  ],
])('a table of %s, taken apart, gives the rows of the kernel for it', async (_, table) => {
  const model = gathering(table);
  const kernel = await nodeRuntime.create(toBinary(ModelProtoSchema, model));
  const ids = [3, 0, 4, 1, 1, 2].map(BigInt);
  const feeds = { ids: new nodeRuntime.Tensor('int64', ids, [2, 3]) };
  const right = (await kernel.run(feeds)).rows;
  expect(plainGathers(model)).toBe(true);
  expect(model.graph?.node.some(({ domain }) => domain !== '')).toBe(false);
  const plain = await nodeRuntime.create(serialised(model));
  const found = (await plain.run(feeds)).rows;
  expect(found.dims).toEqual(right.dims);
  expect([...(found.data as Float32Array)]).toEqual([...(right.data as Float32Array)]);
});

function heads(change: (graph: OnnxGraph, logits: string) => string): ModelProto {
  const graph = new OnnxGraph('head');
  const hidden = graph.input('hidden', 'float32', ['batch', 'tokens', 4]);
  const weights = Float32Array.from({ length: 12 }, (_, i) => i - 5);
  const product = graph.op('MatMul', [hidden, graph.floats(weights, [4, 3])], {}, 'product');
  change(graph, product);
  graph.output('logits', 'float32', ['batch', 'tokens', 3]);
  return fromBinary(ModelProtoSchema, graph.toModel());
}

test('a decoder that gives all rows learns to give the last ones, through a bias and a scale', async () => {
  const model = heads((graph, product) => {
    const bias = graph.floats([1, 2, 3]);
    return graph.op('Mul', [graph.op('Add', [product, bias]), graph.floats([2])], {}, 'logits');
  });
  const hidden = new nodeRuntime.Tensor(
    'float32',
    Float32Array.from({ length: 40 }, (_, i) => i % 7),
    [2, 5, 4],
  );
  const whole = await nodeRuntime.create(toBinary(ModelProtoSchema, model));
  const { logits } = await whole.run({ hidden });
  const all = [...(logits.data as Float32Array)];
  expect(keepLastRows(model)).toBe(true);
  const kept = await nodeRuntime.create(serialised(model));
  for (const rows of [0, 1, 3, 5, 9]) {
    const keep = new nodeRuntime.Tensor('int64', [BigInt(rows)], [1]);
    const found = (await kept.run({ hidden, [KEEP]: keep })).logits;
    const count = rows === 0 ? 5 : Math.min(rows, 5);
    expect(found.dims).toEqual([2, count, 3]);
    const right = [0, 1].flatMap((row) => all.slice((row * 5 + 5 - count) * 3, (row + 1) * 15));
    expect([...(found.data as Float32Array)]).toEqual(right);
  }
});

test('a head that is not plain to see is left alone', () => {
  const mixed = heads((graph, product) => graph.op('Softmax', [product], { axis: 1 }, 'logits'));
  const twice = heads((graph, product) => graph.op('Add', [product, product], {}, 'logits'));
  for (const model of [mixed, twice]) {
    const before = toBinary(ModelProtoSchema, model);
    expect(keepLastRows(model)).toBe(false);
    expect(serialised(model)).toEqual(before);
  }
});

/** Nothing that happens to the files of an ONNX folder crashes, hangs, or leaves the runtime unfit for the next model. */

import { readFileSync } from 'node:fs';
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { unzipSync } from 'fflate';
import { expect, test, vi } from 'vitest';
import {
  byteMutants,
  expectNoneSilent,
  jsonMutants,
  type Mutant,
} from '../base/fixtures/mutants.ts';
import { storesOf } from '../base/fixtures/stores.ts';
import { Random } from '../base/random.ts';
import { openArchitecture } from '../model/families/families.ts';
import { genaiExport } from '../model/formats/genai-export.ts';
import {
  AttributeProtoSchema,
  AttributeProto_AttributeType as AttributeType,
  FunctionProtoSchema,
  type GraphProto,
  GraphProtoSchema,
  type ModelProto,
  ModelProtoSchema,
  NodeProtoSchema,
  TensorProtoSchema,
} from '../model/onnx/schema-pb.js';
import { foreignGraphs } from '../model/runtime/foreign-graphs.ts';
import { ModelNetwork } from '../model/runtime/network.ts';
import { readJsonObject } from '../model/sources/json-source.ts';
import { checkDecoder } from './self-check.ts';

vi.mock('onnxruntime-web/ort-wasm-simd-threaded.asyncify.mjs?url', async () => {
  const { glueAddress } = await import('../model/fixtures/node-sessions.ts');
  return { default: glueAddress };
});
vi.mock('onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url', async () => {
  const { wasmAddress } = await import('../model/fixtures/node-sessions.ts');
  return { default: wasmAddress };
});

const zip = new URL('../model/fixtures/exports/qwen2-5-vl-genai-int4.zip', import.meta.url);
const original = new Map(Object.entries(unzipSync(new Uint8Array(readFileSync(zip)))));
const textOf = (name: string) => new TextDecoder().decode(original.get(name));
const architecture = openArchitecture(readJsonObject(textOf('config.json'), 'config.json'));
const config = JSON.parse(textOf('genai_config.json')) as Record<string, unknown>;
const paths = [...original.keys()];
const DECODER = 'model.onnx';
const EMBED = 'embedding/model.onnx';

/** Opens a folder without its eyes, and reads a prompt with it. */
async function opened(files: ReadonlyMap<string, Uint8Array>): Promise<Float32Array> {
  const found = { ...genaiExport(config, paths), vision: null };
  const graphs = foreignGraphs(found, storesOf(files), architecture.config);
  const network = await ModelNetwork.create(graphs, architecture, { backend: 'wasm' });
  try {
    return await checkDecoder(network);
  } finally {
    await network.release();
  }
}

const withFile = (path: string, bytes: Uint8Array) =>
  new Map<string, Uint8Array>(original).set(path, bytes);

type Change = (graph: GraphProto, random: Random, model: ModelProto) => void;

const anyNode = ({ node }: GraphProto, random: Random) => random.pick(node);
const anyTensor = ({ initializer }: GraphProto, random: Random) => random.pick(initializer);
const loop = (depth: number): GraphProto =>
  create(GraphProtoSchema, {
    name: 'inner',
    node: depth === 0 ? [] : [holding(loop(depth - 1))],
  });
const holding = (g: GraphProto) =>
  create(NodeProtoSchema, {
    opType: 'If',
    attribute: [
      create(AttributeProtoSchema, { name: 'then_branch', type: AttributeType.GRAPH, g }),
    ],
  });
/** A node that makes so many zeros of nothing. */
const zeros = (graph: GraphProto, count: bigint) => {
  graph.initializer.push(
    create(TensorProtoSchema, { name: 'how_many', dataType: 7, dims: [1n], int64Data: [count] }),
  );
  graph.node.unshift(
    create(NodeProtoSchema, { opType: 'ConstantOfShape', input: ['how_many'], output: ['many'] }),
  );
  graph.node[1].input.push('many');
};

const CHANGES: Readonly<Record<string, Change>> = {
  'an operator nobody has': (graph, random) => {
    anyNode(graph, random).opType = 'Magic';
  },
  'an operator of another vendor': (graph, random) => {
    anyNode(graph, random).domain = 'com.other';
  },
  'an operator of another kind': (graph, random) => {
    anyNode(graph, random).opType = random.pick(['Reshape', 'Loop', 'Softmax', 'Concat', 'Scan']);
  },
  'a cycle': (graph, random) => {
    const from = random.int(graph.node.length - 1);
    const to = from + 1 + random.int(graph.node.length - from - 1);
    graph.node[from].input[0] = graph.node[to].output[0];
  },
  'a node that feeds itself': (graph, random) => {
    const one = anyNode(graph, random);
    one.input[0] = one.output[0];
  },
  'a node gone': (graph, random) => {
    graph.node.splice(random.int(graph.node.length), 1);
  },
  'nodes in another order': (graph) => {
    graph.node.reverse();
  },
  'an input that nothing makes': (graph, random) => {
    anyNode(graph, random).input[0] = 'nothing';
  },
  'inputs in another order': (graph, random) => {
    anyNode(graph, random).input.reverse();
  },
  'two of one name': (graph, random) => {
    anyNode(graph, random).output[0] = anyNode(graph, random).output[0];
  },
  'no inputs': (graph, random) => {
    anyNode(graph, random).input = [];
  },
  'a thousand more inputs': (graph, random) => {
    const one = anyNode(graph, random);
    one.input.push(...Array<string>(1000).fill(one.input[0] ?? ''));
  },
  'a huge size': (graph, random) => {
    const { dims } = anyTensor(graph, random);
    dims[0] = random.pick([2n ** 33n, 2n ** 40n, 2n ** 62n]);
  },
  'a size below nothing': (graph, random) => {
    anyTensor(graph, random).dims[0] = random.pick([-1n, -(2n ** 40n), 0n]);
  },
  'another size': (graph, random) => {
    anyTensor(graph, random).dims[0] += random.pick([1n, -1n, 7n]);
  },
  'another type of weights': (graph, random) => {
    anyTensor(graph, random).dataType = random.pick([0, 2, 6, 7, 8, 10, 16, 22, 99]);
  },
  'a tensor gone': (graph, random) => {
    graph.initializer.splice(random.int(graph.initializer.length), 1);
  },
  'another place of weights': (graph, random) => {
    const tensor = random.pick(graph.initializer.filter((one) => one.externalData.length > 0));
    const entry = random.pick(tensor.externalData);
    entry.value = random.pick(['', '-1', '9e99', '../../etc/passwd', '/dev/zero', 'NaN', '4096']);
  },
  'a huge attribute': (graph, random) => {
    const one = random.pick(graph.node.filter(({ attribute }) => attribute.length > 0));
    const attribute = random.pick(one.attribute);
    attribute.i = random.pick([2n ** 62n, -1n, 0n, 2n ** 31n]);
    attribute.f = random.pick([Number.NaN, 1e38, 0]);
  },
  'an attribute gone': (graph, random) => {
    const one = random.pick(graph.node.filter(({ attribute }) => attribute.length > 0));
    one.attribute.splice(random.int(one.attribute.length), 1);
  },
  'another version': (_, random, model) => {
    random.pick(model.opsetImport).version = random.pick([0n, 1n, 9n, 999n, -1n]);
  },
  'a version from the future': (_, random, model) => {
    model.irVersion = random.pick([0n, 999n]);
  },
  'no versions': (_graph, _random, model) => {
    model.opsetImport = [];
  },
  'an input of another type': (graph, random) => {
    const type = random.pick(graph.input).type?.value;
    if (type?.case === 'tensorType') type.value.elemType = random.pick([0, 6, 8, 9, 10, 16]);
  },
  'an input of another shape': (graph, random) => {
    const type = random.pick(graph.input).type?.value;
    if (type?.case === 'tensorType' && type.value.shape !== undefined)
      type.value.shape.dim = type.value.shape.dim.slice(random.int(2) + 1);
  },
  'an input gone': (graph, random) => {
    graph.input.splice(random.int(graph.input.length), 1);
  },
  'an output gone': (graph, random) => {
    graph.output.splice(random.int(graph.output.length), 1);
  },
  'no graph': (_graph, _random, model) => {
    delete model.graph;
  },
  'a huge constant': (graph, random) => zeros(graph, random.pick([2n ** 33n, 2n ** 40n, -1n])),
  'a function that calls itself': (graph, random, model) => {
    const call = () =>
      create(NodeProtoSchema, { opType: 'Again', domain: 'own', input: ['x'], output: ['y'] });
    model.functions.push(
      create(FunctionProtoSchema, {
        name: 'Again',
        domain: 'own',
        input: ['x'],
        output: ['y'],
        node: [call()],
        opsetImport: [{ domain: 'own', version: 1n }],
      }),
    );
    model.opsetImport.push(
      ...create(ModelProtoSchema, { opsetImport: [{ domain: 'own', version: 1n }] }).opsetImport,
    );
    const one = anyNode(graph, random);
    one.opType = 'Again';
    one.domain = 'own';
  },
  'graphs in graphs': (graph) => {
    graph.node.push(holding(loop(300)));
  },
  'a name of a megabyte': (graph, random) => {
    anyNode(graph, random).name = 'ab'.repeat(500_000);
  },
};

function* graphMutants(path: string, rounds: number): Generator<Mutant<[string, Uint8Array]>> {
  const bytes = original.get(path) ?? new Uint8Array();
  for (let round = 0; round < rounds; round++)
    for (const [what, change] of Object.entries(CHANGES)) {
      const random = new Random(round, what.length);
      const model = fromBinary(ModelProtoSchema, bytes);
      if (model.graph === undefined) throw new Error('the export has a graph');
      change(model.graph, random, model);
      yield {
        what: `${what} (${path}, ${round})`,
        value: [path, toBinary(ModelProtoSchema, model)],
      };
    }
}

test.each([
  ['the decoder', DECODER, 3],
  ['the embedding', EMBED, 1],
])('%s, its graph changed', { timeout: 120_000 }, async (_, path, rounds) => {
  const right = await opened(original);
  const tally = await expectNoneSilent(
    graphMutants(path, rounds),
    ([name, bytes]) => opened(withFile(name, bytes)),
    () => null,
  );
  expect(tally.refused).toBeGreaterThan(tally.accepted);
  expect(await opened(original)).toEqual(right);
});

test('files cut off, longer, shorter, and with bits turned', { timeout: 120_000 }, async () => {
  const right = await opened(original);
  const changed = function* (): Generator<Mutant<[string, Uint8Array]>> {
    for (const [i, path] of [DECODER, EMBED, `${DECODER}_data`, `${EMBED}_data`].entries())
      for (const { what, value } of byteMutants(original.get(path) ?? new Uint8Array(), 10, i))
        yield { what: `${what} of ${path}`, value: [path, value] };
  };
  // Weights have no checksum: what is as long as it was is taken for what it is.
  await expectNoneSilent(
    changed(),
    ([name, bytes]) => opened(withFile(name, bytes)),
    () => null,
  );
  expect(await opened(original)).toEqual(right);
});

test('genai_config.json', async () => {
  const found = genaiExport(config, paths);
  const tally = await expectNoneSilent(
    jsonMutants(config, 120, 9),
    (text) => genaiExport(readJsonObject(text, 'genai_config.json'), paths),
    (read) => {
      const named = Object.values(read).flat();
      const known = named.every((path) => path === null || paths.includes(path));
      return known ? null : `${JSON.stringify(read)} beside ${JSON.stringify(found)}`;
    },
  );
  expect(tally.refused).toBeGreaterThan(10);
});

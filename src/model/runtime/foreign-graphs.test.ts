/** What a foreign export says of itself is held against its family and its files before a session is tried. */

import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { expect, test } from 'vitest';
import { storesOf } from '../../base/fixtures/stores.ts';
import type { ModelConfig } from '../families/family.ts';
import { type FamilyCase, familyModel } from '../fixtures/family-run.ts';
import { readFixture } from '../fixtures/support.ts';
import type { OnnxExport } from '../formats/onnx-export.ts';
import {
  type ModelProto,
  ModelProtoSchema,
  NodeProtoSchema,
  StringStringEntryProtoSchema,
} from '../onnx/schema-pb.js';
import { foreignGraphs as openGraphs } from './foreign-graphs.ts';
import { ownGraphs } from './model-graphs.ts';

const cases = readFixture<FamilyCase>('families.json');
const EXPORT = {
  embed: 'onnx/embed_tokens.onnx',
  vision: 'onnx/vision_encoder.onnx',
  decoder: 'onnx/decoder_model_merged.onnx',
  files: [],
};

function foreignGraphs(
  layout: OnnxExport,
  files: ReadonlyMap<string, Uint8Array>,
  config: ModelConfig,
) {
  return openGraphs(layout, storesOf(files), config);
}

/** The graphs of a family's small model, as the files of an export. */
async function exported(type: string) {
  const row = cases.find(({ config }) => config.model_type === type);
  if (row === undefined) throw new Error(`the fixture has no ${type}`);
  const { architecture, stateDict } = familyModel(row);
  const { embed, vision, decoder } = ownGraphs(architecture, stateDict);
  if (vision === null) throw new Error('the model has eyes');
  const files = new Map([
    [EXPORT.embed, (await embed('wasm')).model],
    [EXPORT.vision, (await vision()).model],
    [EXPORT.decoder, (await decoder()).model],
  ]);
  return { config: architecture.config, files };
}

/** The files with another embedding graph. */
function withEmbed(files: ReadonlyMap<string, Uint8Array>, change: (model: ModelProto) => void) {
  const model = fromBinary(ModelProtoSchema, files.get(EXPORT.embed) ?? new Uint8Array());
  change(model);
  return new Map(files).set(EXPORT.embed, toBinary(ModelProtoSchema, model));
}

test.each(['qwen2_vl', 'qwen2_5_vl', 'qwen3_vl'])(
  'what this project exports of a %s, it opens again',
  async (type) => {
    const { config, files } = await exported(type);
    const graphs = foreignGraphs(EXPORT, files, config);
    expect(graphs.foreign).toMatchObject({ halfFloats: false, marks: [] });
    expect((await graphs.decoder()).model).toEqual(files.get(EXPORT.decoder));
  },
);

test('an export that leaves out DeepStack is marked, with eyes; without them there is nothing to lose', async () => {
  const { files } = await exported('qwen2_5_vl');
  const { config } = await exported('qwen3_vl');
  expect(config.text.deepstackLayers).toBeGreaterThan(0);
  const marked = foreignGraphs(EXPORT, files, config).foreign?.marks;
  expect(marked).toEqual([expect.stringContaining('leaves out DeepStack')]);
  const blind = foreignGraphs({ ...EXPORT, vision: null }, files, config);
  expect(blind).toMatchObject({ vision: null, foreign: { marks: [] } });
});

const stored =
  (entries: Readonly<Record<string, string>>) =>
  ({ graph }: ModelProto) => {
    const tensor = graph?.initializer[0];
    if (tensor === undefined) throw new Error('the graph has weights');
    tensor.externalData = Object.entries(entries).map(([key, value]) =>
      create(StringStringEntryProtoSchema, { key, value }),
    );
  };
const PLACE = { location: 'embed_tokens.onnx_data', offset: '4', length: '12' };

test.each([
  ['a place that ends after the file', { ...PLACE, length: '13' }],
  ['a place before its begin', { ...PLACE, offset: '-4' }],
  ['a length below nothing', { ...PLACE, length: '-1' }],
  ['a place that is no number', { ...PLACE, offset: 'four' }],
  ['a file outside the folder', { ...PLACE, location: '../embed_tokens.onnx_data' }],
  ['a file that is not there', { ...PLACE, location: 'other.onnx_data' }],
])('weights in %s are refused', async (_, place) => {
  const { config, files } = await exported('qwen2_5_vl');
  const given = withEmbed(files, stored(place)).set(`onnx/${PLACE.location}`, new Uint8Array(16));
  expect(() => foreignGraphs(EXPORT, given, config)).toThrow(/The weights of onnx\/embed_tokens/);
  const right = withEmbed(files, stored(PLACE)).set(`onnx/${PLACE.location}`, new Uint8Array(16));
  const { externalData } = await foreignGraphs(EXPORT, right, config).embed('webgpu');
  expect(externalData).toMatchObject([{ path: PLACE.location }]);
});

test('an operator of another vendor and an input that nobody feeds are refused by name', async () => {
  const { config, files } = await exported('qwen2_5_vl');
  const foreign = withEmbed(files, ({ graph }) => {
    graph?.node.push(create(NodeProtoSchema, { domain: 'com.other', opType: 'Magic' }));
  });
  expect(() => foreignGraphs(EXPORT, foreign, config)).toThrow(/com\.other\.Magic/);
  const hungry = withEmbed(files, ({ graph }) => {
    if (graph !== undefined) graph.input[0].name = 'token_type_ids';
  });
  expect(() => foreignGraphs(EXPORT, hungry, config)).toThrow(/token_type_ids/);
});

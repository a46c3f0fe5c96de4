/** On wasm, every family's graphs equal the official classes on small random models; fixtures come from tools/fixtures/families.py. */

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { refusedBy } from '../../base/fixtures/refused.ts';
import {
  compareFamily,
  type FamilyCase,
  familyModel,
  openFamily,
  prepareFamily,
} from '../fixtures/family-run.ts';
import { nodeRuntime } from '../fixtures/node-runtime.ts';
import { distance, GraphRun, openGraphs, output, pattern } from '../fixtures/parity-run.ts';
import { readFixture } from '../fixtures/support.ts';
import { readSafetensors, toFloat32 } from '../formats/safetensors.ts';
import { smartResize } from '../processor/image-size.ts';
import { ropePositionIds } from '../processor/positions.ts';
import type { JsonObject } from '../sources/json-source.ts';
import { FAMILIES, openArchitecture } from './families.ts';
import { weightsOf } from './settle.ts';

const cases = readFixture<FamilyCase>('families.json');
const arrays = readSafetensors(readFileSync('src/model/fixtures/families.safetensors'));
const named = cases.map((row) => [row.name, row] as const);

function expected(name: string) {
  const found = arrays.get(name);
  if (found === undefined) throw new Error(`the fixture has no ${name}`);
  return found;
}

test('every family of the table is in the fixture, but for the one that opens as graphs of others alone', () => {
  // Its graphs are held in engine/foreign-exports.test.ts.
  const types = new Set([...cases.map(({ config }) => config.model_type), 'qwen3_5']);
  expect([...types].sort()).toEqual(FAMILIES.flatMap(({ modelTypes }) => modelTypes).sort());
});

test.each(named)(
  'features and logits equal the official ones, whole and one token at a time: %s',
  async (_, row) => {
    const model = await openFamily(nodeRuntime, row);
    for (const prompt of row.prompts) {
      const found = await compareFamily(model, prompt, 4, (name) =>
        expected(`${row.name}/${prompt.name}/${name}`),
      );
      for (const [what, far] of found) {
        expect(far.absolute, `${what}, ${prompt.name}`).toBeLessThan(1e-4);
        expect(far.relative, `${what}, ${prompt.name}`).toBeLessThan(1e-5);
      }
    }
    for (const graph of [model.embed, model.vision, model.decoder]) await graph.release();
  },
);

test.each(named)('the official names and shapes are those of the graphs: %s', (_, row) => {
  const { architecture, notices } = familyModel(row);
  expect(notices).toEqual([]);
  const { canonicalName } = architecture.family;
  const wanted = new Map(weightsOf(architecture).map(({ name, shape }) => [name, shape.join()]));
  const official = Object.entries(row.shapes).map(
    ([name, shape]) => [canonicalName(name), shape.join()] as const,
  );
  expect(new Map([...wanted].sort())).toEqual(new Map([...official].sort()));
  const count = Object.values(row.shapes).reduce(
    (sum, shape) => sum + shape.reduce((a, b) => a * b, 1),
    0,
  );
  expect(architecture.weights).toBe(count);
});

test.each(named)('positions and rope deltas equal the official ones: %s', (_, row) => {
  const { config } = openArchitecture(row.config);
  for (const { ids, grids, positions, delta } of row.prompts) {
    const found = ropePositionIds(ids, grids, config);
    const text = [0, 1, 2].flatMap(() => [...ids.keys()]);
    expect([...found.positionIds]).toEqual(positions?.flat() ?? text);
    expect(found.delta).toBe(delta ?? 0);
  }
});

interface ProcessorRow {
  readonly family: string;
  readonly settings: JsonObject;
  readonly pictures: readonly {
    readonly picture: readonly [width: number, height: number, seed: number];
    readonly grid: readonly number[];
    readonly sha256: string;
  }[];
  readonly patches: readonly (readonly [width: number, height: number, patches: number])[];
}

test.each(
  readFixture<ProcessorRow>('family-processors.json').map((row) => [row.family, row] as const),
)(
  'pixels and sizes of pictures are the official ones, from either file: %s',
  (type, { settings, pictures, patches }) => {
    const family = FAMILIES.find(({ modelTypes }) => modelTypes.includes(type));
    if (family === undefined) throw new Error(`no family ${type}`);
    const config = family.processor.imageSettings(undefined, settings);
    const nested = { image_processor: settings, processor_class: 'Processor' };
    expect(family.processor.imageSettings(nested, undefined)).toEqual(config);
    for (const { picture, grid, sha256 } of pictures) {
      const { pixelValues, gridThw } = family.processor.preprocess(pattern(...picture), config);
      expect(gridThw).toEqual(grid);
      const bytes = new Uint8Array(pixelValues.buffer);
      expect(createHash('sha256').update(bytes).digest('hex')).toBe(sha256);
    }
    const factor = config.patchSize * config.mergeSize;
    for (const [width, height, expectedPatches] of patches) {
      const size = smartResize({ width, height }, factor, config);
      expect((size.width * size.height) / config.patchSize ** 2).toBe(expectedPatches);
    }
  },
);

test('a decoder of fixed sizes without a cache gives the last rows, in a family without a form to differentiate', async () => {
  const row = cases.find(({ config }) => config.model_type === 'qwen3_vl');
  const prompt = row?.prompts.find(({ grids }) => grids.length > 0);
  if (row === undefined || prompt === undefined) throw new Error('the fixture has no such case');
  const { architecture, stateDict } = familyModel(row);
  const run = await openGraphs(nodeRuntime, architecture, stateDict);
  const { embeds, deepstack, positionIds } = await prepareFamily(run, prompt);
  const tokens = prompt.ids.length;
  const built = architecture.decoder(stateDict, {
    weights: 'initializers',
    cache: false,
    shapes: { batch: 1, tokens, kept: 2 },
  });
  const graph = await GraphRun.open(nodeRuntime, built, stateDict);
  const outputs = await graph.run({
    inputs_embeds: embeds,
    ...deepstack,
    attention_mask: { data: prompt.ids.map(() => 1), dims: [1, tokens] },
    position_ids: { data: positionIds, dims: [3, 1, tokens] },
  });
  const { data, dims } = output(outputs, 'logits');
  expect(dims).toEqual([1, 2, architecture.config.text.vocabSize]);
  const all = toFloat32(expected(`${row.name}/${prompt.name}/logits`));
  expect(distance(data, all.slice(-data.length)).absolute).toBeLessThan(1e-4);
  for (const one of [run.embed, run.vision, run.decoder, graph]) await one.release();
});

test('a family without a differentiable form says that it cannot be trained', () => {
  for (const [, row] of named) {
    const { abilities, differentiable } = openArchitecture(row.config);
    expect(abilities.canTrain.can).toBe(differentiable !== null);
    expect(differentiable === null).toBe(row.config.model_type === 'qwen3_vl');
  }
});

/** What `open` refuses with. */
const refusal = (config: Record<string, unknown>) => refusedBy(() => openArchitecture(config));

test.each([
  ['qwen3_vl_moe', 'mixture of experts'],
  ['qwen3_5_moe', 'Qwen3.5'],
  ['qwen2', 'text alone'],
  ['qwen3', 'text alone'],
  ['qwen2_5_omni', 'sound'],
])('a relative that does not open is refused by what it is: %s', (modelType, words) => {
  const record = refusal({ model_type: modelType });
  expect(record.code).toBe('model.architecture');
  expect(record.message).toContain(words);
  expect(record.fix).toContain('qwen3_vl');
});

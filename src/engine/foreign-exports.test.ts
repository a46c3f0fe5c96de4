/** Folders that other exporters made open whole, and have the logits of the official classes. */

import { readFileSync } from 'node:fs';
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { unzipSync } from 'fflate';
import { afterAll, expect, test, vi } from 'vitest';
import { checkScoring } from '../inference/checks.ts';
import { loadAssets } from '../model/assets.ts';
import { drawnPixels } from '../model/fixtures/family-run.ts';
import { distance } from '../model/fixtures/parity-run.ts';
import { readFixture } from '../model/fixtures/support.ts';
import { readSafetensors, type TensorData, toFloat32 } from '../model/formats/safetensors.ts';
import { ModelProtoSchema, NodeProtoSchema } from '../model/onnx/schema-pb.js';
import type { GridThw } from '../model/processor/image.ts';
import { ropePositionIds } from '../model/processor/positions.ts';
import type { KeyValueCache, PlacedFeatures } from '../model/runtime/decode-step.ts';
import type { ModelNetwork } from '../model/runtime/network.ts';
import type { JsonObject } from '../model/sources/json-source.ts';
import { openBackend } from './backends.ts';

vi.mock('onnxruntime-web/ort-wasm-simd-threaded.asyncify.mjs?url', async () => {
  const { glueAddress } = await import('../model/fixtures/node-sessions.ts');
  return { default: glueAddress };
});
vi.mock('onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url', async () => {
  const { wasmAddress } = await import('../model/fixtures/node-sessions.ts');
  return { default: wasmAddress };
});

/** A row of `exports.json`. */
interface ExportCase {
  readonly name: string;
  readonly precision: 'fp32' | 'fp16' | 'q4' | 'q4f16' | 'int8';
  readonly layout: string;
  readonly config: JsonObject;
  /** Of the official class, where the folder was made since that is written down. */
  readonly parameters?: number;
  readonly prompts: readonly {
    readonly name: string;
    readonly ids: readonly number[];
    readonly grids: readonly GridThw[];
  }[];
}

const here = new URL('../model/fixtures/exports/', import.meta.url);
const read = (name: string) => new Uint8Array(readFileSync(new URL(name, here)));
const cases = readFixture<ExportCase>('exports/exports.json');
const expected = readSafetensors(read('exports.safetensors'), 'exports.safetensors');

function folder(name: string) {
  const files = Object.entries(unzipSync(read(`${name}.zip`))).map(([path, bytes]) => ({
    path,
    file: new Blob([new Uint8Array(bytes)]),
  }));
  return { kind: 'folder', name, files } as const;
}

/** Rows that a decoder is told to keep, whether its exporter thought of it or not. */
const KEPT = 3;

/**
 * Logits of a prompt: the last rows, read at once, or all with the last `steps` tokens by themselves, in pieces of so
 * many; every fourth entry.
 */
async function logitsOf(
  network: ModelNetwork,
  { ids, grids }: ExportCase['prompts'][number],
  steps: number,
  pieces = 1,
): Promise<Float32Array> {
  const { config } = network;
  const { positionIds } = ropePositionIds(ids, grids, config);
  const images = await placed(network, { ids, grids }, steps > 0);
  const logits: number[] = [];
  let cache: KeyValueCache | null = null;
  const ends = Array.from(
    { length: steps / pieces + 1 },
    (_, i) => ids.length - steps + i * pieces,
  );
  const cuts = [0, ...ends];
  for (const [i, to] of cuts.entries()) {
    if (i === 0) continue;
    const from = cuts[i - 1];
    const found = await network.decode({
      batch: {
        batch: 1,
        length: to - from,
        inputIds: Int32Array.from(ids.slice(from, to)),
        positionIds: Int32Array.from(
          [0, 1, 2].flatMap((axis) => [
            ...positionIds.subarray(axis * ids.length + from, axis * ids.length + to),
          ]),
        ),
      },
      attentionMask: new Int32Array(to).fill(1),
      images: from > 0 ? [] : images,
      cache,
      keep: steps === 0 ? KEPT : 0,
      grow: true,
    });
    cache = found.cache;
    if (found.logits.kind !== 'memory') throw new Error('on a GPU');
    logits.push(...found.logits.data.filter((_, at) => at % 4 === 0));
  }
  return Float32Array.from(logits);
}

/** The features of a prompt's images, encoded together or each by itself. */
async function placed(
  network: ModelNetwork,
  { ids, grids }: Pick<ExportCase['prompts'][number], 'ids' | 'grids'>,
  together: boolean,
): Promise<PlacedFeatures[]> {
  const { config } = network;
  const pixels = drawnPixels(config, grids);
  const tokens = [...ids.keys()].filter((i) => ids[i] === config.imageTokenId);
  const runs = together && grids.length > 0 ? [grids] : grids.map((grid) => [grid]);
  const found: PlacedFeatures[] = [];
  let [pixel, token] = [0, 0];
  for (const run of runs) {
    const patches = run.reduce((sum, [t, h, w]) => sum + t * h * w, 0);
    const size = patches * 3 * config.vision.temporalPatchSize * config.vision.patchSize ** 2;
    const features = await network.encodeImages(pixels.slice(pixel, pixel + size), run);
    const imageTokens = Int32Array.from(tokens.slice(token, token + features.tokens));
    found.push({ row: 0, start: 0, imageTokens, features });
    pixel += size;
    token += features.tokens;
  }
  return found;
}

/** Within 2 % of the norm where half floats are computed with, else within 1e-3. */
function expectClose(precision: ExportCase['precision'], found: Float32Array, right: Float32Array) {
  const { absolute, relative } = distance(found, right);
  if (precision.endsWith('16')) expect(relative).toBeLessThan(2e-2);
  else expect(absolute).toBeLessThan(1e-3);
}

const opened: ModelNetwork[] = [];
afterAll(() => Promise.all(opened.map((network) => network.release())));

test.each(cases)(
  '$name has the logits of the official class',
  async ({ name, precision, layout, prompts }) => {
    const assets = await loadAssets(folder(name), {});
    const { network } = await openBackend(assets, 'wasm', new Map(), () => undefined);
    opened.push(network);
    const whole = assets.marks.length === 0;
    expect(whole).toBe(!name.startsWith('qwen3-vl') || layout.endsWith('blind'));
    for (const prompt of prompts) {
      const of = whole || prompt.grids.length === 0 ? 'logits' : 'without deepstack';
      const right = expected.get(`${name}/${prompt.name}/${of}`);
      if (right === undefined) throw new Error('the fixture has logits');
      for (const steps of [0, 3]) {
        const found = await logitsOf(network, prompt, steps);
        const all = toFloat32(right);
        const rows = steps === 0 ? KEPT : prompt.ids.length;
        expect(found).toHaveLength((all.length / prompt.ids.length) * rows);
        const last = Float32Array.from(all.subarray(-found.length));
        expectClose(precision, found, last);
      }
    }
  },
);

test('adapters in the folder of graphs are said to be no part of what runs', async () => {
  const { files, ...source } = folder('qwen2-vl-mobius-fp32');
  const adapter = ['adapter_config.json', 'adapter_model.safetensors'].map((name) => ({
    path: `checkpoint-5/${name}`,
    file: new Blob(['{}']),
  }));
  const { notices } = await loadAssets({ ...source, files: [...files, ...adapter] }, {});
  expect(notices.join()).toContain('Adapters in the folder (checkpoint-5) are not part');
});

const hybrid = cases.filter(({ config }) => config.model_type === 'qwen3_5');

test.each(hybrid)(
  '$name: states are carried through pieces of a prompt, and its weights are counted',
  async ({ name, parameters, precision, prompts }) => {
    const assets = await loadAssets(folder(name), {});
    expect(assets.architecture.weights).toBe(parameters);
    expect(assets.architecture.abilities.canTrain.can).toBe(false);
    const { network } = await openBackend(assets, 'wasm', new Map(), () => undefined);
    opened.push(network);
    for (const prompt of prompts) {
      const right = toFloat32(expected.get(`${name}/${prompt.name}/logits`) as TensorData);
      expectClose(precision, await logitsOf(network, prompt, 4, 2), right);
    }
  },
);

test('weights of a Qwen3.5 are refused before they are read, by what is missing', async () => {
  const { files, ...source } = folder('qwen3-5-mobius-fp32');
  const texts = files.filter(({ path }) => !path.endsWith('.onnx') && !path.endsWith('_data'));
  const weights = { path: 'model.safetensors', file: new Blob(['no weights']) };
  const refused = loadAssets({ ...source, files: [...texts, weights] }, {});
  await expect(refused).rejects.toMatchObject({
    record: { code: 'model.graphs-only', fix: expect.stringContaining('ONNX export') },
  });
});

/** A folder whose decoder rounds what it reads to eight bits, with steps that all tokens of a run choose together. */
function dynamicFolder() {
  const name = 'qwen2-vl-mobius-fp32';
  const files = unzipSync(read(`${name}.zip`));
  const path = 'onnx/decoder_model_merged.onnx';
  const model = fromBinary(ModelProtoSchema, files[path]);
  const nodes = model.graph?.node ?? [];
  for (const node of nodes)
    node.input = node.input.map((input) => (input === 'inputs_embeds' ? 'rounded' : input));
  const steps = ['eighths', 'scale', 'zero'];
  const add = (opType: string, input: string[], output: string[]) =>
    create(NodeProtoSchema, { opType, name: opType, input, output });
  nodes.unshift(
    add('DynamicQuantizeLinear', ['inputs_embeds'], steps),
    add('DequantizeLinear', steps, ['rounded']),
  );
  const changed = Object.entries({ ...files, [path]: toBinary(ModelProtoSchema, model) });
  return {
    kind: 'folder',
    name,
    files: changed.map(([file, bytes]) => ({
      path: file,
      file: new Blob([new Uint8Array(bytes)]),
    })),
  } as const;
}

test('graphs that are quantized anew for every run open for rollouts alone, and are marked', async () => {
  const assets = await loadAssets(dynamicFolder(), {});
  expect(assets.marks.join()).toContain('nothing of it can be scored');
  expect(() => checkScoring(assets)).toThrow(/quantized to eight bits anew/);
  const { network } = await openBackend(assets, 'wasm', new Map(), () => undefined);
  opened.push(network);
  const prompt = { name: 'text', ids: [5, 9, 100, 41, 7, 3], grids: [] };
  const [whole, pieces] = [await logitsOf(network, prompt, 0), await logitsOf(network, prompt, 3)];
  // What it gives one token depends on those that are read with it: why it is not scored.
  const { absolute } = distance(whole, pieces.subarray(-whole.length));
  expect(absolute).toBeGreaterThan(1e-3);
  expect(absolute).toBeLessThan(2);
});

/**
 * On WebGPU, with no node on the CPU, a small model of each family equals the official classes; and the network feeds
 * the graphs of all of them what they ask for, DeepStack's features on both backends.
 */

import { beforeAll, describe, expect, test } from 'vitest';
import {
  compareFamily,
  drawnPixels,
  type FamilyCase,
  familyLogits,
  familyModel,
  openFamily,
  prepareFamily,
} from '../fixtures/family-run.ts';
import { distance } from '../fixtures/parity-run.ts';
import { wasmRuntime, webgpuRuntime } from '../fixtures/webgpu-runtime.ts';
import { readSafetensors, type TensorData, toFloat32 } from '../formats/safetensors.ts';
import { ropePositionIds } from '../processor/positions.ts';
import { releaseFeatures } from '../runtime/decode-step.ts';
import { type GpuContext, requestGpu } from '../runtime/device.ts';
import { ownGraphs } from '../runtime/model-graphs.ts';
import { ModelNetwork } from '../runtime/network.ts';
import { type Logits, readBuffer } from '../runtime/tensors.ts';

const FIXTURES = '/src/model/fixtures';
const cases: FamilyCase[] = await (await fetch(`${FIXTURES}/families.json`)).json();
/** The last variant of each family: seven heads on one, tied. */
const small = cases.filter(({ name }) => name.endsWith('7 heads on 1'));
const named = small.map((row) => [row.name, row] as const);

let arrays: Map<string, TensorData>;
let gpu: GpuContext;

beforeAll(async () => {
  const file = await fetch(`${FIXTURES}/families.safetensors`);
  arrays = readSafetensors(new Uint8Array(await file.arrayBuffer()));
  gpu = await requestGpu();
});

function expected(name: string): TensorData {
  const found = arrays.get(name);
  if (found === undefined) throw new Error(`the fixture has no ${name}`);
  return found;
}

/** Qwen2.5-VL has its own parity test. */
const built = named.filter(([, { config }]) => config.model_type !== 'qwen2_5_vl');

test.each(built)('features and logits equal the official ones: %s', async (_, row) => {
  const model = await openFamily(webgpuRuntime, row);
  const prompt = row.prompts[2];
  const found = await compareFamily(model, prompt, 2, (name) =>
    expected(`${row.name}/${prompt.name}/${name}`),
  );
  for (const [what, far] of found) expect(far.absolute, what).toBeLessThan(1e-3);
  for (const graph of [model.embed, model.vision, model.decoder]) await graph.release();
});

test.each(named.slice(-1))(
  'in 4 bits, no node on the CPU, logits are those of wasm: %s',
  async (_, row) => {
    const options = { weights: 'initializers', precision: 'q4', external: true } as const;
    const found: Float32Array[] = [];
    for (const runtime of [wasmRuntime, webgpuRuntime]) {
      const model = await openFamily(runtime, row, options);
      const feeds = await prepareFamily(model, row.prompts[2]);
      found.push(await familyLogits(model, feeds, 2));
      for (const graph of [model.embed, model.vision, model.decoder]) await graph.release();
    }
    expect(distance(found[1], found[0]).absolute).toBeLessThan(1e-3);
  },
);

async function valuesOf(logits: Logits): Promise<Float32Array> {
  const values =
    logits.kind === 'memory'
      ? logits.data.slice()
      : await readBuffer(gpu.device, logits.buffer, logits.rows * logits.vocab);
  logits.release();
  return values;
}

const deepstack = named.filter(([, { config }]) => config.model_type === 'qwen3_vl');

describe.each([
  ['wasm', named],
  ['webgpu', deepstack],
] as const)('the network on %s', (backend, rows) => {
  test.each(rows)('reads a prompt with pictures, then a token: %s', async (_, row) => {
    const { architecture, stateDict } = familyModel(row);
    const graphs = ownGraphs(architecture, stateDict);
    const target = backend === 'wasm' ? { backend } : { backend, device: gpu.device };
    const network = await ModelNetwork.create(graphs, architecture, target);
    const { ids, grids, name } = row.prompts[2];
    const { config } = architecture;
    const features = await network.encodeImages(drawnPixels(config, grids), grids);
    const placeholders = ids.flatMap((id, i) => (id === config.imageTokenId ? [i] : []));
    const { positionIds } = ropePositionIds(ids, grids, config);
    const last = ids.length - 1;
    const step = (from: number, to: number) => ({
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
      keep: 1,
    });
    const images = [{ row: 0, start: 0, imageTokens: Int32Array.from(placeholders), features }];
    const first = await network.decode({ ...step(0, last), images, cache: null, grow: true });
    const next = await network.decode({
      ...step(last, ids.length),
      images: [],
      cache: first.cache,
      grow: false,
    });
    const found = [...(await valuesOf(first.logits)), ...(await valuesOf(next.logits))];
    const official = toFloat32(expected(`${row.name}/${name}/logits`));
    expect(distance(found, official.slice(-2 * config.text.vocabSize)).absolute).toBeLessThan(1e-3);
    releaseFeatures(features);
    await network.release();
  });
});

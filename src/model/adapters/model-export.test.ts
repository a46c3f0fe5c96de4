/** Merged weights give the adapter's logits, and what is exported is a model that the page loads again. */

import { unzipSync } from 'fflate';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { type ExportFile, zipStream } from '../../storage/zip-write.ts';
import { loadAssets, requireStateDict } from '../assets.ts';
import { canonicalStateDict } from '../families/canonical.ts';
import { QWEN2_5_VL, qwen25VL } from '../families/families.ts';
import { bundledAssets } from '../fixtures/bundled-assets.ts';
import { nodeRuntime } from '../fixtures/node-runtime.ts';
import { distance, GraphRun } from '../fixtures/parity-run.ts';
import { randomStateDict, smallConfig, smallConfigJson } from '../fixtures/random-model.ts';
import {
  float32Tensor,
  readSafetensors,
  type TensorData,
  toFloat32,
} from '../formats/safetensors.ts';
import { modelCard } from './card.ts';
import { asPicked, lastLogits, logitsOf, peftFixture } from './fixtures/support.ts';
import { mergeTrained } from './merge.ts';
import { huggingFaceFiles, onnxFiles } from './model-export.ts';
import { type ImportedAdapter, readAdapter } from './peft.ts';

// Sessions open slowly where other work runs beside the tests.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const fixture = peftFixture();
const origin = { base: { name: 'tiny-qwen2.5-vl', fingerprint: 'f'.repeat(64) }, run: null };
const card = modelCard(origin);
let assets: Awaited<ReturnType<typeof bundledAssets>>;
let adapter: ImportedAdapter;
let byAdapter: Float32Array;

beforeAll(async () => {
  assets = await bundledAssets();
  adapter = readAdapter(fixture, assets.architecture);
  byAdapter = await logitsOf(assets, assets.stateDict, fixture.ids, 2, adapter);
});

const exported = (stateDict = mergeTrained(assets.stateDict, adapter)) => ({
  architecture: assets.architecture,
  stateDict,
  companions: assets.companions,
  card,
});

const named = (files: readonly ExportFile[], name: string) => {
  const found = files.find(({ path }) => path === name);
  if (found === undefined) throw new Error(`no ${name}`);
  return found.bytes();
};

test('merged weights are W + (alpha / rank)·B·A, everything else is the base itself', () => {
  const merged = mergeTrained(assets.stateDict, adapter);
  const path = 'model.layers.2.self_attn.k_proj';
  const values = (name: string) => adapter.tensors.get(`${path}.${name}.weight`)?.data ?? [];
  const [a, b] = [values('lora_A'), values('lora_B')];
  const weight = (stateDict: typeof merged) =>
    toFloat32(stateDict.get(`${path}.weight`) ?? float32Tensor(new Float32Array(), [0]));
  const [before, after] = [weight(assets.stateDict), weight(merged)];
  expect(after.length).toBe(64 * 128);
  for (let row = 0; row < 64; row += 9)
    for (let column = 0; column < 128; column += 13) {
      const at = row * 128 + column;
      const change = 3 * (b[row * 2] * a[column] + b[row * 2 + 1] * a[128 + column]);
      expect(after[at]).toBe(Math.fround(before[at] + change));
    }
  const changed = [...merged].filter(([name, tensor]) => assets.stateDict.get(name) !== tensor);
  expect(changed.length).toBe(4 * 7);
});

test('a merged folder is loaded by the page and gives the logits of the adapter', async () => {
  const files = huggingFaceFiles(exported());
  const picked = asPicked(files, 'merged/');
  const back = requireStateDict(
    await loadAssets({ kind: 'folder', name: 'merged', files: picked }, {}),
  );
  expect(back.config).toEqual(assets.config);
  expect(back.companions).toEqual(assets.companions);
  expect(back.tokenizer.encode('A banana.')).toEqual(assets.tokenizer.encode('A banana.'));
  const logits = await logitsOf(back, back.stateDict, fixture.ids, 2);
  expect(distance(logits, byAdapter).absolute).toBeLessThan(1e-5);
});

test('the exported graphs give the logits of the adapter', async () => {
  const files = onnxFiles(exported());
  const open = async (name: string) => {
    const model = named(files, `onnx/${name}.onnx`);
    const built = { model, external: [], inputs: [], outputs: [], weightInputs: [], nodeCount: 0 };
    return GraphRun.open(nodeRuntime, built, new Map());
  };
  const [embed, vision, decoder] = await Promise.all(
    ['embed_tokens', 'vision_encoder', 'decoder_model_merged'].map(open),
  );
  const preprocessor = assets.processor.preprocessorConfig;
  const run = { config: assets.config, preprocessor, embed, vision, decoder };
  const logits = await lastLogits(run, fixture.ids, 2);
  expect(distance(logits, byAdapter).absolute).toBeLessThan(1e-5);
});

test('the exported graphs come in again: their folder opens as a model with the same graphs and logits', async () => {
  const files = onnxFiles(exported());
  const opened = requireStateDict(
    await loadAssets({ kind: 'folder', name: 'x', files: asPicked(files) }, {}),
  );
  expect(opened.companions.get('tokenizer.json')).toBe(assets.companions.get('tokenizer.json'));
  expect(opened.companions.get('generation_config.json')).toBe(
    assets.companions.get('generation_config.json'),
  );
  const again = onnxFiles({ ...opened, card });
  for (const { path, bytes } of files.filter(({ path }) => path.endsWith('.onnx')))
    expect(Buffer.compare(named(again, path), bytes()), path).toBe(0);
  const logits = await logitsOf(opened, opened.stateDict, fixture.ids, 2);
  expect(distance(logits, byAdapter).absolute).toBeLessThan(1e-5);
});

test('fully trained weights take the place of the base’s, tied head and vision tower included', () => {
  const names = ['model.embed_tokens.weight', 'visual.merger.ln_q.weight'];
  const tensors = new Map(
    names.map((name) => {
      const shape = assets.stateDict.get(name)?.shape ?? [];
      const size = shape.reduce((product, extent) => product * extent, 1);
      return [name, { shape, data: new Float32Array(size).fill(0.5) }] as const;
    }),
  );
  const merged = mergeTrained(assets.stateDict, {
    trainable: { kind: 'full', vision: true },
    tensors,
  });
  const back = canonicalStateDict(
    readSafetensors(named(huggingFaceFiles(exported(merged)), 'model.safetensors')),
    QWEN2_5_VL,
  );
  for (const name of names) {
    const tensor = back.get(name);
    expect(tensor?.shape).toEqual(tensors.get(name)?.shape);
    expect(tensor && toFloat32(tensor).every((value) => value === 0.5)).toBe(true);
  }
  expect(back.size).toBe(assets.stateDict.size);
});

test('what does not fit the base is refused by name', () => {
  const small = randomStateDict(smallConfig(), 1);
  expect(() => mergeTrained(small, adapter)).toThrow(/model\.layers\.0\.self_attn\.\w+\.lora_/);
  const tensor = { shape: [1], data: new Float32Array(1) };
  const full = (name: string) => ({
    trainable: { kind: 'full', vision: false } as const,
    tensors: new Map([[name, tensor]]),
  });
  expect(() => mergeTrained(small, full('lm_head.weight'))).toThrow(/no counterpart/);
  expect(() => mergeTrained(small, full('model.norm.weight'))).toThrow(/takes \[32\]/);
});

describe('files of a folder', () => {
  const config = smallConfig();
  const architecture = qwen25VL(config);
  const stateDict = randomStateDict(config, 1);
  const configText = JSON.stringify(smallConfigJson({ torch_dtype: 'bfloat16' }));
  const model = (weights = stateDict) => ({
    architecture,
    stateDict: weights,
    companions: new Map([['config.json', configText]]),
    card,
  });
  const text = (files: readonly ExportFile[], name: string) =>
    new TextDecoder().decode(named(files, name));

  test('large weights are split, and the index says where each tensor is', () => {
    const files = huggingFaceFiles(model(), 30_000);
    const index = JSON.parse(text(files, 'model.safetensors.index.json'));
    const shards = files.filter(({ path }) => path.endsWith('.safetensors'));
    expect(shards.length).toBeGreaterThan(2);
    const last = `model-0000${shards.length}-of-0000${shards.length}.safetensors`;
    expect(shards.at(-1)?.path).toBe(last);
    const all = new Map<string, TensorData>();
    for (const { path, bytes } of shards)
      for (const [name, tensor] of readSafetensors(bytes())) {
        expect(index.weight_map[name]).toBe(path);
        all.set(name, tensor);
      }
    expect(all.size).toBe(stateDict.size);
    const size = [...stateDict.values()].reduce((sum, { bytes }) => sum + bytes.length, 0);
    expect(index.metadata.total_size).toBe(size);
  });

  test('config.json asks for float32 where weights are, and is left alone where none are', () => {
    expect(JSON.parse(text(huggingFaceFiles(model()), 'config.json')).torch_dtype).toBe('float32');
    const half: TensorData = { dtype: 'BF16', shape: [1], bytes: new Uint8Array(2) };
    const files = huggingFaceFiles(model(new Map([['model.norm.weight', half]])));
    expect(text(files, 'config.json')).toBe(configText);
  });

  test('an archive holds the files under one folder and is the same bytes each time', async () => {
    const files = onnxFiles(model());
    const archive = async () =>
      new Uint8Array(await new Response(zipStream(files, 'student')).arrayBuffer());
    const first = await archive();
    const entries = unzipSync(first);
    expect(Object.keys(entries)).toEqual(files.map(({ path }) => `student/${path}`));
    for (const { path, bytes } of files)
      expect(Buffer.compare(entries[`student/${path}`], bytes())).toBe(0);
    expect(Buffer.compare(await archive(), first)).toBe(0);
  });

  test('a reader who leaves stops the work', async () => {
    let made = 0;
    const file = (path: string) => ({
      path,
      bytes: () => {
        made += 1;
        return new Uint8Array(10);
      },
    });
    const reader = zipStream([file('a.onnx'), file('b.onnx'), file('c.onnx')]).getReader();
    await reader.read();
    await reader.cancel();
    expect(made).toBe(1);
  });
});

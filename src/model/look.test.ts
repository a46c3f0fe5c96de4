/** What a look at a model finds, before anything of its weights is read. */

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, expect, it } from 'vitest';
import type { DeviceFacts, HubSource, ModelSource } from '../contract/models/model-sources.ts';
import { MemoryFiles } from '../storage/file-area.ts';
import { lookAtModel } from './look.ts';
import { type FakeHub, fakeRepo, startHub } from './sources/fixtures/hub-server.ts';
import { ModelStore } from './sources/model-store.ts';

const TINY = path.resolve(import.meta.dirname, '../../public/models/tiny-qwen2.5-vl');
const tiny = Object.fromEntries(
  readdirSync(TINY).map((name) => [name, readFileSync(path.join(TINY, name))]),
);
const { 'model.safetensors': weights, ...texts } = tiny;

const FAMILIES: { name: string; config: object }[] = JSON.parse(
  readFileSync(path.resolve(import.meta.dirname, 'fixtures/families.json'), 'utf8'),
);

const WASM = 2 ** 32;
const noGpu: DeviceFacts = { gpu: null, noGpu: 'This browser has no WebGPU.', wasmBytes: WASM };
const gpu = (more: Partial<NonNullable<DeviceFacts['gpu']>> = {}): DeviceFacts => ({
  gpu: {
    name: 'a GPU',
    software: false,
    f16: true,
    subgroups: true,
    largestBuffer: 2 ** 31,
    ...more,
  },
  noGpu: null,
  wasmBytes: WASM,
});

let hub: FakeHub | undefined;
afterEach(() => hub?.close());

async function look(
  files: Readonly<Record<string, Uint8Array | string>>,
  device: DeviceFacts = noGpu,
  sizes: Readonly<Record<string, number>> = {},
) {
  hub = await startHub({ 'owner/tiny': fakeRepo(files) });
  for (const [name, bytes] of Object.entries(sizes)) {
    const file = hub.repos.get('owner/tiny')?.files.get(name);
    if (file) Object.assign(file, { listed: { bytes }, large: true });
  }
  const source: HubSource = {
    kind: 'hub',
    hub: hub.url,
    repo: 'owner/tiny',
    revision: 'main',
    inner: '',
  };
  const store = new ModelStore(new MemoryFiles());
  return lookAtModel(source, { store, device: async () => device });
}

/** Graphs of an export by precision, of which only the names matter here. */
function graphs(...suffixes: string[]) {
  const parts = ['embed_tokens', 'vision_encoder', 'decoder_model_merged'];
  const names = suffixes.flatMap((suffix) => parts.map((part) => `onnx/${part}${suffix}.onnx`));
  return Object.fromEntries(names.map((name) => [name, 'graph']));
}

it('is the family, the sizes and what runs, with nothing of the weights read', async () => {
  const found = await look(tiny);
  expect(found).toMatchObject({
    name: 'owner/tiny',
    family: 'Qwen2.5-VL',
    problem: null,
    offline: false,
    shape: { layers: 4 },
    recommended: { kind: 'safetensors' },
    adapters: [],
  });
  expect(found.source).toMatchObject({ revision: 'a'.repeat(40) });
  expect(found.weights.map(({ kind }) => kind)).toEqual(['safetensors', 'safetensors-q4']);
  expect(found.weights[0]).toMatchObject({ bytes: weights.length, kept: 0 });
  expect(found.weights[0].verdict).toMatchObject({ runs: true, on: ['wasm'] });
  expect(hub?.asked.some(({ path: asked }) => asked.includes('model.safetensors'))).toBe(false);
});

it('tells precisions apart by what the device can: 16 bits need shader-f16', async () => {
  const files = { ...texts, ...graphs('', '_q4', '_q4f16', '_fp16', '_quantized') };
  const kinds = (found: Awaited<ReturnType<typeof look>>) =>
    Object.fromEntries(
      found.weights.map(({ kind, verdict }) => [kind, verdict.runs ? verdict.on.join() : 'no']),
    );
  const with16 = await look(files, gpu());
  expect(kinds(with16)).toEqual({
    fp32: 'webgpu,wasm',
    q4: 'webgpu,wasm',
    fp16: 'webgpu,wasm',
    q4f16: 'webgpu,wasm',
    quantized: 'webgpu,wasm',
  });
  expect(with16.recommended).toMatchObject({ kind: 'q4f16' });
  expect(with16.weights.at(-1)?.label).toContain('rollouts alone');
  await hub?.close();
  const without = await look(files, gpu({ f16: false }));
  expect(kinds(without)).toMatchObject({ q4: 'webgpu,wasm', q4f16: 'wasm', fp16: 'wasm' });
  expect(without.recommended?.kind).toBe('q4');
});

it('says why a model is too large, before a byte of it comes', async () => {
  const files = { ...texts, ...graphs('_q4'), 'onnx/decoder_model_merged_q4.onnx_data': 'data' };
  const found = await look(files, noGpu, { 'onnx/decoder_model_merged_q4.onnx_data': 9e9 });
  expect(found.weights[0].bytes).toBeGreaterThan(9e9);
  expect(found.weights[0].verdict).toMatchObject({ runs: false });
  expect(found.recommended).toBeNull();
});

it('tells of graphs that leave out DeepStack, before the weights of any come', async () => {
  const [{ config }] = FAMILIES.filter(({ name }) => name.startsWith('qwen3'));
  const files = { ...texts, ...graphs('_q4'), 'config.json': JSON.stringify(config) };
  expect((await look(files)).notices.join()).toContain('leave out DeepStack');
  await hub?.close();
  const decoder = 'onnx/decoder_model_merged_q4.onnx';
  expect((await look({ ...files, [decoder]: 'deepstack_embeds.0' })).notices).toEqual([]);
});

it('offers a Qwen3.5 as graphs, and says of its weights why they do not open', async () => {
  const exports = readFileSync(path.resolve(import.meta.dirname, 'fixtures/exports/exports.json'));
  const rows: { name: string; config: object }[] = JSON.parse(exports.toString());
  const [{ config }] = rows.filter(({ name }) => name.startsWith('qwen3-5'));
  const described = { ...texts, 'config.json': JSON.stringify(config) };
  const exported = await look({ ...described, ...graphs('_q4') });
  expect(exported).toMatchObject({ family: 'Qwen3.5', problem: null, shape: { layers: 1 } });
  expect(exported.recommended).toMatchObject({ kind: 'q4' });
  await hub?.close();
  const { weights: found, recommended } = await look({ ...described, 'model.safetensors': 'x' });
  expect(recommended).toBeNull();
  for (const { verdict } of found)
    expect(verdict).toMatchObject({ runs: false, reason: expect.stringContaining('recurrent') });
});

it('names what is no model of these families, and what lies there instead', async () => {
  const llama = await look({ ...texts, 'config.json': '{"model_type":"llama"}' });
  expect(llama).toMatchObject({ family: null, problem: { code: 'model.architecture' } });
  await hub?.close();
  const gguf = await look({ 'README.md': 'x', 'model-q4.gguf': 'GGUF' });
  expect(gguf.problem).toMatchObject({ code: 'model.file-missing' });
  expect(gguf.problem?.message).toContain('model-q4.gguf is a GGUF model');
  expect(gguf.notices.join()).toContain('GGUF');
  await hub?.close();
  expect((await look(texts)).problem).toMatchObject({ code: 'model.file-missing' });
  await hub?.close();
  expect((await look({ ...tiny, 'config.json': '{' })).problem).toMatchObject({
    code: 'model.file-truncated',
  });
});

it('lists adapters, and asks which of several models is meant', async () => {
  const adapted = await look({
    ...tiny,
    'checkpoint-5/adapter_config.json': '{}',
    'checkpoint-5/adapter_model.safetensors': '',
  });
  expect(adapted.adapters).toEqual(['checkpoint-5']);
  await hub?.close();
  const both = ['a', 'b'].flatMap((name) =>
    Object.entries(tiny).map(([file, bytes]) => [`${name}/${file}`, bytes] as const),
  );
  await expect(look(Object.fromEntries(both))).rejects.toMatchObject({
    record: { code: 'model.several' },
  });
});

it('works for a folder of the disk as it does for a hub', async () => {
  const files = Object.entries(tiny).map(([name, bytes]) => ({
    path: name,
    file: new Blob([new Uint8Array(bytes)]),
  }));
  const source: ModelSource = { kind: 'folder', name: 'mine', files };
  const found = await lookAtModel(source, { device: async () => noGpu });
  expect(found).toMatchObject({ name: 'mine', host: null, problem: null, family: 'Qwen2.5-VL' });
});

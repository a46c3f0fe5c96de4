/** A folder with ONNX graphs and no weights beside them opens, and gives each row the logits that it has alone. */

import { unzipSync } from 'fflate';
import { expect, test } from 'vitest';
import { loadAssets, requireStateDict } from '../model/assets.ts';
import { padBatch } from '../model/processor/batch.ts';
import { encodePrompt, userTurn } from '../model/processor/processor.ts';
import { ModelNetwork } from '../model/runtime/network.ts';
import type { Logits } from '../model/runtime/tensors.ts';
import { openBackend } from './backends.ts';

const url = new URL('/models/tiny-qwen2.5-vl/', location.href).href;
const own = await loadAssets({ kind: 'bundled', name: 'tiny', url }, {});

async function exported(changed: Readonly<Record<string, Uint8Array | null>> = {}) {
  const { embed, vision, decoder } = own.graphs;
  if (vision === null) throw new Error('the model has eyes');
  const graphs: Record<string, Uint8Array | null> = {
    'onnx/embed_tokens.onnx': (await embed('wasm')).model,
    'onnx/vision_encoder.onnx': (await vision()).model,
    'onnx/decoder_model_merged.onnx': (await decoder()).model,
    ...changed,
  };
  const files = [...own.companions].map(([path, text]) => ({ path, file: new Blob([text]) }));
  for (const [path, bytes] of Object.entries(graphs))
    if (bytes !== null) files.push({ path, file: new Blob([new Uint8Array(bytes)]) });
  return { kind: 'folder', name: 'export', files } as const;
}

function valuesOf(logits: Logits): number[] {
  if (logits.kind !== 'memory') throw new Error('on a GPU');
  return [...logits.data];
}

test('a batch of rows of different length has the logits of our own graphs, prefilled and cached', async () => {
  const assets = await loadAssets(await exported(), {});
  expect(assets.stateDict).toBeNull();
  expect(assets.architecture.abilities.canTrain).toMatchObject({ can: false });
  expect(() => requireStateDict(assets)).toThrow(/came as ONNX graphs/);
  const prompts = ['How many shapes are there in all of this?', 'Why?'].map((text) =>
    encodePrompt(assets.processor, { messages: userTurn(text, 0), images: [] }),
  );
  const batch = padBatch(prompts, { side: 'left', padId: assets.padId });
  const all: Float32Array[] = [];
  for (const { graphs, architecture } of [own, assets]) {
    const network = await ModelNetwork.create(graphs, architecture, { backend: 'wasm' });
    const first = await network.decode({
      batch,
      attentionMask: batch.attentionMask,
      images: [],
      cache: null,
      keep: 2,
      grow: true,
    });
    if (first.cache === null) throw new Error('no cache');
    const picks = [1, 0, 1];
    const cache = network.pickCache(first.cache, picks);
    const width = batch.length + 1;
    const attentionMask = new Int32Array(3 * width).fill(1);
    for (const [row, pick] of picks.entries())
      attentionMask.set(
        batch.attentionMask.subarray(pick * batch.length, (pick + 1) * batch.length),
        row * width,
      );
    const at = picks.map((pick) => prompts[pick].inputIds.length);
    const second = await network.decode({
      batch: {
        batch: 3,
        length: 1,
        inputIds: Int32Array.of(5, 6, 7),
        positionIds: Int32Array.from([...at, ...at, ...at]),
      },
      attentionMask,
      images: [],
      cache,
      keep: 1,
      grow: true,
    });
    if (second.cache === null) throw new Error('no cache');
    // One row of several goes on alone.
    const pick = 2;
    const alone = await network.decode({
      batch: {
        batch: 1,
        length: 1,
        inputIds: Int32Array.of(8),
        positionIds: new Int32Array(3).fill(at[pick] + 1),
      },
      attentionMask: Int32Array.of(...attentionMask.subarray(pick * width), 1),
      images: [],
      cache: network.pickCache(second.cache, [pick]),
      keep: 1,
      grow: false,
    });
    all.push(Float32Array.from([first, second, alone].flatMap(({ logits }) => valuesOf(logits))));
    await network.release();
  }
  const [expected, found] = all;
  expect(found).toHaveLength(expected.length);
  expect(Math.max(...found.map((value, i) => Math.abs(value - expected[i])))).toBeLessThan(1e-4);
});

test.each([
  [
    'a graph that is cut off',
    { 'onnx/embed_tokens.onnx': Uint8Array.of(8, 9, 58, 200) },
    'model.onnx-invalid',
  ],
])('%s is refused before a session is tried', async (_, changed, code) => {
  const source = await exported(changed);
  await expect(loadAssets(source, {})).rejects.toMatchObject({ record: { code } });
});

test.each([
  ['ONNX Runtime GenAI in four bits', 'qwen2-5-vl-genai-int4'],
  ['mobius with recurrent layers', 'qwen3-5-mobius-fp32'],
])('an export of %s is on WebGPU what it is on WebAssembly', async (_, name) => {
  const archive = new URL(`../model/fixtures/exports/${name}.zip`, import.meta.url);
  const packed = new Uint8Array(await (await fetch(archive)).arrayBuffer());
  const files = Object.entries(unzipSync(packed)).map(([path, bytes]) => ({
    path,
    file: new Blob([new Uint8Array(bytes)]),
  }));
  const assets = await loadAssets({ kind: 'folder', name, files }, {});
  const { network, gpu, status } = await openBackend(assets, 'webgpu', new Map(), () => undefined);
  // GroupQueryAttention is silently wrong on small subgroups.
  expect(gpu?.facts.features ?? []).not.toContain('subgroups');
  expect(status.reason).toMatch(/57 tokens differs from WebAssembly by \S+ of/);
  await network.release();
  gpu?.device.destroy();
});

/**
 * A new family is a row, its graphs and its configuration: this one comes from this file alone, opens from a folder,
 * and gives logits for a prompt with a picture, to the network and to an export. Nothing else knows of it.
 */

import { expect, it } from 'vitest';
import type { FolderFile } from '../../contract/engine.ts';
import { huggingFaceFiles, onnxFiles } from '../adapters/model-export.ts';
import { loadAssets, requireStateDict } from '../assets.ts';
import { randomTensors } from '../fixtures/random-model.ts';
import { toFloat32, writeSafetensors } from '../formats/safetensors.ts';
import { OnnxGraph } from '../onnx/graph.ts';
import { type BuildOptions, finish } from '../onnx/options.ts';
import { GraphWeights, type StateDict } from '../onnx/weights.ts';
import { padBatch } from '../processor/batch.ts';
import { encodePrompt, userTurn } from '../processor/processor.ts';
import { QWEN_VL_PROCESSOR } from '../processor/qwen-vl.ts';
import { ModelNetwork } from '../runtime/network.ts';
import { abilitiesOf, requireDifferentiable } from './abilities.ts';
import { FAMILIES } from './families.ts';
import {
  type Architecture,
  EMBEDDING,
  HEAD,
  type ModelConfig,
  type ModelFamily,
} from './family.ts';

const WIDTH = 8;
/** Numbers of a patch of the built-in model's image processor. */
const PIXELS = 3 * 2 * 14 * 14;
const MIX = 'model.mix.weight';
const LOOK = 'visual.look.weight';

/** h = embedding or picture; logits = (h + W·h) · headᵀ. No attention, no cache, no num_logits_to_keep. */
const TOY: ModelFamily = {
  label: 'Toy-VL',
  modelTypes: ['toy_vl'],
  processor: QWEN_VL_PROCESSOR,
  loraTargets: [],
  canonicalName: (name) => name.replace(/^toy\./, ''),
  open: (json) => toy(Number(json.words), Number(json.picture)),
};

function toy(vocabSize: number, imageTokenId: number): Architecture {
  const config: ModelConfig = {
    modelType: 'toy_vl',
    imageTokenId,
    videoTokenId: imageTokenId,
    tieWordEmbeddings: false,
    eosTokenIds: [],
    quantization: null,
    vision: { patchSize: 14, temporalPatchSize: 2, mergeSize: 2, heads: 1 },
    text: {
      vocabSize,
      hiddenSize: WIDTH,
      layers: 1,
      heads: 1,
      kvHeads: 1,
      headDim: WIDTH,
      deepstackLayers: 0,
      maxPositions: 512,
    },
  };
  const weights = 2 * vocabSize * WIDTH + WIDTH * WIDTH + WIDTH * PIXELS;
  /** A graph of one input, finished by its last value. */
  const build =
    (draw: (graph: OnnxGraph, weights: GraphWeights) => void) =>
    (stateDict: StateDict | null, options: BuildOptions) => {
      const graph = new OnnxGraph('toy');
      const stored = new GraphWeights(graph, options, stateDict);
      draw(graph, stored);
      return finish(graph, stored, options);
    };
  const self: Architecture = {
    family: TOY,
    config,
    weights,
    abilities: abilitiesOf({ config, weights, differentiable: null }),
    dialect: 'short',
    differentiable: null,
    graphsOnly: null,
    embedTokens: build((graph, stored) => {
      const ids = graph.input('input_ids', 'int64', ['batch', 'tokens']);
      const table = stored.get(EMBEDDING, [vocabSize, WIDTH]);
      graph.op('Gather', [table, ids], { axis: 0 }, 'inputs_embeds');
      graph.output('inputs_embeds', 'float32', ['batch', 'tokens', WIDTH]);
    }),
    visionEncoder: build((graph, stored) => {
      const pixels = graph.input('pixel_values', 'float32', ['patches', PIXELS]);
      graph.input('image_grid_thw', 'int64', ['images', 3]);
      const seen = stored.matmul(pixels, LOOK, [WIDTH, PIXELS]);
      const merged = graph.op('Reshape', [seen, graph.ints([-1, 4, WIDTH])]);
      graph.op('ReduceMean', [merged], { axes: [1], keepdims: 0 }, 'image_features');
      graph.output('image_features', 'float32', ['tokens', WIDTH]);
    }),
    decoder: build((graph, stored) => {
      const h = graph.input('inputs_embeds', 'float32', ['batch', 'tokens', WIDTH]);
      const mixed = stored.matmul(h, MIX, [WIDTH, WIDTH]);
      const sum = graph.op('Add', [h, mixed]);
      stored.matmul(sum, HEAD, [vocabSize, WIDTH], 'logits');
      graph.output('logits', 'float32', ['batch', 'tokens', vocabSize]);
    }),
    withTiedHead: () => self,
  };
  return self;
}

const TEXTS = [
  ...['config.json', 'tokenizer.json', 'tokenizer_config.json', 'preprocessor_config.json'],
  'chat_template.jinja',
];

/** The built-in model's folder with the toy's configuration and random weights under the toy's names. */
async function toyFolder(): Promise<{ files: FolderFile[]; weights: StateDict }> {
  const texts = new Map<string, string>();
  for (const name of TEXTS)
    texts.set(name, await (await fetch(`/models/tiny-qwen2.5-vl/${name}`)).text());
  const {
    image_token_id: picture,
    vocab_size: flat,
    text_config: text,
  } = JSON.parse(texts.get('config.json') ?? '');
  const words: number = flat ?? text.vocab_size;
  texts.set('config.json', JSON.stringify({ model_type: 'toy_vl', words, picture }));
  const shapes = { [EMBEDDING]: [words, WIDTH], [HEAD]: [words, WIDTH], [MIX]: [WIDTH, WIDTH] };
  const wanted = Object.entries({ ...shapes, [LOOK]: [WIDTH, PIXELS] });
  const weights = randomTensors(
    wanted.map(([name, shape]) => ({ name, shape })),
    7,
  );
  const stored = writeSafetensors(new Map([...weights].map(([name, t]) => [`toy.${name}`, t])));
  const files = [...texts].map(([path, content]) => ({ path, file: new Blob([content]) }));
  return { files: [...files, { path: 'model.safetensors', file: new Blob([stored]) }], weights };
}

it('a family added in one file opens from a folder and gives logits, and says that it cannot be trained', async () => {
  const { files, weights } = await toyFolder();
  const source = { kind: 'folder', name: 'toy', files } as const;
  await expect(loadAssets(source, {})).rejects.toMatchObject({
    record: { code: 'model.architecture', detail: { found: 'toy_vl' } },
  });
  const assets = await loadAssets(source, {}, [...FAMILIES, TOY]);
  const { architecture, config, padId } = assets;
  expect(architecture.family.label).toBe('Toy-VL');
  expect(assets.notices).toEqual([]);
  expect(() => requireDifferentiable(architecture)).toThrow(/cannot be trained/);

  const network = await ModelNetwork.create(assets.graphs, architecture, { backend: 'wasm' });
  const side = 56;
  const image = {
    width: side,
    height: side,
    data: new Uint8ClampedArray(side * side * 4).fill(99),
  };
  const prompt = encodePrompt(assets.processor, {
    messages: userTurn('How many?', 1),
    images: [image],
  });
  const { pixelValues, imageGrids, imageTokens } = prompt;
  if (pixelValues === null) throw new Error('the picture has no pixels');
  const features = await network.encodeImages(pixelValues, imageGrids);
  expect(features.tokens).toBe(imageTokens.length);
  const batch = padBatch([prompt], { side: 'left', padId });
  const { logits } = await network.decode({
    batch,
    attentionMask: batch.attentionMask,
    images: [{ row: 0, start: 0, imageTokens, features }],
    cache: null,
    keep: 1,
    grow: false,
  });
  if (logits.kind !== 'memory') throw new Error('the logits are not in memory');
  const last = logits.data.slice(-config.text.vocabSize);
  expect(last).toHaveLength(config.text.vocabSize);
  const expected = byHand(weights, prompt.inputIds.at(-1) ?? 0);
  for (const [i, value] of expected.entries()) expect(last[i]).toBeCloseTo(value, 4);
  logits.release();
  await network.release();

  const exported = { ...requireStateDict(assets), card: '' };
  expect(onnxFiles(exported).map(({ path }) => path)).toContain('onnx/decoder_model_merged.onnx');
  expect(huggingFaceFiles(exported).map(({ path }) => path)).toContain('model.safetensors');
});

/** The logits after a text token, computed with plain numbers. */
function byHand(weights: StateDict, id: number): number[] {
  const values = (name: string) => {
    const tensor = weights.get(name);
    if (tensor === undefined) throw new Error(`no ${name}`);
    return toFloat32(tensor, name);
  };
  const row = (of: Float32Array, index: number) =>
    Array.from(of.subarray(index * WIDTH, (index + 1) * WIDTH));
  const dot = (a: readonly number[], b: readonly number[]) =>
    a.reduce((sum, value, i) => sum + value * b[i], 0);
  const h = row(values(EMBEDDING), id);
  const [mix, head] = [values(MIX), values(HEAD)];
  const out = h.map((value, i) => value + dot(row(mix, i), h));
  return Array.from({ length: head.length / WIDTH }, (_, token) => dot(row(head, token), out));
}

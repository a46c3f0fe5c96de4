/**
 * The model has two graphs: one that ONNX Runtime runs, of any size and with a cache, and one that jax-js
 * differentiates, of fixed sizes. On random configurations both give the same logits and image features.
 */

import * as ort from 'onnxruntime-web';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { Random } from '../../../base/random.ts';

import { distance, emptyCache, type Floats, GraphRun, output } from '../../fixtures/parity-run.ts';
import { randomFloats, randomTensors, smallConfigJson } from '../../fixtures/random-model.ts';
import { toFloat32 } from '../../formats/safetensors.ts';
import type { BuiltGraph, LoraOptions } from '../../onnx/options.ts';
import type { StateDict } from '../../onnx/weights.ts';
import type { GridThw } from '../../processor/image.ts';
import { requireDifferentiable } from '../abilities.ts';
import { QWEN2_5_VL, QWEN2_VL } from '../families.ts';
import type { Architecture } from '../family.ts';
import { weightsOf } from '../settle.ts';

/** The families that are differentiated, with the seeds of their configurations. */
const DRAWS = [
  ...[1, 2, 3, 4, 5, 6, 7, 8].map((seed) => [QWEN2_5_VL.label, seed] as const),
  ...[11, 12, 13].map((seed) => [QWEN2_VL.label, seed] as const),
];
/** Largest difference of two float32 results of one function. */
const FAR = 1e-4;

ort.env.wasm.numThreads = 1;
const runtime = {
  Tensor: ort.Tensor,
  create: (model: Uint8Array) =>
    ort.InferenceSession.create(model, { executionProviders: ['wasm'], logSeverityLevel: 3 }),
};

let jax: typeof import('@jax-js/jax');
let onnx: typeof import('@jax-js/onnx');

beforeAll(async () => {
  // jax-js asks for it when it is read, and Node 20 has none.
  vi.stubGlobal('navigator', { hardwareConcurrency: 1 });
  jax = await import('@jax-js/jax');
  onnx = await import('@jax-js/onnx');
  await jax.init('cpu');
  jax.defaultDevice('cpu');
});

interface Drawn {
  readonly architecture: Architecture;
  readonly stateDict: StateDict;
  readonly lora: LoraOptions | undefined;
  readonly adapters: StateDict;
  readonly batch: number;
  readonly tokens: number;
  readonly kept: number;
  readonly grids: readonly GridThw[];
}

const OTHER_VISION = { embed_dim: 24, num_heads: 3, mlp_ratio: 2, patch_size: 4 };

/** A random small model and the sizes to try it in; the same for the same seed. */
function draw(label: string, seed: number): Drawn {
  const random = new Random(seed);
  const upTo = (most: number) => 1 + Math.floor(random.next() * most);
  const [kvHeads, group, quarter] = [upTo(2), upTo(3), 1 + upTo(2)];
  const heads = kvHeads * group;
  const headDim = 4 * quarter;
  const hidden = heads * headDim;
  const section = [upTo(quarter), upTo(quarter - 1)];
  const json = smallConfigJson({
    hidden_size: hidden,
    num_hidden_layers: upTo(3),
    num_attention_heads: heads,
    num_key_value_heads: kvHeads,
    intermediate_size: 8 * upTo(6),
    vocab_size: 20 + upTo(40),
    tie_word_embeddings: random.next() < 0.5,
    rope_scaling: {
      type: 'mrope',
      mrope_section: [2 * quarter - section[0] - section[1], ...section],
    },
  });
  const depth = 1 + upTo(2);
  const { vision_config: vision } = json;
  const architecture =
    label === QWEN2_VL.label
      ? QWEN2_VL.open({
          ...json,
          model_type: 'qwen2_vl',
          vision_config: { ...OTHER_VISION, hidden_size: hidden, depth },
        })
      : QWEN2_5_VL.open({ ...json, vision_config: { ...vision, out_hidden_size: hidden, depth } });
  const targets = architecture.family.loraTargets.filter(() => random.next() < 0.6);
  const lora = targets.length === 0 ? undefined : { rank: upTo(4), alpha: upTo(8), targets };
  const tokens = 2 + upTo(6);
  const { weightInputs } = architecture.decoder(null, { weights: 'inputs', ...(lora && { lora }) });
  return {
    architecture,
    stateDict: randomTensors(weightsOf(architecture), seed),
    lora,
    adapters: randomTensors(
      weightInputs.filter(({ name }) => /\.lora_[AB]\.weight$/.test(name)),
      seed + 100,
    ),
    batch: upTo(3),
    tokens,
    kept: upTo(tokens),
    grids: Array.from({ length: upTo(2) }, () => [1, 2 * upTo(3), 2 * upTo(3)] as const),
  };
}

/** What jax-js makes of a graph whose weights and data are inputs. */
async function differentiated(
  built: BuiltGraph,
  weights: StateDict,
  data: Readonly<Record<string, Floats | { data: readonly number[]; dims: readonly number[] }>>,
  wanted: string,
): Promise<Float32Array> {
  const { numpy: np } = jax;
  const feeds: Record<string, InstanceType<typeof np.Array>> = {};
  for (const { name, shape } of built.weightInputs) {
    const tensor = weights.get(name);
    if (tensor === undefined) throw new Error(`no weight ${name}`);
    feeds[name] = np.array(Float32Array.from(toFloat32(tensor, name)), { shape: [...shape] });
  }
  for (const [name, { data: values, dims }] of Object.entries(data))
    feeds[name] =
      values instanceof Float32Array
        ? np.array(Float32Array.from(values), { shape: [...dims] })
        : np.array(Int32Array.from(values), { dtype: np.int32 }).reshape([...dims]);
  const model = new onnx.ONNXModel(built.model.slice());
  const outputs = model.run(feeds);
  const values = (await outputs[wanted].data()) as Float32Array;
  model.dispose();
  return values;
}

describe.each(DRAWS)('on a random %s, configuration %i', (label, seed) => {
  const drawn = draw(label, seed);
  const { architecture, stateDict, batch, tokens, kept, lora } = drawn;
  const form = requireDifferentiable(architecture);

  test('the graph that is run and the one that is differentiated give the same logits', async () => {
    const random = new Random(seed, 1);
    // Each sequence is padded on the left, the first one not at all.
    const starts = Array.from({ length: batch }, (_, row) =>
      row === 0 ? 0 : Math.floor(random.next() * (tokens - 1)),
    );
    const mask = starts.flatMap((start) =>
      Array.from({ length: tokens }, (_, i) => Number(i >= start)),
    );
    const positions = Array.from({ length: 3 * batch * tokens }, () =>
      Math.floor(random.next() * 9),
    );
    const prompt = {
      inputs_embeds: randomFloats([batch, tokens, architecture.config.text.hiddenSize], seed),
      attention_mask: { data: mask, dims: [batch, tokens] },
      position_ids: { data: positions, dims: [3, batch, tokens] },
    };
    const all = new Map([...stateDict, ...drawn.adapters]);
    const options = { weights: 'initializers', ...(lora && { lora }) } as const;
    const run = await GraphRun.open(runtime, architecture.decoder(stateDict, options), all);
    const { data: known } = output(
      await run.run({
        ...prompt,
        ...emptyCache(architecture.config, batch),
        num_logits_to_keep: { data: [kept], dims: [1] },
      }),
      'logits',
    );
    const found = await differentiated(
      form.decoder({ batch, tokens, kept }, lora),
      all,
      prompt,
      'logits',
    );
    // A row of padding sees nothing, and what it says means nothing.
    const vocab = architecture.config.text.vocabSize;
    const isReal = (_: number, i: number) => {
      const row = Math.floor(i / vocab);
      return tokens - kept + (row % kept) >= starts[Math.floor(row / kept)];
    };
    expect(distance(found.filter(isReal), known.filter(isReal)).absolute).toBeLessThan(FAR);
    await run.release();
  });

  test('and the two vision encoders the same features', async () => {
    const { grids } = drawn;
    const patches = grids.reduce((sum, [t, h, w]) => sum + t * h * w, 0);
    const data = {
      pixel_values: randomFloats([patches, 3 * 2 * 4 * 4], seed),
      image_grid_thw: { data: grids.flat(), dims: [grids.length, 3] },
    };
    const built = architecture.visionEncoder(stateDict, { weights: 'initializers' });
    const run = await GraphRun.open(runtime, built, stateDict);
    const { data: known } = output(await run.run(data), 'image_features');
    const found = await differentiated(
      form.visionEncoder(grids),
      stateDict,
      data,
      'image_features',
    );
    expect(distance(found, known).absolute).toBeLessThan(FAR);
    await run.release();
  });
});

describe.each(DRAWS.filter(([, seed]) => seed % 4 === 1))(
  'on a random %s, configuration %i',
  (label, seed) => {
    const drawn = draw(label, seed);
    const { architecture, stateDict, batch, tokens, kept, lora } = drawn;
    const form = requireDifferentiable(architecture);

    test('the graph in which texts share the computation of their prompt gives what each gives alone', async () => {
      const random = new Random(seed, 2);
      const branches = 2 + Math.floor(random.next() * 2);
      const [before, each] = [tokens, kept];
      const [row, alone] = [before + branches * each, before + each];
      const { hiddenSize, vocabSize } = architecture.config.text;
      const embeds = randomFloats([batch, row, hiddenSize], seed);
      const positions = Array.from({ length: 3 * batch * row }, () =>
        Math.floor(random.next() * 9),
      );
      // Prompts are padded on the left and texts on the right, the first of each not at all.
      const ends = Array.from({ length: batch * branches }, (_, i) =>
        i === 0 ? each : 1 + Math.floor(random.next() * each),
      );
      const starts = Array.from({ length: batch }, (_, i) =>
        i === 0 ? 0 : Math.floor(random.next() * before),
      );
      const mask = Array.from({ length: batch * row }, (_, i) => {
        const [sequence, column] = [Math.floor(i / row), i % row];
        if (column < before) return Number(column >= starts[sequence]);
        const text = sequence * branches + Math.floor((column - before) / each);
        return Number((column - before) % each < ends[text]);
      });
      /** The row of each text by itself: the prompt’s columns and its own, `width` values each. */
      const apart = <T>(values: ArrayLike<T>, width: number): T[] =>
        Array.from(
          { length: (values.length / (width * row)) * branches * alone * width },
          (_, i) => {
            const place = Math.floor(i / width);
            const [text, column] = [Math.floor(place / alone), place % alone];
            const shift = column < before ? 0 : (text % branches) * each;
            const at = Math.floor(text / branches) * row + column + shift;
            return values[at * width + (i % width)];
          },
        );
      const rows = batch * branches;
      const all = new Map([...stateDict, ...drawn.adapters]);
      const options = { weights: 'initializers', ...(lora && { lora }) } as const;
      const run = await GraphRun.open(runtime, architecture.decoder(stateDict, options), all);
      const { data: known } = output(
        await run.run({
          inputs_embeds: {
            data: Float32Array.from(apart(embeds.data, hiddenSize)),
            dims: [rows, alone, hiddenSize],
          },
          attention_mask: { data: apart(mask, 1), dims: [rows, alone] },
          position_ids: { data: apart(positions, 1), dims: [3, rows, alone] },
          ...emptyCache(architecture.config, rows),
          num_logits_to_keep: { data: [each], dims: [1] },
        }),
        'logits',
      );
      const found = await differentiated(
        form.decoder({ batch, tokens: row, kept: branches * each, branches }, lora),
        all,
        {
          inputs_embeds: embeds,
          attention_mask: { data: mask, dims: [batch, row] },
          position_ids: { data: positions, dims: [3, batch, row] },
        },
        'logits',
      );
      const isReal = (_: number, i: number) => {
        const place = Math.floor(i / vocabSize);
        return place % each < ends[Math.floor(place / each)];
      };
      expect(distance(found.filter(isReal), known.filter(isReal)).absolute).toBeLessThan(FAR);
      await run.release();
    });
  },
);

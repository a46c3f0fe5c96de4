/** The decoder graph's variants compute the same function. */

import { beforeAll, describe, expect, test } from 'vitest';
import { nodeRuntime } from '../../fixtures/node-runtime.ts';
import {
  distance,
  emptyCache,
  type Floats,
  GraphRun,
  type Integers,
  output,
} from '../../fixtures/parity-run.ts';
import {
  randomFloats,
  randomStateDict,
  randomTensors,
  smallConfig,
} from '../../fixtures/random-model.ts';
import { float32Tensor, toFloat32 } from '../../formats/safetensors.ts';
import type { DecoderOptions } from '../../onnx/options.ts';
import { buildDecoder } from './decoder.ts';

const config = smallConfig();
const stateDict = randomStateDict(config, 1);
const { hiddenSize, vocabSize } = config.text;
const TARGETS = ['q_proj', 'k_proj', 'v_proj', 'o_proj', 'gate_proj', 'up_proj', 'down_proj'];
const BATCH = 2;
const TOKENS = 5;

/** Two sequences, the second with two columns of padding on the left. */
const prompt = {
  inputs_embeds: randomFloats([BATCH, TOKENS, hiddenSize], 2),
  attention_mask: { data: [1, 1, 1, 1, 1, 0, 0, 1, 1, 1], dims: [BATCH, TOKENS] },
  position_ids: {
    data: [
      0, 1, 1, 1, 2, 0, 0, 0, 1, 2, 0, 1, 1, 2, 3, 0, 0, 0, 1, 2, 0, 1, 2, 1, 3, 0, 0, 0, 1, 2,
    ],
    dims: [3, BATCH, TOKENS],
  },
};

async function run(
  options: DecoderOptions,
  inputs: Readonly<Record<string, Floats | Integers>>,
  weights = stateDict,
  settings = config,
): Promise<Map<string, Floats>> {
  const graph = await GraphRun.open(nodeRuntime, buildDecoder(settings, weights, options), weights);
  const outputs = await graph.run(inputs);
  await graph.release();
  return outputs;
}

const full = { ...prompt, ...emptyCache(config, BATCH) };
const keep = (count: number) => ({ num_logits_to_keep: { data: [count], dims: [1] } });

/** Logits of real tokens; rows of padding carry no meaning. */
function real(outputs: ReadonlyMap<string, Floats>): Float32Array {
  const { data } = output(outputs, 'logits');
  return data.filter((_, i) => prompt.attention_mask.data[Math.floor(i / vocabSize)] === 1);
}

let base: Map<string, Floats>;

beforeAll(async () => {
  base = await run({ weights: 'initializers' }, { ...full, ...keep(0) });
});

test('logits and cache have the shapes of onnx-community exports', () => {
  expect(output(base, 'logits').dims).toEqual([BATCH, TOKENS, vocabSize]);
  expect(output(base, 'present.1.key').dims).toEqual([BATCH, 2, TOKENS, 8]);
});

test('weights as inputs give what weights as initializers give', async () => {
  const outputs = await run({ weights: 'inputs' }, { ...full, ...keep(0) });
  expect(distance(real(outputs), real(base)).absolute).toBeLessThan(1e-5);
});

const SHAPES = { batch: BATCH, tokens: TOKENS };

test('a graph of fixed shapes gives what the dynamic one gives', async () => {
  for (const weights of ['initializers', 'inputs'] as const) {
    const outputs = await run({ weights, cache: false, shapes: SHAPES }, prompt);
    expect(outputs.size).toBe(1);
    expect(distance(real(outputs), real(base)).absolute).toBeLessThan(1e-5);
  }
});

test.each([1, 3])('of fixed shapes, it keeps the last %i tokens of each sequence', async (kept) => {
  const fixed = { weights: 'inputs', cache: false, shapes: { ...SHAPES, kept } } as const;
  const outputs = await run(fixed, prompt);
  const expected = await run({ weights: 'initializers' }, { ...full, ...keep(kept) });
  expect(output(outputs, 'logits').dims).toEqual([BATCH, kept, vocabSize]);
  const [found, known] = [outputs, expected].map((each) => output(each, 'logits').data);
  expect(distance(found, known).absolute).toBeLessThan(1e-5);
});

test('fixed shapes with a cache go on where a longer prompt is cut', async () => {
  const [past, tokens] = [2, TOKENS - 2];
  const cut = (values: readonly number[], from: number, to: number) =>
    values.filter((_, i) => i % TOKENS >= from && i % TOKENS < to);
  const part = (from: number, to: number) => ({
    inputs_embeds: {
      data: prompt.inputs_embeds.data.filter((_, i) => {
        const column = Math.floor(i / hiddenSize) % TOKENS;
        return column >= from && column < to;
      }),
      dims: [BATCH, to - from, hiddenSize],
    },
    attention_mask: { data: cut(prompt.attention_mask.data, 0, to), dims: [BATCH, to] },
    position_ids: { data: cut(prompt.position_ids.data, from, to), dims: [3, BATCH, to - from] },
  });
  const options = { weights: 'initializers', shapes: { batch: BATCH, tokens: past } } as const;
  const first = await run(options, { ...part(0, past), ...emptyCache(config, BATCH) });
  const cache = Object.fromEntries(
    [...first].flatMap(([name, value]) =>
      name.startsWith('present.') ? [[name.replace('present', 'past_key_values'), value]] : [],
    ),
  );
  const shapes = { batch: BATCH, tokens, past };
  const rest = await run({ ...options, shapes }, { ...part(past, TOKENS), ...cache });
  const all = output(base, 'logits').data;
  const expected = all.filter((_, i) => Math.floor(i / vocabSize) % TOKENS >= past);
  expect(distance(output(rest, 'logits').data, expected).absolute).toBeLessThan(1e-5);
});

test('without the cache the graph still takes any length', async () => {
  const outputs = await run({ weights: 'initializers', cache: false }, { ...prompt, ...keep(0) });
  expect(distance(real(outputs), real(base)).absolute).toBeLessThan(1e-5);
});

test.each([1, 3, TOKENS])('num_logits_to_keep %i keeps the last rows', async (count) => {
  const outputs = await run({ weights: 'initializers' }, { ...full, ...keep(count) });
  const kept = output(outputs, 'logits');
  const all = output(base, 'logits').data;
  expect(kept.dims).toEqual([BATCH, count, vocabSize]);
  for (let row = 0; row < BATCH; row++) {
    const last = all.subarray(
      ((row + 1) * TOKENS - count) * vocabSize,
      (row + 1) * TOKENS * vocabSize,
    );
    const found = kept.data.subarray(row * count * vocabSize, (row + 1) * count * vocabSize);
    expect(distance(found, last).absolute).toBeLessThan(1e-5);
  }
});

test('a token never sees what comes after it, nor padding', async () => {
  const data = prompt.inputs_embeds.data.slice();
  data.fill(9, (TOKENS - 1) * hiddenSize, TOKENS * hiddenSize);
  data.fill(-7, TOKENS * hiddenSize, (TOKENS + 2) * hiddenSize);
  const changed = { ...full, inputs_embeds: { ...prompt.inputs_embeds, data }, ...keep(0) };
  const outputs = await run({ weights: 'initializers' }, changed);
  const before = (TOKENS - 1) * vocabSize;
  expect(real(outputs).subarray(0, before)).toEqual(real(base).subarray(0, before));
  expect(real(outputs).subarray(before + vocabSize)).toEqual(
    real(base).subarray(before + vocabSize),
  );
});

test('a row that is all padding stays finite', async () => {
  const mask = { data: [1, 1, 1, 1, 1, 0, 0, 0, 0, 0], dims: [BATCH, TOKENS] };
  const outputs = await run(
    { weights: 'initializers' },
    { ...full, attention_mask: mask, ...keep(0) },
  );
  expect(output(outputs, 'logits').data.every(Number.isFinite)).toBe(true);
});

test('an untied model uses its own output layer', async () => {
  const untied = smallConfig({ tie_word_embeddings: false });
  const weights = new Map(stateDict);
  weights.set('lm_head.weight', float32Tensor(new Float32Array(50 * 32), [50, 32]));
  const outputs = await run({ weights: 'initializers' }, { ...full, ...keep(0) }, weights, untied);
  expect(output(outputs, 'logits').data.every((value) => value === 0)).toBe(true);
});

describe('LoRA branches', () => {
  const lora = { rank: 2, alpha: 6, targets: TARGETS };
  const inputs = buildDecoder(config, stateDict, { weights: 'initializers', lora }).weightInputs;
  const adapter = randomTensors(inputs, 3);

  test('every target of every layer has its two matrices', () => {
    expect(inputs.length).toBe(2 * TARGETS.length * config.text.layers);
    expect(inputs[0]).toEqual({
      name: 'model.layers.0.self_attn.q_proj.lora_A.weight',
      shape: [2, hiddenSize],
    });
  });

  test('with B = 0 they change nothing', async () => {
    const weights = new Map([...stateDict, ...adapter]);
    for (const { name, shape } of inputs) {
      if (!name.endsWith('lora_B.weight')) continue;
      weights.set(name, float32Tensor(new Float32Array(shape[0] * shape[1]), shape));
    }
    const outputs = await run({ weights: 'initializers', lora }, { ...full, ...keep(0) }, weights);
    expect(distance(real(outputs), real(base)).absolute).toBeLessThan(1e-5);
  });

  test('they equal weights with (alpha / rank) · B·A merged in', async () => {
    const merged = new Map(stateDict);
    for (const { name } of inputs) {
      if (name.endsWith('lora_A.weight')) mergeInto(merged, name.replace('.lora_A.weight', ''));
    }
    const expected = await run({ weights: 'initializers' }, { ...full, ...keep(0) }, merged);
    for (const mode of ['initializers', 'inputs'] as const) {
      const weights = new Map([...stateDict, ...adapter]);
      const outputs = await run({ weights: mode, lora }, { ...full, ...keep(0) }, weights);
      expect(distance(real(outputs), real(expected)).relative).toBeLessThan(1e-5);
    }
    expect(distance(real(expected), real(base)).relative).toBeGreaterThan(0.1);
  });

  test.each([3, 1])('fixed shapes drop what dynamic ones drop, %i tokens kept', async (kept) => {
    const weights = new Map([...stateDict, ...adapter]);
    const options = { weights: 'inputs', lora: { ...lora, dropoutInputs: true } } as const;
    const masks = Object.fromEntries(
      inputs
        .filter(({ name }) => name.endsWith('lora_A.weight'))
        .map(({ name, shape }, i) => {
          const { data, dims } = randomFloats([BATCH * TOKENS, shape[1]], 20 + i);
          const dropped = data.map((value) => (value < 0 ? 0 : 2));
          return [name.replace('lora_A.weight', 'lora_dropout'), { data: dropped, dims }];
        }),
    );
    const dynamic = { ...full, ...masks, ...keep(kept) };
    const expected = await run(options, dynamic, weights);
    const shapes = { ...SHAPES, kept };
    const found = await run({ ...options, cache: false, shapes }, { ...prompt, ...masks }, weights);
    const logits = [found, expected].map((each) => output(each, 'logits').data);
    expect(distance(logits[0], logits[1]).relative).toBeLessThan(1e-5);
  });

  function mergeInto(weights: Map<string, ReturnType<typeof float32Tensor>>, path: string): void {
    const tensor = weights.get(`${path}.weight`);
    const down = adapter.get(`${path}.lora_A.weight`);
    const up = adapter.get(`${path}.lora_B.weight`);
    if (!tensor || !down || !up) throw new Error(`no matrices for ${path}`);
    const [rows, columns] = tensor.shape;
    const values = toFloat32(tensor).slice();
    const a = toFloat32(down);
    const b = toFloat32(up);
    for (let r = 0; r < rows; r++)
      for (let c = 0; c < columns; c++)
        for (let k = 0; k < lora.rank; k++)
          values[r * columns + c] +=
            (lora.alpha / lora.rank) * b[r * lora.rank + k] * a[k * columns + c];
    weights.set(`${path}.weight`, float32Tensor(values, tensor.shape));
  }
});

test('a missing weight is named, and one of another shape with both shapes', () => {
  const without = new Map(stateDict);
  without.delete('model.norm.weight');
  expect(() => buildDecoder(config, without, { weights: 'initializers' })).toThrow(
    'no tensor named "model.norm.weight"',
  );
  const wrong = new Map(stateDict);
  wrong.set('model.norm.weight', float32Tensor(new Float32Array(3), [3]));
  expect(() => buildDecoder(config, wrong, { weights: 'initializers' })).toThrow(
    '"model.norm.weight" is [3], but config.json asks for [32]',
  );
});

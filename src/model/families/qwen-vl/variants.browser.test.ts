/** On WebGPU, with no node on the CPU, every variant of the graphs gives what wasm gives. */

import { expect, test } from 'vitest';
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
import { wasmRuntime, webgpuRuntime } from '../../fixtures/webgpu-runtime.ts';
import type { BuiltGraph, DecoderOptions } from '../../onnx/options.ts';
import { buildVisionEncoder } from '../qwen2-5-vl/vision.ts';
import { buildDecoder } from './decoder.ts';

const config = smallConfig();
const stateDict = randomStateDict(config, 11);
const lora = { rank: 3, alpha: 6, targets: ['q_proj', 'v_proj', 'o_proj', 'down_proj'] };
const prompt = {
  inputs_embeds: randomFloats([2, 4, config.text.hiddenSize], 12),
  attention_mask: { data: [1, 1, 1, 1, 1, 1, 1, 0], dims: [2, 4] },
  position_ids: { data: Array.from({ length: 24 }, (_, i) => i % 4), dims: [3, 2, 4] },
};
const cached = {
  ...prompt,
  ...emptyCache(config, 2),
  num_logits_to_keep: { data: [0], dims: [1] },
};

async function expectSame(
  built: BuiltGraph,
  inputs: Readonly<Record<string, Floats | Integers>>,
): Promise<void> {
  const weights = new Map([...stateDict, ...randomTensors(adapters(built), 13)]);
  const results: Floats[] = [];
  for (const runtime of [wasmRuntime, webgpuRuntime]) {
    const graph = await GraphRun.open(runtime, built, weights);
    results.push(output(await graph.run(inputs), built.outputs[0]));
    await graph.release();
  }
  const far = distance(results[1].data, results[0].data);
  expect(far.absolute).toBeLessThan(1e-4);
  expect(far.relative).toBeLessThan(1e-5);
}

function adapters(built: BuiltGraph) {
  return built.weightInputs.filter(({ name }) => name.includes('.lora_'));
}

const DECODERS: readonly (readonly [string, DecoderOptions, typeof prompt])[] = [
  ['weights and adapters as inputs', { weights: 'inputs', lora }, cached],
  ['adapters on stored weights', { weights: 'initializers', lora }, cached],
  [
    'fixed shapes without a cache',
    { weights: 'inputs', cache: false, shapes: { batch: 2, tokens: 4, kept: 3 } },
    prompt,
  ],
];

test.each(DECODERS)('decoder: %s', async (_, options, inputs) => {
  await expectSame(buildDecoder(config, stateDict, options), inputs);
});

test('vision encoder: weights as inputs, two images of different sizes', async () => {
  await expectSame(buildVisionEncoder(config, stateDict, { weights: 'inputs' }), {
    pixel_values: randomFloats([16 + 24, 96], 14),
    image_grid_thw: { data: [1, 4, 4, 1, 4, 6], dims: [2, 3] },
  });
});

test('vision encoder: fixed grids', async () => {
  const options = { weights: 'initializers', shapes: { grids: [[1, 6, 4]] } } as const;
  await expectSame(buildVisionEncoder(config, stateDict, options), {
    pixel_values: randomFloats([24, 96], 15),
    image_grid_thw: { data: [1, 6, 4], dims: [1, 3] },
  });
});

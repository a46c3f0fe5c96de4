/** Graphs survive serialisation, and models of others can be read. */

import { describe, expect, test } from 'vitest';
import { PlaygroundError } from '../../base/errors.ts';
import { buildDecoder } from '../families/qwen-vl/decoder.ts';
import { buildEmbedTokens } from '../families/qwen-vl/embed-tokens.ts';
import { buildVisionEncoder } from '../families/qwen2-5-vl/vision.ts';
import { readModelPorts } from '../fixtures/model-ports.ts';
import { randomStateDict, smallConfig } from '../fixtures/random-model.ts';
import { OnnxGraph, OPSET } from './graph.ts';

const config = smallConfig();
const stateDict = randomStateDict(config, 1);

describe('the three graphs have the ports of onnx-community exports', () => {
  const options = { weights: 'initializers' } as const;

  test('embed_tokens', () => {
    expect(readModelPorts(buildEmbedTokens(config, stateDict, options).model)).toMatchObject({
      opset: OPSET,
      inputs: [{ name: 'input_ids', type: 'int64', shape: ['batch_size', 'sequence_length'] }],
      outputs: [{ name: 'inputs_embeds', type: 'float' }],
    });
  });

  test('vision_encoder', () => {
    expect(readModelPorts(buildVisionEncoder(config, stateDict, options).model)).toMatchObject({
      inputs: [
        { name: 'pixel_values', type: 'float', shape: ['num_patches', 96] },
        { name: 'image_grid_thw', type: 'int64', shape: ['num_images', 3] },
      ],
      outputs: [{ name: 'image_features', type: 'float', shape: ['num_image_tokens', 32] }],
    });
  });

  test('decoder_model_merged', () => {
    const { inputs, outputs } = readModelPorts(buildDecoder(config, stateDict, options).model);
    expect(inputs.map(({ name, type, shape }) => `${name} ${type} ${shape}`)).toEqual([
      'inputs_embeds float batch_size,sequence_length,32',
      'attention_mask int64 batch_size,total_sequence_length',
      'position_ids int64 3,batch_size,sequence_length',
      'num_logits_to_keep int64 1',
      'past_key_values.0.key float batch_size,2,past_sequence_length,8',
      'past_key_values.0.value float batch_size,2,past_sequence_length,8',
      'past_key_values.1.key float batch_size,2,past_sequence_length,8',
      'past_key_values.1.value float batch_size,2,past_sequence_length,8',
    ]);
    expect(outputs.map(({ name }) => name)).toEqual([
      'logits',
      'present.0.key',
      'present.0.value',
      'present.1.key',
      'present.1.value',
    ]);
  });

  test('only standard operators, and at most 42 nodes a decoder layer', () => {
    const deeper = smallConfig({ num_hidden_layers: 3 });
    const more = buildDecoder(deeper, randomStateDict(deeper, 1), options);
    const fewer = buildDecoder(config, stateDict, options);
    expect(more.nodeCount - fewer.nodeCount).toBeLessThanOrEqual(42);
    for (const operator of readModelPorts(more.model).operators.keys())
      expect(operator).not.toContain('.');
  });

  test('a graph of fixed shapes leaves no size open', () => {
    const shapes = { batch: 2, tokens: 7 };
    const built = buildDecoder(config, null, { weights: 'inputs', cache: false, shapes });
    const { inputs, outputs } = readModelPorts(built.model);
    const sizes = [...inputs, ...outputs].flatMap(({ shape }) => shape);
    expect(sizes.every((size) => typeof size === 'number' && size > 0)).toBe(true);
    expect(inputs.length).toBe(3 + built.weightInputs.length);
  });
});

test('equal small constants are stored once, names stay unique', () => {
  const graph = new OnnxGraph('twice');
  const x = graph.input('x', 'float32', [2]);
  expect(graph.floats(0.5)).toBe(graph.floats(0.5));
  expect(graph.floats(0.5)).not.toBe(graph.floats([0.5]));
  const [first, second] = [graph.op('Exp', [x]), graph.op('Exp', [x])];
  expect(first).not.toBe(second);
});

test.each([
  ['text', new TextEncoder().encode('this is no model at all, only text')],
  ['nothing', new Uint8Array()],
  [
    'half a model',
    buildEmbedTokens(config, stateDict, { weights: 'initializers' }).model.slice(0, 900),
  ],
])('%s is refused as a model, with a next step', (_, bytes) => {
  expect(() => readModelPorts(bytes)).toThrow(PlaygroundError);
});

test('weights beyond what one file holds are refused before one of them is read', () => {
  const graph = new OnnxGraph('huge');
  const read = () => {
    throw new Error('it was read');
  };
  for (let i = 0; i < 32; i++)
    graph.initializer(`w${i}`, { type: 'float32', shape: [2 ** 24], size: 2 ** 26, read });
  expect(() => graph.toModel()).toThrow(/take 2.1 GB, and one ONNX file holds 2.1 GB/);
  expect(graph.serialise(true).external).toHaveLength(32);
});

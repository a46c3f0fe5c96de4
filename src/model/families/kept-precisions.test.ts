/**
 * A small model of each family with its weights outside of the graphs, in each precision that they can be kept in: as given in
 * float32, as given in 16 bits, and in 4 bits as the graphs of the values that 4 bits made of them.
 */

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { narrowHalves } from '../../base/half-floats.ts';
import { Random } from '../../base/random.ts';
import type { WeightError } from '../../contract/models/model.ts';
import { TRAIN_TARGETS } from '../../contract/train/train-rows.ts';
import { mergeTrained } from '../adapters/merge.ts';
import { loraInputs } from '../adapters/trained-tensors.ts';
import {
  type FamilyCase,
  familyLogits,
  familyModel,
  prepareFamily,
} from '../fixtures/family-run.ts';
import { nodeRuntime } from '../fixtures/node-runtime.ts';
import { distance, openGraphs } from '../fixtures/parity-run.ts';
import { readFixture } from '../fixtures/support.ts';
import {
  float32Tensor,
  readSafetensors,
  type TensorData,
  toFloat32,
} from '../formats/safetensors.ts';
import { asNibbles, BLOCK, matrixRows } from '../onnx/matrix-rows.ts';
import type { BuildOptions } from '../onnx/options.ts';
import type { StateDict } from '../onnx/weights.ts';
import { estimate } from './estimate.ts';
import { type Architecture, EMBEDDING } from './family.ts';

/** Of the official classes with the values that 4 bits leave, from tools/fixtures/quantized.py. */
const official = readSafetensors(readFileSync('src/model/fixtures/families-q4.safetensors'));

/** Of each family one that is tied, and one that is not. */
const named = readFixture<FamilyCase>('families.json')
  .filter(({ name }) => /7 heads|qwen3_vl, untied/.test(name))
  .map((row) => [row.name, row] as const);

/** Logits of a prompt with pictures, the last two tokens one at a time. */
async function logitsOf(
  architecture: Architecture,
  stateDict: StateDict,
  row: FamilyCase,
  options: BuildOptions,
) {
  const model = await openGraphs(nodeRuntime, architecture, stateDict, options);
  const feeds = await prepareFamily(model, row.prompts[2]);
  const logits = await familyLogits(model, feeds, 2);
  for (const one of [model.embed, model.vision, model.decoder]) await one.release();
  return logits;
}

const inside = { weights: 'initializers' } as const;
const outside = { ...inside, external: true } as const;

/** The model with every tensor changed. */
const changed = (stateDict: StateDict, change: (tensor: TensorData, name: string) => TensorData) =>
  new Map([...stateDict].map(([name, tensor]) => [name, change(tensor, name)]));

/** In bfloat16, cut off. */
function asBfloats(tensor: TensorData): TensorData {
  const words = new Uint32Array(toFloat32(tensor).slice().buffer);
  const bytes = new Uint8Array(Uint16Array.from(words, (word) => word >>> 16).buffer);
  return { dtype: 'BF16', shape: tensor.shape, bytes };
}

function asHalves(tensor: TensorData): TensorData {
  const bytes = new Uint8Array(narrowHalves(toFloat32(tensor)).buffer);
  return { dtype: 'F16', shape: tensor.shape, bytes };
}

/** What 4 bits make of a matrix, as floats again. */
function throughNibbles(tensor: TensorData, name: string): TensorData {
  const [rows, columns] = tensor.shape;
  const { weight, scales, blocks } = asNibbles(
    matrixRows(name, [{ tensor, rows }], columns),
    () => undefined,
  );
  const bytes = weight.read(0, weight.size);
  const factors = new Float32Array(scales.read(0, scales.size).buffer);
  const values = Float32Array.from({ length: rows * columns }, (_, i) => {
    const [row, column] = [Math.floor(i / columns), i % columns];
    const at = row * blocks * BLOCK + column;
    const step = (bytes[at >> 1] >> (4 * (at % 2))) & 15;
    return (step - 8) * factors[row * blocks + Math.floor(column / BLOCK)];
  });
  return float32Tensor(values, tensor.shape);
}

/** An adapter on every linear layer of the decoder. */
function adapterOn(architecture: Architecture) {
  const targets = TRAIN_TARGETS;
  const lora = { rank: 2, alpha: 4, targets };
  const random = new Random(7);
  const tensors = new Map(
    loraInputs(architecture, lora).map(({ name, shape }) => {
      const data = Float32Array.from({ length: shape[0] * shape[1] }, () => 0.3 * random.normal());
      return [name, { shape, data }] as const;
    }),
  );
  const trainable = {
    kind: 'lora',
    rank: 2,
    alpha: 4,
    dropout: 0,
    targets,
    sight: 'none',
    vision: false,
  } as const;
  return { trainable, tensors };
}

describe.each(named)('%s', (_, row) => {
  const { architecture, stateDict } = familyModel(row);

  test('outside of the graphs the weights are the same', async () => {
    const wanted = await logitsOf(architecture, stateDict, row, inside);
    const found = await logitsOf(architecture, stateDict, row, outside);
    expect(distance(found, wanted).absolute).toBeLessThan(1e-5);
  });

  test.each([
    ['bfloat16', asBfloats],
    ['float16', asHalves],
  ] as const)('kept in 16 bits, %s stays what it is', async (_kind, narrow) => {
    const given = changed(stateDict, narrow);
    const wanted = await logitsOf(architecture, given, row, inside);
    const found = await logitsOf(architecture, given, row, { ...outside, precision: 'fp16' });
    expect(distance(found, wanted).absolute).toBeLessThan(1e-4);
  });

  test('in 4 bits the logits are those of the values that are kept', async () => {
    const errors: WeightError[] = [];
    const options = {
      ...outside,
      precision: 'q4',
      onWeightError: (error: WeightError) => errors.push(error),
    } as const;
    const graphs = [architecture.embedTokens, architecture.visionEncoder, architecture.decoder];
    const stored = graphs.flatMap((build) => build(stateDict, options).external);
    const packed = new Set(
      stored.flatMap(({ path }) => (path.endsWith('.q4') ? [path.slice(0, -3)] : [])),
    );
    // The parts of a joined product are stored together, each row with scales of its own.
    const isPacked = (name: string) =>
      packed.has(name) || packed.has(name.replace(/\.[qkv]_proj\.weight$/, '.qkv.weight'));
    const quantized = changed(stateDict, (tensor, name) =>
      isPacked(name) ? throughNibbles(tensor, name) : tensor,
    );
    const wanted = await logitsOf(architecture, quantized, row, inside);
    const found = await logitsOf(architecture, stateDict, row, options);
    expect(distance(found, wanted).relative).toBeLessThan(1e-4);
    expect(packed.has(EMBEDDING)).toBe(true);
    expect(new Set(errors.map(({ name }) => name))).toEqual(packed);
    for (const { name, relative } of errors) {
      expect(relative, name).toBeGreaterThan(0.02);
      expect(relative, name).toBeLessThan(0.1);
    }
  });

  test('in 4 bits the logits are those of the official class with the same values', async () => {
    const right = official.get(row.name);
    if (right === undefined) throw new Error(`the fixture has no ${row.name}`);
    const found = await logitsOf(architecture, stateDict, row, { ...outside, precision: 'q4' });
    expect(distance(found, toFloat32(right)).absolute).toBeLessThan(1e-3);
  });

  test('an estimate counts what the graphs store', () => {
    for (const precision of ['fp32', 'fp16', 'q4'] as const) {
      const { weightBytes, fitsWasm } = estimate(architecture, precision);
      expect(fitsWasm).toBe(true);
      if (precision === 'fp32' && !architecture.config.tieWordEmbeddings)
        expect(weightBytes).toBe(architecture.weights * 4);
    }
  });
});

test.each(['fp16', 'q4'] as const)(
  'an adapter on weights kept in %s is merged before they are brought to it',
  async (precision) => {
    const [, row] = named[named.length - 1];
    const { architecture, stateDict } = familyModel(row);
    const given = changed(stateDict, asBfloats);
    const merged = mergeTrained(given, adapterOn(architecture));
    const stored = changed(merged, (tensor) => float32Tensor(toFloat32(tensor), tensor.shape));
    const options = { ...outside, precision } as const;
    const [found, wanted, base] = [
      await logitsOf(architecture, merged, row, options),
      await logitsOf(architecture, stored, row, options),
      await logitsOf(architecture, given, row, options),
    ];
    expect(distance(found, wanted).absolute).toBeLessThan(1e-6);
    expect(distance(found, base).absolute).toBeGreaterThan(1e-2);
  },
);

/** The graphs equal the official implementation: fixtures come from tools/fixtures/parity.py. */

import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as ort from 'onnxruntime-web';
import { beforeAll, describe, expect, test } from 'vitest';
import { parseModelConfig } from '../config.ts';
import parityCases from '../fixtures/parity.json' with { type: 'json' };
import { parsePreprocessorConfig } from '../imageSize.ts';
import { readSafetensors } from '../safetensors.ts';
import { buildDecoder } from './decoder.ts';
import { buildEmbedTokens } from './embedTokens.ts';
import {
  best,
  distance,
  emptyCache,
  GraphRun,
  greedy,
  type ModelRun,
  output,
  type ParityCase,
  type Prepared,
  prepare,
  type Runtime,
} from './parityRun.ts';
import { buildVisionEncoder } from './vision.ts';
import { canonicalCheckpoint } from './weights.ts';

const MODEL = process.env.VIGOS_MODEL_DIR ?? 'public/models/tiny-qwen2.5-vl';
const cases = parityCases as unknown as ParityCase[];
const expected = readSafetensors(readFileSync('src/model/fixtures/parity.safetensors'));
const json = (name: string): unknown => JSON.parse(readFileSync(path.join(MODEL, name), 'utf8'));
const config = parseModelConfig(json('config.json'));
const preprocessor = parsePreprocessorConfig(json('preprocessor_config.json'));
const checkpoint = canonicalCheckpoint(
  readSafetensors(readFileSync(path.join(MODEL, 'model.safetensors'))),
);

ort.env.wasm.numThreads = 1;
const runtime: Runtime = {
  Tensor: ort.Tensor,
  create: (model) => ort.InferenceSession.create(model, { executionProviders: ['wasm'] }),
};

let model: ModelRun;

beforeAll(async () => {
  const options = { weights: 'initializers' } as const;
  const open = (built: Parameters<typeof GraphRun.open>[1]) =>
    GraphRun.open(runtime, built, checkpoint);
  model = {
    config,
    preprocessor,
    embed: await open(buildEmbedTokens(config, checkpoint, options)),
    vision: await open(buildVisionEncoder(config, checkpoint, options)),
    decoder: await open(buildDecoder(config, checkpoint, options)),
  };
});

/** Logits [batch, tokens, vocab] of a prepared prompt. */
async function forward(decoder: GraphRun, prepared: Prepared, keep = 0) {
  const { batch, length, attentionMask, positionIds } = prepared.batch;
  const outputs = await decoder.run({
    inputs_embeds: prepared.embeds,
    attention_mask: { data: attentionMask, dims: [batch, length] },
    position_ids: { data: positionIds, dims: [3, batch, length] },
    num_logits_to_keep: { data: [keep], dims: [1] },
    ...emptyCache(config, batch),
  });
  return output(outputs, 'logits');
}

function tensor(name: string) {
  const found = expected.get(name);
  if (found === undefined) throw new Error(`the fixture has no ${name}`);
  return found;
}

describe.each(cases.map((parity) => [parity.name, parity] as const))('%s', (name, parity) => {
  test('vision features and logits equal the official ones', async () => {
    const prepared = await prepare(model, parity);
    if (prepared.features) {
      const far = distance(prepared.features.data, tensor(`${name}/imageFeatures`));
      expect(far.absolute).toBeLessThan(1e-3);
      expect(far.relative).toBeLessThan(1e-4);
    }
    const logits = await forward(model.decoder, prepared);
    const { length, starts } = prepared.batch;
    const vocab = config.text.vocabSize;
    const last: number[] = [];
    const kept = tensor(`${name}/lastLogits`).shape[1];
    for (const [row, { ids }] of parity.rows.entries()) {
      const first = row * length + starts[row];
      const norms = ids.map((_, i) => {
        const values = logits.data.subarray((first + i) * vocab, (first + i + 1) * vocab);
        return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
      });
      const far = distance(norms, Float32Array.from(parity.norms[row]));
      expect(far.absolute).toBeLessThan(1e-3);
      expect(far.relative).toBeLessThan(1e-4);
      expect(ids.map((_, i) => best(logits, first + i))).toEqual(parity.best[row]);
      for (let i = ids.length - kept; i < ids.length; i++)
        last.push(...logits.data.subarray((first + i) * vocab, (first + i + 1) * vocab));
    }
    const far = distance(last, tensor(`${name}/lastLogits`));
    expect(far.absolute).toBeLessThan(1e-3);
    expect(far.relative).toBeLessThan(1e-4);
  });
});

const continued = cases.filter(({ greedy: tokens }) => tokens !== undefined);

test.each(continued.map((parity) => [parity.name, parity] as const))(
  'greedy tokens equal the official ones, with and without the cache: %s',
  async (_, parity) => {
    const prepared = await prepare(model, parity);
    const withCache = await greedy(model, prepared, 64, true);
    const without = await greedy(model, prepared, 64, false);
    const decided = parity.decided ?? 0;
    const until = (rows: readonly (readonly number[])[] = []) =>
      rows.map((row) => row.slice(0, decided));
    expect(until(withCache)).toEqual(until(parity.greedy));
    expect(until(without)).toEqual(until(parity.greedy));
  },
);

test('at least eight prompts decide all 64 greedy tokens', () => {
  expect(cases.filter(({ decided }) => decided === 64).length).toBeGreaterThanOrEqual(8);
});

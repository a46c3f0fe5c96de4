/** Adapters that PEFT wrote run here with PEFT's logits, go out as they came, and are refused where they do not fit. */

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { PlaygroundError } from '../../base/errors.ts';
import { refusedBy } from '../../base/fixtures/refused.ts';
import { zipStream } from '../../storage/zip-write.ts';
import { qwen25VL } from '../families/families.ts';
import { bundledAssets } from '../fixtures/bundled-assets.ts';
import { distance } from '../fixtures/parity-run.ts';
import { smallConfig } from '../fixtures/random-model.ts';
import {
  float32Tensor,
  readSafetensors,
  readSafetensorsMetadata,
  type TensorData,
  toFloat32,
  writeSafetensors,
} from '../formats/safetensors.ts';
import { asPicked, logitsOf, peftFixture } from './fixtures/support.ts';
import { adapterFiles, findAdapter, readAdapter } from './peft.ts';
import { adapterOf } from './trained-tensors.ts';

// Sessions open slowly where other work runs beside the tests.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const fixture = peftFixture();
const base = { name: 'tiny-qwen2.5-vl', fingerprint: 'f'.repeat(64) };
const origin = { base, run: null };
let assets: Awaited<ReturnType<typeof bundledAssets>>;

beforeAll(async () => {
  assets = await bundledAssets();
});

const files = (config: object = {}, weights: Uint8Array = fixture.weights) => ({
  config: { ...fixture.config, ...config },
  weights,
});

const refusal = (of: { config: unknown; weights: Uint8Array }, model = assets.architecture) =>
  refusedBy(() => readAdapter(of, model));

type Rename = (name: string, tensor: TensorData) => [string, TensorData] | null;

function changed(rename: Rename): Uint8Array {
  const entries = [...readSafetensors(fixture.weights)].flatMap(([name, tensor]) => {
    const entry = rename(name, tensor);
    return entry === null ? [] : [entry];
  });
  return writeSafetensors(new Map(entries), { format: 'pt' });
}

test('the fixture belongs to these weights; tools/adapters/fixture.py makes it anew', () => {
  const weights = readFileSync('public/models/tiny-qwen2.5-vl/model.safetensors');
  const hash = createHash('sha256').update(weights).digest('hex');
  expect(readSafetensorsMetadata(fixture.file)).toEqual({ weights: hash });
});

test('an adapter that PEFT wrote gives the logits that PEFT gave', async () => {
  const adapter = readAdapter(files(), assets.architecture);
  expect(adapter.trainable).toMatchObject({ kind: 'lora', rank: 2, alpha: 6, dropout: 0.05 });
  expect(adapter.base).toEqual({ name: expect.any(String), fingerprint: null });
  const logits = await logitsOf(assets, assets.stateDict, fixture.ids, 2, adapter);
  expect(distance(logits, fixture.logits).absolute).toBeLessThan(1e-3);
  const moved = distance(toFloat32(fixture.baseLogits), fixture.logits);
  expect(moved.absolute).toBeGreaterThan(0.1);
});

test('one with rsLoRA, and ranks and alphas by layer, does too', async () => {
  const { config, weights, ids, logits: expected } = peftFixture('patterned/');
  const adapter = readAdapter({ config, weights }, assets.architecture);
  expect(adapter.trainable.rank).toBe(3);
  const logits = await logitsOf(assets, assets.stateDict, ids, 2, adapter);
  expect(distance(logits, expected).absolute).toBeLessThan(1e-3);
});

test('it goes out under the names and with the values that PEFT gave them', async () => {
  const adapter = readAdapter(files(), assets.architecture);
  const written = adapterFiles(adapter, origin);
  expect(written.map(({ path }) => path)).toEqual([
    'README.md',
    'adapter_config.json',
    'adapter_model.safetensors',
  ]);
  const weights = written[2].bytes();
  const ours = readSafetensors(weights);
  const theirs = readSafetensors(fixture.weights);
  expect([...ours.keys()].sort()).toEqual([...theirs.keys()].sort());
  for (const [name, { shape, dtype, bytes }] of theirs) {
    expect(ours.get(name)?.shape).toEqual(shape);
    expect(ours.get(name)?.dtype).toBe(dtype);
    expect(Buffer.compare(ours.get(name)?.bytes ?? new Uint8Array(), bytes)).toBe(0);
  }
  expect(readSafetensorsMetadata(weights).format).toBe('pt');
  expect(Buffer.compare(adapterFiles(adapter, origin)[2].bytes(), weights)).toBe(0);
});

test('its target pattern meets the text layers and not those of the vision tower', () => {
  const written = adapterFiles(readAdapter(files(), assets.architecture), origin);
  const config = JSON.parse(new TextDecoder().decode(written[1].bytes()));
  const pattern = new RegExp(`^(?:${config.target_modules})$`);
  expect('model.language_model.layers.3.mlp.gate_proj').toMatch(pattern);
  expect('model.language_model.layers.0.self_attn.q_proj').toMatch(pattern);
  expect('model.visual.blocks.0.mlp.gate_proj').not.toMatch(pattern);
  expect(config).toMatchObject({ peft_type: 'LORA', r: 2, lora_alpha: 6, bias: 'none' });
});

test('what goes out comes back, as a folder and as an archive, and knows its base', async () => {
  const adapter = readAdapter(files(), assets.architecture);
  const written = adapterFiles(adapter, origin);
  const archive = await new Response(zipStream(written, 'my-adapter')).blob();
  const trainable = { ...adapter.trainable, alpha: 1 };
  const earlier = adapterFiles({ ...adapter, trainable }, origin);
  for (const picked of [
    asPicked(written),
    asPicked(written, 'my-adapter/'),
    [{ path: 'my-adapter.zip', file: archive }],
    [...asPicked(earlier, 'my-adapter/checkpoint-5/'), ...asPicked(written, 'my-adapter/')],
  ]) {
    const back = readAdapter(await findAdapter(picked), assets.architecture);
    expect(back.trainable).toEqual(adapter.trainable);
    expect(back.tensors).toEqual(adapter.tensors);
    expect(back.base).toEqual(base);
  }
});

test('of several adapters beside one another none is taken unasked; the newest is named first', async () => {
  const written = adapterFiles(readAdapter(files(), assets.architecture), origin);
  const steps = ['checkpoint-5', 'checkpoint-100', 'checkpoint-20'];
  const picked = steps.flatMap((step) => asPicked(written, `run/${step}/`));
  const error: unknown = await findAdapter(picked).catch((thrown: unknown) => thrown);
  expect(error instanceof PlaygroundError && error.record).toMatchObject({
    code: 'adapter.several',
    message: 'There are 3 adapters: run/checkpoint-100, run/checkpoint-20, run/checkpoint-5.',
  });
});

describe('other spellings of the same adapter', () => {
  const plain = () => readAdapter(files(), assets.architecture).tensors;

  test.each([
    ['before transformers 4.52', 'model.language_model.layers.', 'model.layers.'],
    ['with the adapter named', '.weight', '.default.weight'],
    ['without the wrapper', 'base_model.model.', ''],
  ])('%s', (_, from, to) => {
    const weights = changed((name, tensor) => [name.replace(from, to), tensor]);
    expect(readAdapter(files({}, weights), assets.architecture).tensors).toEqual(plain());
  });

  test('in bfloat16', () => {
    const weights = changed((name, tensor) => {
      const words = new Uint32Array(tensor.bytes.slice().buffer);
      const halves = Uint16Array.from(words, (word) => word >>> 16);
      return [name, { ...tensor, dtype: 'BF16', bytes: new Uint8Array(halves.buffer) }];
    });
    const exact = plain();
    for (const [name, { data }] of readAdapter(files({}, weights), assets.architecture).tensors) {
      const far = [...(exact.get(name)?.data ?? [])].filter(
        (value, i) => Math.abs(data[i] - value) > Math.abs(value) / 128,
      );
      expect(far).toEqual([]);
    }
  });

  test('layers that it leaves out change nothing', async () => {
    const weights = changed((name, tensor) => (name.includes('layers.3.') ? null : [name, tensor]));
    const { tensors } = readAdapter(files({}, weights), assets.architecture);
    expect(tensors.size).toBe(plain().size);
    const left = [...tensors].filter(([name]) => name.includes('layers.3.'));
    expect(left.every(([, { data }]) => data.every((value) => value === 0))).toBe(true);
  });

  test('branches of the vision tower may stand idle, and outside of its blocks they must', () => {
    const with_ = (value: number, layer = 'blocks.0.mlp.gate_proj') => {
      const idle = `base_model.model.model.visual.${layer}.lora_`;
      const tensors = new Map(readSafetensors(fixture.weights));
      tensors.set(`${idle}A.weight`, float32Tensor(new Float32Array(256).fill(1), [2, 128]));
      tensors.set(`${idle}B.weight`, float32Tensor(new Float32Array(512).fill(value), [256, 2]));
      return files({}, writeSafetensors(tensors));
    };
    expect(readAdapter(with_(0), assets.architecture).tensors).toEqual(plain());
    expect(readAdapter(with_(0, 'merger.mlp.0'), assets.architecture).tensors).toEqual(plain());
    expect(refusal(with_(1, 'merger.mlp.0')).code).toBe('adapter.not-branches');
    const { trainable, tensors } = readAdapter(with_(1), assets.architecture);
    expect(trainable.sight).toBe('feed-forward');
    const acts = [...tensors].filter(
      ([name, { data }]) => name.startsWith('visual.') && data.some(Boolean),
    );
    expect(acts.map(([name]) => name)).toEqual(
      ['A', 'B'].map((side) => `visual.blocks.0.mlp.gate_proj.lora_${side}.weight`),
    );
  });
});

describe('what each layer adds', () => {
  /** alpha / rank · B A of a layer, of the adapter as it is used. */
  function added(adapter: ReturnType<typeof readAdapter>, layer: string): Float64Array {
    const { rank, alpha } = adapter.trainable;
    const [a, b] = ['A', 'B'].map((side) => adapter.tensors.get(`${layer}.lora_${side}.weight`));
    if (a === undefined || b === undefined) throw new Error(`no ${layer}`);
    const [rows, columns] = [b.shape[0], a.shape[1]];
    const sum = new Float64Array(rows * columns);
    for (let row = 0; row < rows; row++)
      for (let k = 0; k < rank; k++)
        for (let column = 0; column < columns; column++)
          sum[row * columns + column] +=
            (alpha / rank) * b.data[row * rank + k] * a.data[k * columns + column];
    return sum;
  }

  const query = 'model.layers.0.self_attn.q_proj';
  const value = 'model.layers.0.self_attn.v_proj';
  /** The plain adapter's rank is 2 and its alpha 6, so a layer adds 3 · B A. */
  const times = (config: object, layer: string, weights: Uint8Array = fixture.weights) => {
    const plain = added(readAdapter(files(), assets.architecture), layer);
    const found = added(readAdapter(files(config, weights), assets.architecture), layer);
    const at = plain.findIndex((one) => Math.abs(one) > 1e-3);
    const factor = found[at] / plain[at];
    for (const [i, one] of plain.entries()) expect(found[i]).toBeCloseTo(factor * one, 6);
    return factor;
  };

  test('is scaled by the root of the rank under rsLoRA', () => {
    expect(times({ use_rslora: true }, query)).toBeCloseTo(Math.SQRT2, 6);
  });

  test.each([
    ['by the end of its name', 'q_proj'],
    ['by its whole name', 'model.language_model.layers.0.self_attn.q_proj'],
    ['by an expression', '^.*layers\\.\\d+\\.self_attn\\.q_proj'],
  ])('has its own alpha, met %s', (_, pattern) => {
    expect(times({ alpha_pattern: { [pattern]: 3 } }, query)).toBeCloseTo(0.5, 6);
    expect(times({ alpha_pattern: { [pattern]: 3 } }, value)).toBeCloseTo(1, 6);
    const rooted = { use_rslora: true, alpha_pattern: { [pattern]: 3 } };
    expect(times(rooted, query)).toBeCloseTo(0.5 * Math.SQRT2, 6);
  });

  test('has its own rank, and the others are filled up', () => {
    // The same product in twice the rank: the second half is 0.
    const weights = changed((name, tensor) => {
      if (!name.includes('q_proj.lora_')) return [name, tensor];
      const [rows, columns] = tensor.shape;
      const values = toFloat32(tensor, name);
      if (name.includes('lora_A')) {
        const taller = new Float32Array(2 * values.length);
        taller.set(values);
        return [name, float32Tensor(taller, [2 * rows, columns])];
      }
      const wider = Float32Array.from({ length: 2 * values.length }, (_, i) => {
        const [row, column] = [Math.floor(i / (2 * columns)), i % (2 * columns)];
        return column < columns ? values[row * columns + column] : 0;
      });
      return [name, float32Tensor(wider, [rows, 2 * columns])];
    });
    const config = { rank_pattern: { q_proj: 4 } };
    expect(readAdapter(files(config, weights), assets.architecture).trainable.rank).toBe(4);
    expect(times(config, query, weights)).toBeCloseTo(0.5, 6);
    expect(times(config, value, weights)).toBeCloseTo(1, 6);
    expect(refusal(files({}, weights))).toMatchObject({ code: 'adapter.rank' });
    expect(refusal(files(config))).toMatchObject({ code: 'adapter.rank' });
  });
});

describe('refused by name', () => {
  test.each([
    [{ use_dora: true }, 'use_dora'],
    [{ lora_bias: true }, 'lora_bias'],
    [{ bias: 'all' }, 'bias'],
    [{ modules_to_save: ['lm_head'] }, 'modules_to_save'],
  ])('beside the weights, %o', (config, where) => {
    expect(refusal(files(config))).toMatchObject({ code: 'adapter.not-branches', where });
  });

  test.each([
    [{ rank_pattern: { '(a+)+b': 8 } }, 'rank_pattern'],
    [{ alpha_pattern: { '.*.*.*.*x': 8 } }, 'alpha_pattern'],
    [{ init_lora_weights: 'pissa' }, 'init_lora_weights'],
    [{ use_something_new: true }, 'use_something_new'],
    [{ peft_type: 'IA3' }, 'peft_type'],
  ])('%o', (config, where) => {
    expect(refusal(files(config))).toMatchObject({ code: 'adapter.unsupported', where });
  });

  test.each([
    [{ r: 0 }, 'r'],
    [{ r: '8' }, 'r'],
    [{ lora_alpha: null }, 'lora_alpha'],
    [{ lora_dropout: 1 }, 'lora_dropout'],
    [{ rank_pattern: { q_proj: 0.5 } }, 'rank_pattern.q_proj'],
    [{ alpha_pattern: { q_proj: -1 } }, 'alpha_pattern.q_proj'],
    [{ peft_type: undefined }, 'peft_type'],
  ])('%o', (config, field) => {
    expect(refusal(files(config))).toMatchObject({
      code: 'adapter.config-invalid',
      where: `adapter_config.json: ${field}`,
    });
  });

  test('an adapter of a model of another size', () => {
    expect(refusal(files(), qwen25VL(smallConfig())).code).toMatch(
      /^adapter\.(other-base|foreign-tensor)$/,
    );
    const wider = changed((name, tensor) => {
      const [rows, columns] = tensor.shape;
      if (!name.includes('q_proj.lora_A')) return [name, tensor];
      const values = new Float32Array(rows * columns * 2);
      return [name, float32Tensor(values, [rows, columns * 2])];
    });
    const record = refusal(files({}, wider));
    expect(record.code).toBe('adapter.other-base');
    expect(record.message).toContain('[2, 256]');
    expect(record.message).toContain('[2, 128]');
  });

  test('a rank that is not the one of the configuration', () => {
    expect(refusal(files({ r: 4 }))).toMatchObject({ code: 'adapter.rank' });
  });

  test('a value that is no number', () => {
    const [poisoned] = readSafetensors(fixture.weights).keys();
    const weights = changed((name, tensor) => {
      const values = toFloat32(tensor, name).slice();
      if (name === poisoned) values[5] = Number.NaN;
      return [name, float32Tensor(values, tensor.shape)];
    });
    expect(refusal(files({}, weights)).code).toBe('adapter.not-finite');
  });

  test('a layer that the model does not have', () => {
    const weights = changed((name, tensor) => [name.replace('layers.3', 'layers.9'), tensor]);
    expect(refusal(files({}, weights)).code).toBe('adapter.foreign-tensor');
  });

  test('a matrix without its partner', () => {
    const weights = changed((name, tensor) =>
      name.includes('layers.1.mlp.up_proj.lora_B') ? null : [name, tensor],
    );
    expect(refusal(files({}, weights)).code).toBe('adapter.incomplete');
  });

  test.each([
    ['base_model.model.model.embed_tokens.lora_embedding_A', 'LoRA on the embedding'],
    ['base_model.model.model.layers.0.self_attn.q_proj.lora_magnitude_vector', 'DoRA'],
    ['base_model.model.lm_head.weight', 'weights trained in full'],
  ])('beside the weights, the tensor %s', (name, said) => {
    const tensors = new Map(readSafetensors(fixture.weights));
    tensors.set(name, float32Tensor(new Float32Array(2), [2]));
    const record = refusal(files({}, writeSafetensors(tensors)));
    expect(record.code).toBe('adapter.not-branches');
    expect(record.message).toContain(said);
  });

  test('weights that are cut off', () => {
    expect(refusal(files({}, fixture.weights.subarray(0, 50_000))).code).toBe(
      'model.weights-truncated',
    );
  });

  test('a folder without one of the two files, and pickled weights', async () => {
    const written = asPicked(adapterFiles(readAdapter(files(), assets.architecture), origin));
    const code = async (picked: typeof written) => {
      const error: unknown = await findAdapter(picked).catch((thrown: unknown) => thrown);
      return error instanceof PlaygroundError ? error.record : null;
    };
    const without = (name: string) => written.filter(({ path }) => path !== name);
    expect(await code(without('adapter_config.json'))).toMatchObject({
      code: 'adapter.incomplete',
      where: 'adapter_config.json',
    });
    expect(await code(without('adapter_model.safetensors'))).toMatchObject({
      where: 'adapter_model.safetensors',
    });
    const pickled = { path: 'adapter_model.bin', file: new Blob(['x']) };
    expect(await code([...without('adapter_model.safetensors'), pickled])).toMatchObject({
      code: 'adapter.unsupported',
    });
    expect(await code([{ path: 'a.zip', file: new Blob(['no archive']) }])).toMatchObject({
      code: 'import.archive',
    });
  });

  test('whole weights that were trained are no adapter', () => {
    const { trainable, tensors } = readAdapter(files(), assets.architecture);
    expect(adapterOf({ trainable, tensors }).tensors).toBe(tensors);
    expect(() => adapterOf({ trainable: { kind: 'full', vision: false }, tensors })).toThrow(
      /Export the merged model/,
    );
    const weight = { shape: [1], data: new Float32Array(1) };
    expect(() =>
      adapterOf({
        trainable,
        tensors: new Map([...tensors, ['visual.merger.ln_q.weight', weight]]),
      }),
    ).toThrow(/visual\.merger\.ln_q\.weight/);
  });
});

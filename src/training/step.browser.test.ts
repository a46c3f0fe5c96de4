/** What a step must not depend on, and where its gradient comes from. */

import { grad, init, lax, nn, numpy as np } from '@jax-js/jax';
import { beforeAll, expect, test } from 'vitest';
import type { FloatTensor } from '../contract/train/train-records.ts';
import type { TrainSettings } from '../contract/train/train-settings.ts';
import { measureOnCpu } from '../kernels/divergence-cpu.ts';
import type { ModelAssets } from '../model/assets.ts';
import { isVisionWeight } from '../model/families/family.ts';
import { visionLayout } from '../model/families/qwen-vl/vision-layout.ts';
import { maskName } from './dropout.ts';
import {
  fixture,
  fixtureExamples,
  fixtureGradients,
  fixtureTensors,
  numberOf,
  openFrozen,
  openTrainer,
  relativeError,
  settingsOf,
} from './fixtures/parity-step.ts';
import { layOut, patchesOf, sizesFor } from './layout.ts';
import { distillation } from './recipes/distillation.ts';
import { Student } from './student.ts';
import { type FrozenModel, Trainer } from './trainer.ts';

const hooks = { pause: async () => undefined, onCompile: () => () => undefined };
let frozen: FrozenModel;
let assets: ModelAssets;

beforeAll(async () => {
  ({ frozen, assets } = await openFrozen('wasm'));
});

test('padding moves neither loss nor gradient', async () => {
  const settings = settingsOf('unclipped');
  const trainer = await openTrainer(frozen, settings, 'wasm');
  const { examples, planned } = await fixtureExamples(frozen, assets, settings);
  const step = (rows: number[]) =>
    trainer.gradient(
      {
        examples: rows.map((row) => examples[row]),
        prompts: rows.map((row) => examples[row].student),
        completions: rows.map((row) => planned[row].ids),
      },
      1,
      hooks,
    );
  // The invalid rollout is the shortest: beside the longest prompt and completion it is padded on both sides.
  const alone = await step([2]);
  const beside = await step([1, 2]);
  const other = await step([1]);
  expect(beside.figures['loss.reference']).toBeCloseTo(alone.figures['loss.reference'], 5);
  expect(beside.loss).toBeCloseTo(alone.loss + other.loss, 5);
  for (const [name, values] of beside.gradients) {
    const sum = values.map(
      (_, i) => (alone.gradients.get(name)?.[i] ?? 0) + (other.gradients.get(name)?.[i] ?? 0),
    );
    expect(relativeError(values, sum)).toBeLessThan(1e-3);
  }
  await trainer.release();
}, 600_000);

test('trainers whose graphs are alike share what was compiled; another adapter compiles its own', async () => {
  const compiled = async (changes: Partial<TrainSettings['trainable']>) => {
    const usual = settingsOf('unclipped');
    const trainable = { ...usual.trainable, ...changes } as TrainSettings['trainable'];
    const trainer = await openTrainer(frozen, { ...usual, trainable }, 'wasm');
    const { examples, planned } = await fixtureExamples(frozen, assets, usual);
    const batch = {
      examples: examples.slice(2),
      prompts: [examples[2].student],
      completions: [planned[2].ids],
    };
    let times = 0;
    const onCompile = () => {
      times++;
      return () => undefined;
    };
    const { gradients } = await trainer.gradient(batch, 1, { ...hooks, onCompile });
    await trainer.release();
    return { times, gradients };
  };
  const first = await compiled({});
  const second = await compiled({});
  const other = await compiled({ alpha: 2 * fixture.alpha });
  expect([second.times, other.times]).toEqual([0, 1]);
  for (const [name, values] of second.gradients) {
    expect(values, name).toEqual(first.gradients.get(name));
    expect(values, name).not.toEqual(other.gradients.get(name));
  }
}, 600_000);

test('adapters on text and vision blocks have PEFT’s gradient under dropout, which is in the student’s training pass alone', async () => {
  const settings = settingsOf('dropout', fixture.dropout, 'all');
  const tensors = fixtureTensors(settings, assets.architecture);
  const student = await Student.create(
    frozen.network,
    frozen.model.stateDict,
    settings.trainable,
    tensors,
    'wasm',
  );
  const { examples, planned } = await fixtureExamples(frozen, assets, settings);
  const prompts = examples.map((example) => example.student);
  const sequences = planned.map(({ ids }, i) => ({ prompt: prompts[i].prompt, ids }));
  const sizes = sizesFor(sequences, 3);
  const batch = layOut(sequences, sizes, frozen.model.padId);
  const masks = new Map<string, FloatTensor>();
  const keep = 1 / (1 - fixture.dropout);
  const grids = prompts[0].prompt.imageGrids;
  const patches = patchesOf(grids);
  // The official tower has its patches window by window (two merged patches wide in this model), and so its masks.
  const { windows } = visionLayout(grids, 2, 2);
  const inWindows = [...windows.keys()].sort((a, b) => windows[a] - windows[b] || a - b);
  for (const [name, { shape }] of tensors) {
    if (!name.endsWith('lora_A.weight')) continue;
    const module = numberOf(name);
    const rows = isVisionWeight(name) ? patches : sizes.tokens;
    const data = new Float32Array(3 * rows * shape[1]);
    for (let row = 0; row < 3; row++) {
      const start = isVisionWeight(name) ? 0 : batch.starts[row];
      for (let column = start; column < rows; column++) {
        const place = isVisionWeight(name) ? inWindows.indexOf(column) : column - start;
        for (let c = 0; c < shape[1]; c++) {
          const dropped = (row * 7 + place * 13 + c * 5 + module * 3) % 20 === 0;
          data[(row * rows + column) * shape[1] + c] = dropped ? 0 : keep;
        }
      }
    }
    masks.set(maskName(name), { shape: [3 * rows, shape[1]], data });
  }
  const input = { batch, prompts, masks };
  const logits = await student.forward(input);
  const objective = distillation(
    { examples, completions: planned.map(({ ids }) => ids) },
    { base: frozen.network, settings, padId: frozen.model.padId },
  );
  const found = await objective.measure({ logits, from: 0, to: 3, kept: sizes.kept });
  const { loss } = objective.result();
  expect(Math.abs(loss / fixture.losses.dropout - 1)).toBeLessThan(1e-4);
  const { gradients } = await student.backward(input, found.cotangent, () => () => undefined);
  const expected = await fixtureGradients();
  const recorded = [...expected.keys()].filter((name) => name.startsWith('dropout/'));
  expect([...gradients.keys()].map((name) => `dropout/${name}`).sort()).toEqual(recorded.sort());
  for (const [name, values] of gradients) {
    const own = expected.get(`dropout/${name}`) ?? new Float32Array();
    expect(relativeError(values, own), name).toBeLessThan(1e-3);
  }
  logits.release();
  await student.release();
}, 600_000);

test('full training reaches every weight, of the vision tower too, with PyTorch’s gradient', async () => {
  const settings: TrainSettings = {
    ...settingsOf('unclipped'),
    trainable: { kind: 'full', vision: true },
  };
  const trainer = await Trainer.create(settings, frozen, 'wasm');
  const { examples, planned } = await fixtureExamples(frozen, assets, settings);
  const prompts = await Promise.all(examples.map(({ student }) => trainer.see(student)));
  const completions = planned.map(({ ids }) => ids);
  const found = await trainer.gradient({ examples, prompts, completions }, 1, hooks);
  expect(Math.abs(found.loss / fixture.full.loss - 1)).toBeLessThan(1e-4);
  const expected = Object.entries(fixture.full.tensors);
  expect([...found.gradients.keys()].sort()).toEqual(expected.map(([name]) => name).sort());
  for (const [name, [norm, product]] of expected) {
    const values = found.gradients.get(name) ?? new Float32Array();
    const own = values.reduce((sum, x, i) => sum + x * Math.cos(i), 0);
    expect(
      Math.abs(Math.sqrt(values.reduce((sum, x) => sum + x * x, 0)) / norm - 1),
      name,
    ).toBeLessThan(1e-3);
    expect(Math.abs(own - product) / norm, name).toBeLessThan(1e-3);
  }
  await trainer.release();
}, 600_000);

test('the kernel’s gradient is jax-js’s own of the same loss', async () => {
  await init('wasm');
  const [rows, vocab, temperature] = [3, 40, 1.3];
  const values = (seed: number) =>
    Float32Array.from({ length: rows * vocab }, (_, i) => 3 * Math.sin(i * seed + seed));
  const student = values(1.7);
  const teacher = values(2.9);
  const kinds = ['forward-kl', 'reverse-kl', 'jsd'] as const;
  for (const kind of kinds) {
    const gradient = new Float32Array(rows * vocab);
    const divergence = kind === 'jsd' ? ({ kind, beta: 0.3 } as const) : ({ kind } as const);
    const matrix = (data: Float32Array) => ({ data, rows, cols: vocab });
    measureOnCpu(
      matrix(student),
      matrix(teacher),
      {
        vocab,
        temperature,
        divergence,
        clip: { kind: 'none' },
        rows: Array.from({ length: rows }, (_, row) => {
          return { student: row, teacher: row, sampledId: 0, weight: row + 1 };
        }),
      },
      matrix(gradient),
    );
    const weights = np.array([1, 2, 3]).reshape([rows, 1]);
    const loss = (logits: np.Array, other: np.Array): np.Array => {
      const s = nn.logSoftmax(logits.div(temperature), -1);
      const t = lax.stopGradient(nn.logSoftmax(other.div(temperature), -1));
      const kl = (p: np.Array, q: np.Array) => np.exp(p.ref).mul(p.sub(q));
      if (kind === 'forward-kl') return kl(t, s).mul(weights.ref).sum();
      if (kind === 'reverse-kl') return kl(s, t).mul(weights.ref).sum();
      const m = np.log(np.exp(t.ref).mul(0.3).add(np.exp(s.ref).mul(0.7)));
      return kl(t, m.ref).mul(0.3).add(kl(s, m).mul(0.7)).mul(weights.ref).sum();
    };
    const own = grad(loss)(
      np.array(student).reshape([rows, vocab]),
      np.array(teacher).reshape([rows, vocab]),
    );
    const autodiff = (await own.data()) as Float32Array;
    weights.dispose();
    expect(relativeError(gradient, autodiff), kind).toBeLessThan(1e-4);
  }
});

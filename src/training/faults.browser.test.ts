/** Numbers that are none, planted into a real step: the step names them and moves nothing. */

import { beforeAll, expect, test } from 'vitest';
import { toErrorRecord } from '../base/errors.ts';
import type { TensorMap } from '../contract/train/train-records.ts';
import type { TrainSettings } from '../contract/train/train-settings.ts';
import type { ModelAssets } from '../model/assets.ts';
import { floatTensor } from '../model/runtime/tensors.ts';
import type { TrainExample } from './example.ts';
import { fixtureExamples, fixtureTensors, openFrozen, settingsOf } from './fixtures/parity-step.ts';
import { freshOptimizer } from './optimizer.ts';
import { type FrozenModel, Trainer } from './trainer.ts';

const hooks = { pause: async () => undefined, onCompile: () => () => undefined };
const settings = settingsOf('unclipped');
let frozen: FrozenModel;
let assets: ModelAssets;

beforeAll(async () => {
  ({ frozen, assets } = await openFrozen('wasm'));
});

/** The adapter of the fixtures with some tensors changed. */
function changed(change: (name: string, values: Float32Array) => void): TensorMap {
  const tensors = fixtureTensors(settings, assets.architecture);
  for (const [name, { data }] of tensors) change(name, data);
  return tensors;
}

/** What a step says about these weights, examples and settings. */
async function fault(
  trainable: TensorMap,
  alter: (example: TrainExample, row: number) => TrainExample = (example) => example,
  own: TrainSettings = settings,
) {
  const state = { step: 0, trainable, optimizer: freshOptimizer(trainable) };
  const trainer = await Trainer.create(own, frozen, 'wasm', state);
  const { examples, planned } = await fixtureExamples(frozen, assets, settings);
  const altered = examples.map(alter);
  const prompts = examples.map(({ student }) => student);
  const completions = planned.map(({ ids }) => ids);
  try {
    await trainer.gradient({ examples: altered, prompts, completions }, 1, hooks);
  } catch (error) {
    return { record: toErrorRecord(error), planned };
  } finally {
    await trainer.release();
  }
  throw new Error('the step went through');
}

test('broken weights show at the first token that a teacher grades, as the student’s', async () => {
  const broken = changed((name, values) => {
    if (name.endsWith('q_proj.lora_B.weight')) values[3] = Number.NaN;
  });
  const { record, planned } = await fault(broken);
  expect(record).toMatchObject({
    code: 'train.not-finite',
    detail: { side: 'student', nonFinite: { value: 'nan' } },
  });
  const { sequence, token, text } = record.detail as Record<string, number>;
  expect(text).toBe(planned[sequence].texts[token]);
  expect(record.where).toBe(`rollout ${sequence}, token ${token}, student`);
}, 600_000);

test('a teacher that sees no numbers is named, with the token', async () => {
  const poison = (example: TrainExample, row: number): TrainExample => ({
    ...example,
    teacher(name, completion) {
      const shown = example.teacher(name, completion);
      if (row !== 1 || name !== 'reasoning' || shown.features === null) return shown;
      const { dims, size } = shown.features.tensor;
      const tensor = floatTensor(new Float32Array(size).fill(Number.NaN), dims);
      return { ...shown, features: { ...shown.features, tensor } };
    },
  });
  const { record, planned } = await fault(
    changed(() => undefined),
    poison,
  );
  const token = planned[1].plan.tokens.findIndex(({ teacher }) => teacher === 'reasoning');
  expect(record).toMatchObject({
    code: 'train.not-finite',
    where: `rollout 1, token ${token}, reasoning teacher`,
    detail: { side: 'teacher', teacher: 'reasoning', text: planned[1].texts[token] },
  });
}, 600_000);

test('a backward pass that overflows by itself is told from a bad token', async () => {
  // B is as large as numbers get and meets A = 0: nothing of it shows forwards, everything backwards.
  const absurd = changed((name, values) => {
    if (name.includes('layers.0.self_attn.v_proj'))
      values.fill(name.endsWith('B.weight') ? 3e38 : 0);
  });
  const { record } = await fault(absurd);
  expect(record.code).toBe('train.not-finite');
  expect(record.message).toMatch(/layers\.0\..*backward pass itself overflowed.*largest loss/);
  expect(Number.isFinite(record.detail?.loss)).toBe(true);
}, 600_000);

test('supervised fine-tuning names the reference text', async () => {
  const broken = changed((_, values) => values.fill(Number.NaN));
  const { record } = await fault(broken, undefined, { ...settings, recipe: 'sft', method: null });
  expect(record).toMatchObject({
    code: 'train.not-finite',
    where: 'reference text 0, token 0, student',
    message: expect.stringMatching(/^Token 0 \(".*"\) of reference text 0: the loss is NaN\.$/),
  });
}, 600_000);

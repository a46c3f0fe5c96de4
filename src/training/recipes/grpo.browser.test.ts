/** GRPO's loss and gradient equal PyTorch's autograd on the official model, on both backends; what its steps say and refuse. */

import { afterAll, describe, expect, test } from 'vitest';
import { toErrorRecord } from '../../base/errors.ts';
import type { GrpoSettings, TrainSettings } from '../../contract/train/train-settings.ts';
import { trainSettings } from '../../contract/train/train-settings.ts';
import { planRollout } from '../../inference/reading.ts';
import { VIGOS_PAPER } from '../../method/named-methods.ts';
import type { ModelAssets } from '../../model/assets.ts';
import {
  fixtureExamples,
  fixtureGradients,
  openFrozen,
  openTrainer,
  relativeError,
  fixture as training,
} from '../fixtures/parity-step.ts';
import type { FrozenModel, StepBatch } from '../trainer.ts';

interface Variant extends Pick<GrpoSettings, 'averaging' | 'ratioClip' | 'klCoefficient'> {
  readonly temperature: number;
  readonly loss: number;
  /** [rollouts][tokens], when they were sampled. */
  readonly logProbs: readonly (readonly number[])[];
}

interface Fixture {
  /** Whose rows' prompts are asked. */
  readonly prompts: readonly number[];
  readonly answers: readonly string[];
  readonly variants: Readonly<Record<string, Variant>>;
}

const fixture: Fixture = await (await fetch('/src/training/fixtures/grpo.json')).json();
const expected = await fixtureGradients('grpo');
const hooks = { pause: async () => undefined, onCompile: () => () => undefined };

function settingsOf(
  { temperature, averaging, ratioClip, klCoefficient }: Omit<Variant, 'loss' | 'logProbs'>,
  more: Partial<GrpoSettings> = {},
): TrainSettings {
  const settings = trainSettings('grpo', 'paper');
  const { rank, alpha } = training;
  if (settings.grpo === undefined || settings.trainable.kind !== 'lora') throw new Error('not so');
  return {
    ...settings,
    grpo: { ...settings.grpo, groupSize: 3, averaging, ratioClip, klCoefficient, ...more },
    sampling: { ...settings.sampling, temperature, maxNewTokens: 8 },
    trainable: { ...settings.trainable, rank, alpha, dropout: 0 },
  };
}

/** Every prompt with every rollout, as the script has them. */
async function batchOf(
  frozen: FrozenModel,
  assets: ModelAssets,
  settings: TrainSettings,
  logProbs: StepBatch['logProbs'],
): Promise<StepBatch> {
  const { examples } = await fixtureExamples(frozen, assets, settings);
  const asked = fixture.prompts.flatMap((prompt, question) =>
    training.rows.map(() => ({
      ...examples[prompt],
      plan: (ids: readonly number[]) => planRollout(assets, ids, VIGOS_PAPER),
      isCorrect: ({ answer }: { readonly answer: string | null }) =>
        answer === fixture.answers[question],
    })),
  );
  return {
    examples: asked,
    prompts: asked.map(({ student }) => student),
    completions: fixture.prompts.flatMap(() => training.rows.map(({ ids }) => ids)),
    logProbs,
  };
}

for (const backend of ['wasm', 'webgpu'] as const)
  describe(backend, async () => {
    const { frozen, assets } = await openFrozen(backend);
    afterAll(() => frozen.network.release());

    // A software adapter takes seconds for each: the one with more in it is enough there.
    test.each(backend === 'wasm' ? Object.keys(fixture.variants) : ['token'])(
      'mean over %s',
      async (name) => {
        const variant = fixture.variants[name];
        const settings = settingsOf(variant);
        const trainer = await openTrainer(frozen, settings, backend);
        const batch = await batchOf(frozen, assets, settings, variant.logProbs);
        const found = await trainer.gradient(batch, 1, hooks);
        expect(Math.abs(found.loss / variant.loss - 1)).toBeLessThan(1e-3);
        const errors = [...found.gradients].map(([tensor, values]) => {
          const own = expected.get(`${name}/${tensor}`);
          if (own === undefined) throw new Error(`no fixture of ${name}/${tensor}`);
          return relativeError(values, own);
        });
        expect(errors).toHaveLength(expected.size / Object.keys(fixture.variants).length);
        expect(Math.max(...errors)).toBeLessThan(1e-3);
        // One right, one of the form alone, one of neither: in both groups.
        expect(found.figures).toMatchObject({ reward: 1 / 3, equalGroups: 0, validRate: 2 / 3 });
        expect(found.figures.meanReward).toBeCloseTo(1.1 / 3, 12);
        expect(found.figures.ratioClipShare).toBeGreaterThan(0.05);
        expect(found.figures.klToBase).toBeGreaterThan(0);
        const { policy, losses } = found.rollouts[3];
        expect(policy).toMatchObject({ group: 1, reward: 0.1 });
        expect(policy?.ratios).toHaveLength(losses.length);
        await trainer.release();
      },
      600_000,
    );
  });

describe('a step', async () => {
  const { frozen, assets } = await openFrozen('wasm');
  const { sequence } = fixture.variants;
  const settings = settingsOf({ ...sequence, temperature: 1 }, { groupSize: 2, updates: 2 });

  test('moves the weights as often as the settings say, by the rollouts of one sampling', async () => {
    const trainer = await openTrainer(frozen, settings, 'wasm');
    const { examples } = await fixtureExamples(frozen, assets, settings);
    const { metrics, completions, rollouts } = await trainer.advance({
      examples: async () => examples.slice(0, 2),
      ...hooks,
    });
    expect(completions).toHaveLength(4);
    expect(rollouts.map(({ policy }) => policy?.group)).toEqual([0, 0, 1, 1]);
    expect(trainer.optimizer.updates).toBe(2);
    expect(trainer.step).toBe(1);
    // The fixture reads them all as valid and wrong: no group teaches anything, which is counted and no error.
    expect(metrics.figures).toMatchObject({ equalGroups: 1, reward: 0, meanReward: 0.1 });
    await trainer.release();
  }, 600_000);

  test('whose ratio is no number says which token’s, and leaves everything as it was', async () => {
    const trainer = await openTrainer(frozen, settings, 'wasm');
    const before = trainer.tensors;
    const sampled = sequence.logProbs.map((row) => [...row]);
    sampled[1][2] = Number.NEGATIVE_INFINITY;
    const three = settingsOf(sequence);
    const batch = await batchOf(frozen, assets, three, sampled);
    const other = await openTrainer(frozen, three, 'wasm');
    const { code, message, fix } = await other.gradient(batch, 1, hooks).then(
      () => toErrorRecord(new Error('nothing was refused')),
      (error) => toErrorRecord(error),
    );
    expect(code).toBe('train.not-finite');
    expect(message).toMatch(/^Token 2 \(.*\) of rollout 1: the ratio .* is Infinity/);
    expect(fix).toContain('No weight moved');
    expect(trainer.tensors).toBe(before);
    await Promise.all([trainer.release(), other.release()]);
  }, 600_000);
});

/**
 * A recipe that only this file knows trains a step, with a figure of its own. What it takes is its row and kind in
 * `contract/recipes.ts`, its objective, and the objective's place in `recipes/table.ts`: three files.
 */

import { expect, test } from 'vitest';
import { figuresOf, singleFigure } from '../../contract/figures/step-figures.ts';
import { RECIPES, type Recipe, type RecipeKind } from '../../contract/train/recipes.ts';
import { trainSettings } from '../../contract/train/train-settings.ts';
import { validateTrainSettings } from '../../contract/train/train-validate.ts';
import { LogitOps } from '../../inference/logit-ops.ts';
import { fixtureExamples, openFrozen } from '../fixtures/parity-step.ts';
import { Trainer } from '../trainer.ts';
import { crossEntropy } from './cross-entropy.ts';
import type { MakeObjective } from './objective.ts';

const CHARTS = [
  singleFigure(
    'meanWeight',
    { title: 'Weight', unit: '', scale: 'plain', sentence: 'Mean weight of a rollout.' },
    (weights: readonly number[]) => weights.reduce((a, b) => a + b, 0) / weights.length,
  ),
];

const KIND: RecipeKind = {
  name: 'rewarded',
  texts: 'sampled',
  teachers: false,
  rewards: false,
  rolloutsPerPrompt: 2,
  chart: 'loss',
  charts: CHARTS,
  withoutRollouts: null,
};

const REWARDED: Recipe = {
  id: 'rewarded',
  label: 'Own rollouts, valid ones twice',
  description: 'Cross-entropy on what the student wrote itself.',
  kind: KIND,
  method: null,
};

/** Mean of −w·log p over the tokens of a batch, w 2 for valid rollouts and 1 for others. */
const rewarded: MakeObjective = ({ examples, completions }, { base }) => {
  const weights = completions.map((ids, i) => (examples[i].plan(ids).parsed.valid ? 2 : 1));
  const activeTokens = completions.reduce((sum, ids) => sum + ids.length, 0);
  let loss = 0;
  let entropy = 0;
  return {
    assertLearnable: () => undefined,
    async measure({ logits, from, to, kept }) {
      const values = await new LogitOps(base.device).readRows(logits);
      const cotangent = new Float32Array(values.length);
      for (let i = from; i < to; i++) {
        const rows = completions[i].map((id, t) => ({ row: (i - from) * kept + t, id }));
        const found = crossEntropy(values, logits.vocab, rows, cotangent);
        const share = (weights[i] * rows.length) / activeTokens;
        for (const { row } of rows)
          for (let v = 0; v < logits.vocab; v++) cotangent[row * logits.vocab + v] *= share;
        loss += found.loss * share;
        entropy += (found.entropy * rows.length) / activeTokens;
      }
      return { cotangent, tokens: () => [], ms: { teachers: 0, divergence: 0 } };
    },
    result: () => ({
      loss,
      entropy,
      activeTokens,
      divergences: completions.map((ids) => ids.map(() => null)),
      figures: figuresOf(CHARTS, weights),
      rollouts: [],
    }),
  };
};

test('a recipe that is one row and one objective trains a step, and its figure comes with it', async () => {
  const recipes = [...RECIPES, REWARDED];
  const values = trainSettings('rewarded', 'tiny', recipes);
  const settings = validateTrainSettings(
    {
      ...values,
      sampling: { ...values.sampling, maxNewTokens: 8 },
      optimizer: { ...values.optimizer, warmupSteps: 0 },
    },
    recipes,
  );
  const { frozen, assets } = await openFrozen('wasm');
  const recipe = { kind: KIND, objective: rewarded };
  const trainer = await Trainer.create(settings, frozen, 'wasm', undefined, recipe);
  const { examples } = await fixtureExamples(frozen, assets, settings);
  const before = trainer.tensors;
  const { metrics, completions } = await trainer.advance({
    examples: async () => examples.slice(0, 2),
    pause: async () => undefined,
    onCompile: () => () => undefined,
  });
  expect(completions).toHaveLength(4);
  expect(metrics.figures.meanWeight).toBeGreaterThanOrEqual(1);
  expect(metrics.gradNorm).toBeGreaterThan(0);
  const moved = [...trainer.tensors].filter(([name, { data }]) =>
    data.some((value, i) => value !== before.get(name)?.data[i]),
  );
  expect(moved.length).toBeGreaterThan(0);
  // The same rollouts are likelier now.
  const prompts = await Promise.all([0, 0, 1, 1].map((i) => trainer.see(examples[i].student)));
  const again = await trainer.gradient(
    { examples: [0, 0, 1, 1].map((i) => examples[i]), prompts, completions },
    2,
    { pause: async () => undefined, onCompile: () => () => undefined },
  );
  expect(again.loss).toBeLessThan(metrics.loss);
  await trainer.release();
}, 600_000);

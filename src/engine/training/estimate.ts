/** What a run will take, from a few steps that are measured and thrown away. */

import { recipeOf, type TrainSettings } from '../../method/train-settings.ts';
import { trainableShapes } from '../../training/trainable.ts';
import { Trainer } from '../../training/trainer.ts';
import type { TrainEstimate } from '../../training/types.ts';
import type { Bench } from '../walk.ts';
import { stepExamples } from './data.ts';
import { evaluate, validationItems } from './evaluate.ts';
import { trainBench } from './run.ts';

/** Evaluation items that are measured. */
const TRIAL_ITEMS = 2;
/** Numbers that the backward pass keeps a token and layer, in features: about what the graph's nodes make. */
const KEPT_FEATURES = 24;

/** Two steps on the model as it is, and a small evaluation. Throws what a step throws. */
export async function estimate(
  bench: Bench,
  settings: TrainSettings,
  pause: () => Promise<void>,
): Promise<TrainEstimate> {
  const { text } = bench.network.config;
  const shapes = trainableShapes(bench.network.config, settings.trainable);
  const trainableParameters = [...shapes.values()].reduce(
    (sum, shape) => sum + shape.reduce((a, b) => a * b, 1),
    0,
  );
  const trains = recipeOf(settings.recipe).kind !== 'untrained';
  const device = bench.network.target.backend;
  const trainer = await Trainer.create({ ...settings, steps: 2 }, trainBench(bench), device);
  try {
    let compileMs = 0;
    let stepMs = 0;
    let tokens = 0;
    for (let step = 0; trains && step < 2; step++) {
      bench.contexts.trim();
      const { metrics } = await trainer.advance({
        examples: (at) => stepExamples(bench, settings, at),
        pause,
        onCompile: () => () => undefined,
      });
      compileMs += metrics.compileMs;
      stepMs = metrics.ms.total;
      tokens = settings.rolloutsPerStep * (settings.sampling.maxNewTokens + text.hiddenSize);
    }
    const items = validationItems(TRIAL_ITEMS);
    const request = { items, sampling: settings.sampling, seed: settings.seed, step: 0 };
    const trial = await evaluate(bench, trainer, request, pause, () => undefined);
    const { every, items: count } = settings.evaluation;
    const evaluations = every === 0 ? 0 : 1 + Math.ceil(settings.steps / every);
    const evaluating = (evaluations * count * trial.ms) / TRIAL_ITEMS;
    // Weights of both executions, trained tensors with two moments and a gradient, and kept values.
    const weights =
      3 *
      4 *
      [...bench.assets.checkpoint.values()].reduce(
        (sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1),
        0,
      );
    const kept = 4 * tokens * text.layers * (KEPT_FEATURES * text.hiddenSize);
    return {
      stepMs,
      totalMs: (trains ? settings.steps * stepMs : 0) + compileMs + evaluating,
      memoryBytes: weights + 6 * 4 * trainableParameters + kept,
      compileMs,
      trainableParameters,
    };
  } finally {
    await trainer.release();
  }
}

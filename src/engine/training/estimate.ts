/** What a run will take: a few of its own steps and measurements, timed and thrown away. */

import { takeDevicePeak } from '../../base/device-memory.ts';
import { wasmMemoryBytes } from '../../base/wasm-memory.ts';
import { recipeOf } from '../../contract/train/recipes.ts';
import type { TrainEstimate } from '../../contract/train/train-records.ts';
import type { TrainSettings } from '../../contract/train/train-settings.ts';
import type { ModelInUse } from '../../inference/model-in-use.ts';
import type { GivenData } from '../../training/data/own-questions.ts';
import { worldOf } from '../../training/data/table.ts';
import type { TrainExample } from '../../training/example.ts';
import { columnsFor } from '../../training/layout.ts';
import { trainableShapes } from '../../training/trainable.ts';
import { Trainer } from '../../training/trainer.ts';
import { stepExamples } from './data.ts';
import {
  heldOutLeakage,
  heldOutResponses,
  heldOutTeachers,
  heldOutWords,
  RESPONSES_AT_ONCE,
} from './evaluate.ts';
import { followedFigures, followedRollout } from './follow.ts';
import { evaluationSampling, frozenModel, studentOf } from './run.ts';

/** Steps after the first one, which compiles and warms everything up. */
const STEPS = 2;
/** Arrays in plain memory for each trained number: weights now and before the step, two moments, and what a step makes of the four. */
const ARRAYS = 8;
const FLOAT_BYTES = 4;
/** Pictures of a group, each of which is answered once. */
const GROUP = 3;

/** Throws what a step throws. */
export async function estimate(
  inUse: ModelInUse,
  settings: TrainSettings,
  given: GivenData,
  pause: () => Promise<void>,
): Promise<TrainEstimate> {
  const shapes = trainableShapes(inUse.network.architecture, settings.trainable);
  const trainableParameters = [...shapes.values()].reduce(
    (sum, shape) => sum + shape.reduce((a, b) => a * b, 1),
    0,
  );
  takeDevicePeak();
  const device = inUse.network.target.backend;
  const trainer = await Trainer.create(settings, frozenModel(inUse), device);
  try {
    const steps = await trySteps(inUse, { settings, given }, trainer, pause);
    const evaluationMs = await tryEvaluation(inUse, settings, trainer, pause);
    const followedMs = await tryFollowing(inUse, settings, trainer);
    const measured = (device === 'webgpu' ? takeDevicePeak() : wasmMemoryBytes()) ?? 0;
    const arrays = ARRAYS * FLOAT_BYTES * trainableParameters;
    return {
      stepMs: steps.ms,
      compileMs: steps.compileMs,
      evaluationMs,
      totalMs:
        steps.compileMs +
        steps.warmUpMs +
        (steps.count === 0 ? 0 : settings.steps * steps.ms) +
        evaluationMs +
        followedMs,
      memoryBytes: measured + arrays,
      longestMemoryBytes: measured * steps.growth + arrays,
      trainableParameters,
    };
  } finally {
    await trainer.release();
  }
}

interface TriedSteps {
  readonly count: number;
  /** Mean time of a step, ms. */
  readonly ms: number;
  /** What the first step took more than that, ms. */
  readonly warmUpMs: number;
  readonly compileMs: number;
  /** How much longer the longest batch of the run may be than the longest that was tried; at least 1. */
  readonly growth: number;
}

async function trySteps(
  inUse: ModelInUse,
  { settings, given }: { readonly settings: TrainSettings; readonly given: GivenData },
  trainer: Trainer,
  pause: () => Promise<void>,
): Promise<TriedSteps> {
  const nothing = { count: 0, ms: 0, warmUpMs: 0, compileMs: 0, growth: 1 };
  const { texts } = recipeOf(settings.recipe).kind;
  if (texts === 'none') return nothing;
  const times: number[] = [];
  let compileMs = 0;
  let tried = 0;
  let longest = 0;
  const count = Math.min(settings.steps, 1 + STEPS);
  while (times.length < count) {
    inUse.contexts.trim();
    let examples: readonly TrainExample[] = [];
    const { metrics, completions } = await trainer.advance({
      async examples(step) {
        examples = await stepExamples(inUse, settings, step, given);
        return examples;
      },
      pause,
      onCompile: () => () => undefined,
    });
    times.push(metrics.ms.total);
    compileMs += metrics.compileMs;
    const prompt = Math.max(...examples.map(({ student }) => student.prompt.inputIds.length));
    const made = completions.map((ids) => ids.length);
    tried = Math.max(tried, columnsFor(prompt, Math.max(...made)).tokens);
    longest = Math.max(
      tried,
      longest,
      texts !== 'sampled' ? 0 : columnsFor(prompt, settings.sampling.maxNewTokens).tokens,
    );
  }
  const [first, ...later] = times;
  const ms = later.length === 0 ? first : later.reduce((a, b) => a + b, 0) / later.length;
  return { count, ms, warmUpMs: Math.max(0, first - ms), compileMs, growth: longest / tried };
}

/** Time of all evaluations of the run, ms, from one batch of answers, the leakage of one rollout and teachers on one group. */
async function tryEvaluation(
  inUse: ModelInUse,
  settings: TrainSettings,
  trainer: Trainer,
  pause: () => Promise<void>,
): Promise<number> {
  const { evaluation, recipe, seed, steps } = settings;
  const { every, items: wanted, palr, responses, teachers, words } = evaluation;
  const untrained = recipeOf(recipe).kind.texts === 'none';
  if (every === 0 && !untrained) return 0;
  const source = worldOf(settings);
  const tried = Math.min(wanted, Math.ceil(RESPONSES_AT_ONCE / (responses + GROUP)));
  const items = source.validation(tried);
  const { measure } = source;
  const sampling = evaluationSampling(settings);
  const asked = { responses, palr: Math.min(1, palr), teachers: Math.min(1, teachers) };
  const problems = source.problems(Math.min(words, RESPONSES_AT_ONCE));
  const request = { items, problems, asked, measure, sampling, seed, step: 0, written: new Map() };
  const student = studentOf(settings, trainer);
  const nothing = () => undefined;
  const start = performance.now();
  const answers = await heldOutResponses(inUse, student, request, pause, nothing);
  const answered = performance.now();
  await heldOutLeakage(inUse, student, request, answers, pause, nothing);
  const leakageMs = performance.now() - answered;
  const worded = performance.now();
  await heldOutWords(inUse, student, request, pause, nothing);
  const wordsMs = (performance.now() - worded) * (words / Math.max(1, problems.length));
  const taughtMs: number[] = [];
  // What does not depend on the student is written once, so that the second time takes less.
  for (let time = 0; time < 2; time++) {
    const begun = performance.now();
    await heldOutTeachers(inUse, request, answers, pause, nothing);
    taughtMs.push(performance.now() - begun);
  }
  const times = untrained ? 1 : 1 + Math.ceil(steps / every);
  const rollouts = Math.min(palr, GROUP * wanted);
  const groups = Math.min(teachers, wanted);
  return (
    times * ((wanted / tried) * (answered - start) + rollouts * leakageMs + wordsMs) +
    groups * (taughtMs[0] + (times - 1) * taughtMs[1])
  );
}

/** Time that following one rollout takes over the run, ms. */
async function tryFollowing(
  inUse: ModelInUse,
  settings: TrainSettings,
  trainer: Trainer,
): Promise<number> {
  const { every } = settings.followed;
  if (every === 0 || settings.method === null) return 0;
  const rollout = await followedRollout(inUse, settings, trainer);
  const start = performance.now();
  await followedFigures(inUse, settings, trainer, rollout);
  return (1 + Math.floor(settings.steps / every)) * (performance.now() - start);
}

/** One run's state and its step: rollouts, validity, teachers, divergence, gradient, update. */

import { hashWords } from '../base/random.ts';
import { settingsAt } from '../contract/train/stages.ts';
import type {
  OptimizerState,
  StepMetrics,
  StepTimes,
  TensorMap,
  TrainRollout,
} from '../contract/train/train-records.ts';
import type { TrainSettings } from '../contract/train/train-settings.ts';
import type { Generated, PromptWithImages } from '../inference/generate.ts';
import { rowsWithin } from '../inference/logits-budget.ts';
import { type SampledModel, sample } from '../inference/sample.ts';
import { isVisionWeight } from '../model/families/family.ts';
import type { StateDict } from '../model/onnx/weights.ts';
import type { ModelNetwork } from '../model/runtime/network.ts';
import { dropoutMasks } from './dropout.ts';
import type { TrainExample } from './example.ts';
import { assertFinite, assertUpdated, undrawn } from './faults.ts';
import type { BackwardDevice } from './gradient-device.ts';
import { type BatchSizes, layOut, patchesOf, sizesFor } from './layout.ts';
import { memoryNow } from './memory.ts';
import { adamW, freshOptimizer, learningRateAt } from './optimizer.ts';
import type { ObjectiveBatch, ObjectiveResult, PieceGradient } from './recipes/objective.ts';
import { type TrainingRecipe, trainingRecipe } from './recipes/table.ts';
import { Student } from './student.ts';
import { initialTensors, trainableShapes } from './trainable.ts';

/** The frozen model and what sampling from it needs. */
export interface FrozenModel {
  readonly network: ModelNetwork;
  readonly model: SampledModel & { readonly stateDict: StateDict };
}

export interface StepHooks {
  /** The examples of a step, in order; their features live until the next step. */
  readonly examples: (step: number) => Promise<readonly TrainExample[]>;
  /** Called where the step can be left without harm; throws to stop. */
  readonly pause: () => Promise<void>;
  /** Something is being compiled; the answer is called with the time it took. */
  readonly onCompile: (what: string) => (ms: number) => void;
}

export interface StepResult {
  readonly metrics: StepMetrics;
  /** Empty for a recipe without. */
  readonly rollouts: readonly TrainRollout[];
  /** What was learnt from, token ids, EOS included. */
  readonly completions: readonly (readonly number[])[];
}

/** What a step learns from, with each prompt as the student sees it. */
export interface StepBatch extends ObjectiveBatch {
  readonly prompts: readonly PromptWithImages[];
}

/** What a step computes before any weight moves. */
export interface StepGradient extends ObjectiveResult {
  readonly gradients: ReadonlyMap<string, Float32Array>;
  readonly ms: { teachers: number; forward: number; divergence: number; backward: number };
  readonly compileMs: number;
}

/** Most completions in one backward pass, fewer where their logits are large; a larger batch is computed in equal pieces. */
const MOST_SEQUENCES = 16;

/** Streams of random numbers under one seed. */
const STREAM = { adapter: 1, rollouts: 2, dropout: 3 } as const;

export class Trainer {
  /** May change between steps, by where stages end. */
  settings: TrainSettings;
  readonly #recipe: TrainingRecipe;
  readonly #frozen: FrozenModel;
  readonly #student: Student;
  #optimizer: OptimizerState;
  #step: number;

  private constructor(
    settings: TrainSettings,
    recipe: TrainingRecipe,
    frozen: FrozenModel,
    student: Student,
    optimizer: OptimizerState,
    step: number,
  ) {
    this.settings = settings;
    this.#recipe = recipe;
    this.#frozen = frozen;
    this.#student = student;
    this.#optimizer = optimizer;
    this.#step = step;
  }

  /** A run from its start, or from a state that an earlier one left. Throws what `Student.create` throws. */
  static async create(
    settings: TrainSettings,
    frozen: FrozenModel,
    device: BackwardDevice,
    state?: {
      readonly step: number;
      readonly trainable: TensorMap;
      readonly optimizer: OptimizerState;
    },
    recipe = trainingRecipe(settings.recipe),
  ): Promise<Trainer> {
    const { network, model } = frozen;
    const { stateDict } = model;
    const seed = hashWords(settings.seed, STREAM.adapter);
    const tensors =
      state?.trainable ?? initialTensors(network.architecture, stateDict, settings.trainable, seed);
    const student = await Student.create(network, stateDict, settings.trainable, tensors, device);
    const optimizer = state?.optimizer ?? freshOptimizer(tensors);
    return new Trainer(settings, recipe, frozen, student, optimizer, state?.step ?? 0);
  }

  /** Steps done. */
  get step(): number {
    return this.#step;
  }

  get tensors(): TensorMap {
    return this.#student.tensors;
  }

  get optimizer(): OptimizerState {
    return this.#optimizer;
  }

  /** The student as it is now, for sampling and scoring. */
  get network(): ModelNetwork {
    return this.#student.network;
  }

  /** The prompt as the student sees it now. */
  see(prompt: PromptWithImages): Promise<PromptWithImages> {
    return this.#student.see(prompt);
  }

  /**
   * One update. When it throws, nothing has changed: `train.not-finite`, `train.all-invalid`,
   * `train.nothing-supervised`, and what the hooks and the runtimes throw.
   */
  async advance(hooks: StepHooks): Promise<StepResult> {
    const step = this.#step + 1;
    const start = performance.now();
    const batch = await this.#batch(await hooks.examples(step), step, hooks.pause);
    const { completions } = batch;
    const rollout = performance.now() - start;
    const { settings, place } = this.#at(step);
    const learningRate = learningRateAt(
      settings.optimizer,
      step - place.from,
      place.to - place.from,
    );
    const found = await this.#update(batch, step, learningRate, hooks);
    this.#step = step;
    const total = performance.now() - start - found.compileMs;
    const ms: StepTimes = { ...found.ms, rollout, total };
    const tokens = completions.reduce((sum, ids) => sum + ids.length, 0);
    const metrics: StepMetrics = {
      step,
      loss: found.loss,
      figures: found.figures,
      entropy: found.entropy,
      gradNorm: found.gradNorm,
      learningRate,
      tokens,
      activeTokens: found.activeTokens,
      ms,
      compileMs: found.compileMs,
      tokensPerSecond: (1000 * tokens) / total,
      memory: memoryNow(this.network.device !== null),
    };
    return { metrics, rollouts: found.rollouts, completions };
  }

  /** Each example as often as the recipe wants its completions, one after the other, and these. */
  async #batch(
    asked: readonly TrainExample[],
    step: number,
    pause: () => Promise<void>,
  ): Promise<StepBatch> {
    const { settings, recipe } = this.#at(step);
    const { kind } = recipe;
    const times = settings.grpo?.groupSize ?? kind.rolloutsPerPrompt;
    const rows = asked.flatMap((_, prompt) => new Array<number>(times).fill(prompt));
    const seen = await Promise.all(asked.map(({ student }) => this.see(student)));
    const batch = { examples: rows.map((i) => asked[i]), prompts: rows.map((i) => seen[i]) };
    if (kind.texts === 'reference')
      return { ...batch, completions: batch.examples.map(({ referenceIds }) => referenceIds) };
    if (kind.texts === 'caption')
      return { ...batch, completions: batch.examples.map(({ captionIds }) => captionIds) };
    const sampled = await this.rollOut(seen, step, pause, rows);
    return {
      ...batch,
      completions: sampled.map(({ ids }) => ids),
      logProbs: sampled.map(({ logProbs }) => logProbs),
    };
  }

  /** Moves the weights by one batch, several times where the settings say so; all of it, or nothing where it throws. */
  async #update(batch: StepBatch, step: number, learningRate: number, hooks: StepHooks) {
    const { settings, place } = this.#at(step);
    const objective = this.#objective(batch, step);
    const before = { tensors: this.#student.tensors, optimizer: this.#optimizer };
    const ms = { teachers: 0, forward: 0, divergence: 0, backward: 0, optimizer: 0 };
    const updates = settings.grpo?.updates ?? 1;
    let compileMs = 0;
    try {
      // A stage is a run of its own on the weights that the one before it left: its moments begin anew.
      if (place.from > 0 && step === place.from + 1)
        this.#optimizer = freshOptimizer(before.tensors);
      for (let update = 0; ; update++) {
        const found = await this.gradient(batch, step, hooks, objective, update);
        await hooks.pause();
        const updating = performance.now();
        const { tensors } = this.#student;
        const { optimizer } = settings;
        const next = adamW(tensors, this.#optimizer, found.gradients, optimizer, learningRate);
        assertUpdated(next.tensors, next.state);
        this.#student.tensors = next.tensors;
        this.#optimizer = next.state;
        ms.optimizer += performance.now() - updating;
        for (const part of ['teachers', 'forward', 'divergence', 'backward'] as const)
          ms[part] += found.ms[part];
        compileMs += found.compileMs;
        if (update + 1 === updates) return { ...found, gradNorm: next.gradNorm, ms, compileMs };
      }
    } catch (error) {
      if (this.#student.tensors !== before.tensors) this.#student.tensors = before.tensors;
      this.#optimizer = before.optimizer;
      throw error;
    }
  }

  /** A completion for each of `rows`, the prompt of each by index (one of each prompt unless told), sampled with the current weights. */
  async rollOut(
    prompts: readonly PromptWithImages[],
    step: number,
    pause: () => Promise<void>,
    rows: readonly number[] = [...prompts.keys()],
  ): Promise<Generated[]> {
    const { sampling, seed } = this.#at(step).settings;
    const request = {
      ...sampling,
      prompts,
      rows,
      seed: hashWords(seed, STREAM.rollouts, step),
    };
    return sample(this.network, this.#frozen.model, request, {
      pause,
      undrawn: undrawn('rollout'),
    });
  }

  /** Loss and gradients of given completions, for the `update`th time in a step; no weight moves. */
  async gradient(
    batch: StepBatch,
    step: number,
    { pause, onCompile }: Pick<StepHooks, 'pause' | 'onCompile'>,
    objective = this.#objective(batch, step),
    update = 0,
  ): Promise<StepGradient> {
    const { prompts, completions } = batch;
    objective.assertLearnable();
    const ms = { teachers: 0, forward: 0, divergence: 0, backward: 0 };
    const gradients = new Map<string, Float32Array>();
    let compileMs = 0;
    const sequences = completions.map((ids, i) => ({ prompt: prompts[i].prompt, ids }));
    const { kept } = sizesFor(sequences, 1);
    const fitting = Math.max(1, Math.floor(rowsWithin(this.network) / kept));
    const most = Math.min(MOST_SEQUENCES, fitting);
    const branches = this.#branches(prompts, most);
    const rows = completions.length / branches;
    const pieces = Math.ceil(rows / Math.floor(most / branches));
    const size = branches * Math.ceil(rows / pieces);
    const sizes = sizesFor(sequences, size / branches, branches);
    for (let from = 0; from < completions.length; from += size) {
      const to = Math.min(from + size, completions.length);
      const asked = prompts.slice(from, to).filter((_, i) => i % branches === 0);
      const input = {
        batch: layOut(sequences.slice(from, to), sizes, this.#frozen.model.padId),
        prompts: asked,
        masks: this.#masks(asked, sizes, step, from, update),
      };
      const started = performance.now();
      const logits = await this.#student.forward(input);
      ms.forward += performance.now() - started;
      await pause();
      let measured: PieceGradient;
      try {
        measured = await objective.measure({ logits, from, to, kept: sizes.kept });
        ms.teachers += measured.ms.teachers;
        ms.divergence += measured.ms.divergence;
      } finally {
        logits.release();
      }
      await pause();
      const back = await this.#student.backward(input, measured.cotangent, onCompile);
      compileMs += back.compileMs;
      ms.backward += back.ms;
      assertFinite(back.gradients, { ...measured, vocab: logits.vocab });
      for (const [name, values] of back.gradients) addInto(gradients, name, values);
    }
    return { ...objective.result(), gradients, ms, compileMs };
  }

  /** A completion's figures under the current weights, without dropout; nothing is trained. */
  async measure(example: TrainExample, ids: readonly number[]): Promise<ObjectiveResult> {
    const prompt = await this.see(example.student);
    const sequence = { prompt: prompt.prompt, ids };
    const sizes = sizesFor([sequence], 1);
    const batch = layOut([sequence], sizes, this.#frozen.model.padId);
    const objective = this.#objective({ examples: [example], completions: [ids] }, 0);
    const logits = await this.#student.score({ batch, prompts: [prompt] });
    try {
      await objective.measure({ logits, from: 0, to: 1, kept: sizes.kept });
      return objective.result();
    } finally {
      logits.release();
    }
  }

  #objective(batch: ObjectiveBatch, step: number) {
    const { network: base, model } = this.#frozen;
    const { settings, recipe } = this.#at(step);
    return recipe.objective(batch, { base, settings, padId: model.padId });
  }

  /** What holds in a step: the run’s own settings and recipe, or those of the stage that it is in. */
  #at(step: number) {
    const at = settingsAt(this.settings, step);
    const staged = this.settings.schedule !== undefined;
    return { ...at, recipe: staged ? trainingRecipe(at.settings.recipe) : this.#recipe };
  }

  async release(): Promise<void> {
    await this.#student.release();
  }

  /** How many completions share a row and what is computed of their prompt, at most `most`; under dropout each has its own. */
  #branches(prompts: readonly PromptWithImages[], most: number): number {
    const { trainable } = this.settings;
    if (trainable.kind === 'lora' && trainable.dropout > 0) return 1;
    const times = timesEach(prompts);
    let branches = Math.min(times, most);
    while (times % branches !== 0) branches--;
    return branches;
  }

  #masks(
    prompts: readonly PromptWithImages[],
    { batch, tokens }: BatchSizes,
    step: number,
    at: number,
    update: number,
  ): TensorMap {
    const { trainable, seed } = this.settings;
    if (trainable.kind === 'full' || trainable.dropout === 0) return new Map();
    const shapes = trainableShapes(this.network.architecture, trainable);
    const words = [seed, STREAM.dropout, step, at, ...(update === 0 ? [] : [update])];
    const patches = patchesOf(prompts.flatMap(({ prompt }) => prompt.imageGrids));
    const rowsOf = (name: string) => (isVisionWeight(name) ? patches : batch * tokens);
    return dropoutMasks(shapes, trainable.dropout, rowsOf, ...words);
  }
}

/** How often each prompt stands there in a row, where that is equally often; otherwise 1. */
function timesEach(prompts: readonly PromptWithImages[]): number {
  const other = prompts.findIndex((prompt) => prompt !== prompts[0]);
  const times = other < 0 ? prompts.length : other;
  const whole = prompts.every((prompt, i) => prompt === prompts[i - (i % times)]);
  return prompts.length % times === 0 && whole ? times : 1;
}

function addInto(sums: Map<string, Float32Array>, name: string, values: Float32Array): void {
  const sum = sums.get(name);
  if (sum === undefined) sums.set(name, values);
  else for (let i = 0; i < values.length; i++) sum[i] += values[i];
}

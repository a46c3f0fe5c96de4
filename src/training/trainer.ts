/** One run's state and its step: rollouts, validity, teachers, divergence, gradient, update. */

import { hashWords } from '../base/random.ts';
import type {
  OptimizerState,
  StepMetrics,
  StepTimes,
  TensorMap,
  TrainRollout,
} from '../contract/train-records.ts';
import { recipeOf, type TrainSettings } from '../contract/train-settings.ts';
import { type SampledModel, sample } from '../inference/sample.ts';
import { lossScales } from '../method/loss.ts';
import type { Checkpoint } from '../model/onnx/weights.ts';
import type { ModelNetwork } from '../model/runtime/network.ts';
import { dropoutMasks } from './dropout.ts';
import type { PlannedCompletion, SeenPrompt, TrainExample } from './example.ts';
import {
  assertFinite,
  assertSupervised,
  assertUpdated,
  type BackwardStart,
  undrawn,
} from './faults.ts';
import type { BackwardDevice } from './gradient-device.ts';
import { type BatchSizes, layOut, sizesFor } from './layout.ts';
import { memoryNow } from './memory.ts';
import { adamW, freshOptimizer, learningRateAt } from './optimizer.ts';
import { distillationLoss, referenceLoss } from './pieces.ts';
import { rolloutRecords, segmentLengths } from './records.ts';
import { Student } from './student.ts';
import { type Figures, type Supervision, summarise } from './supervise.ts';
import { initialTensors, trainableShapes } from './trainable.ts';

/** The frozen model and what sampling from it needs. */
export interface TrainBench {
  readonly network: ModelNetwork;
  readonly model: SampledModel & { readonly checkpoint: Checkpoint };
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
  /** Empty for SFT. */
  readonly rollouts: readonly TrainRollout[];
}

/** What a step computes before any weight moves. */
export interface StepGradient {
  readonly loss: number;
  /** Null for SFT. */
  readonly supervision: Supervision | null;
  readonly figures: Figures;
  readonly entropy: number;
  readonly activeTokens: number;
  readonly gradients: ReadonlyMap<string, Float32Array>;
  readonly ms: { teachers: number; forward: number; divergence: number; backward: number };
  readonly compileMs: number;
}

/** Most sequences in one backward pass; a larger batch is computed in equal pieces. */
const MOST_ROWS = 16;

/** Streams of random numbers under one seed. */
const STREAM = { adapter: 1, rollouts: 2, dropout: 3 } as const;

export class Trainer {
  readonly settings: TrainSettings;
  readonly #bench: TrainBench;
  readonly #student: Student;
  #optimizer: OptimizerState;
  #step: number;

  private constructor(
    settings: TrainSettings,
    bench: TrainBench,
    student: Student,
    optimizer: OptimizerState,
    step: number,
  ) {
    this.settings = settings;
    this.#bench = bench;
    this.#student = student;
    this.#optimizer = optimizer;
    this.#step = step;
  }

  /** A run from its start, or from a state that an earlier one left. Throws what `Student.create` throws. */
  static async create(
    settings: TrainSettings,
    bench: TrainBench,
    device: BackwardDevice,
    state?: {
      readonly step: number;
      readonly trainable: TensorMap;
      readonly optimizer: OptimizerState;
    },
  ): Promise<Trainer> {
    const { network, model } = bench;
    const { checkpoint } = model;
    const seed = hashWords(settings.seed, STREAM.adapter);
    const tensors =
      state?.trainable ?? initialTensors(network.config, checkpoint, settings.trainable, seed);
    const student = await Student.create(network, checkpoint, settings.trainable, tensors, device);
    const optimizer = state?.optimizer ?? freshOptimizer(tensors);
    return new Trainer(settings, bench, student, optimizer, state?.step ?? 0);
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
  see(prompt: SeenPrompt): Promise<SeenPrompt> {
    return this.#student.see(prompt);
  }

  /**
   * One update. When it throws, nothing has changed: `train.not-finite`, `train.all-invalid`,
   * `train.nothing-supervised`, and what the hooks and the runtimes throw.
   */
  async advance(hooks: StepHooks): Promise<StepResult> {
    const { settings } = this;
    const step = this.#step + 1;
    const start = performance.now();
    const examples = await hooks.examples(step);
    const prompts = await Promise.all(examples.map(({ student }) => this.see(student)));
    const supervised = recipeOf(settings.recipe).kind === 'supervised';
    const completions = supervised
      ? examples.map(({ referenceIds }) => referenceIds)
      : await this.rollOut(prompts, step, hooks.pause);
    const planned = supervised ? null : completions.map((ids, i) => examples[i].plan(ids));
    const rollout = performance.now() - start;
    const found = await this.gradient(examples, prompts, completions, planned, step, hooks);
    await hooks.pause();
    const updating = performance.now();
    const { optimizer: values, steps } = settings;
    const learningRate = learningRateAt(values, step, steps);
    const { tensors } = this.#student;
    const next = adamW(tensors, this.#optimizer, found.gradients, values, learningRate);
    assertUpdated(next.tensors, next.state);
    this.#student.tensors = next.tensors;
    this.#optimizer = next.state;
    this.#step = step;
    const end = performance.now();
    const total = end - start - found.compileMs;
    const ms: StepTimes = { ...found.ms, rollout, optimizer: end - updating, total };
    const tokens = completions.reduce((sum, ids) => sum + ids.length, 0);
    const share = (flags: readonly boolean[]) => flags.filter(Boolean).length / flags.length;
    const metrics: StepMetrics = {
      step,
      loss: found.loss,
      teachers: found.supervision?.teachers ?? null,
      clippedShare: (found.supervision?.clippedTokens ?? 0) / Math.max(1, found.activeTokens),
      validRate: planned && share(planned.map(({ parsed }) => parsed.valid)),
      fallbackRate:
        planned && share(planned.map(({ plan }) => plan.teachersNeeded.includes('reference'))),
      segments: planned && segmentLengths(planned),
      reward: planned && share(planned.map(({ parsed }, i) => examples[i].isCorrect(parsed))),
      entropy: found.entropy,
      gradNorm: next.gradNorm,
      learningRate,
      tokens,
      activeTokens: found.activeTokens,
      ms,
      compileMs: found.compileMs,
      tokensPerSecond: (1000 * tokens) / total,
      memory: memoryNow(this.network.device !== null),
    };
    const rollouts = planned === null ? [] : rolloutRecords(examples, planned, found.figures);
    return { metrics, rollouts };
  }

  /** One completion for each prompt, sampled with the current weights. */
  async rollOut(
    prompts: readonly SeenPrompt[],
    step: number,
    pause: () => Promise<void>,
  ): Promise<number[][]> {
    const { sampling, seed } = this.settings;
    const request = {
      ...sampling,
      prompts,
      rows: [...prompts.keys()],
      seed: hashWords(seed, STREAM.rollouts, step),
    };
    const generated = await sample(this.network, this.#bench.model, request, {
      pause,
      undrawn: undrawn('rollout'),
    });
    return generated.map(({ ids }) => [...ids]);
  }

  /** Loss and gradients of given completions; no weight moves. `planned` is null for SFT. */
  async gradient(
    examples: readonly TrainExample[],
    prompts: readonly SeenPrompt[],
    completions: readonly (readonly number[])[],
    planned: readonly PlannedCompletion[] | null,
    step: number,
    { pause, onCompile }: Pick<StepHooks, 'pause' | 'onCompile'>,
  ): Promise<StepGradient> {
    const { network, model } = this.#bench;
    const { padId } = model;
    const plans = planned?.map(({ plan }) => plan) ?? [];
    const scales = lossScales(plans);
    if (planned !== null) assertSupervised(planned, scales);
    const targets = completions.reduce((sum, ids) => sum + ids.length, 0);
    const ms = { teachers: 0, forward: 0, divergence: 0, backward: 0 };
    const figures: Figures[number][] = [];
    const gradients = new Map<string, Float32Array>();
    let compileMs = 0;
    let loss = 0;
    let entropy = 0;
    const pieces = Math.ceil(examples.length / MOST_ROWS);
    const size = Math.ceil(examples.length / pieces);
    const sequences = completions.map((ids, i) => ({ prompt: prompts[i].prompt, ids }));
    const sizes = sizesFor(sequences, size);
    for (let at = 0; at < examples.length; at += size) {
      const piece = { from: at, to: Math.min(at + size, examples.length) };
      const input = {
        batch: layOut(sequences.slice(piece.from, piece.to), sizes, padId),
        prompts: prompts.slice(piece.from, piece.to),
        masks: this.#masks(sizes, step, at),
      };
      const started = performance.now();
      const logits = await this.#student.forward(input);
      ms.forward += performance.now() - started;
      await pause();
      let measured: BackwardStart;
      try {
        if (planned === null) {
          const texts = completions.slice(piece.from, piece.to).map((ids, i) => {
            return { number: at + i, example: examples[at + i], ids };
          });
          const found = await referenceLoss(network, logits, texts, sizes, targets);
          loss += found.loss;
          entropy += found.entropy;
          ms.divergence += found.ms;
          measured = { ...found, vocab: logits.vocab };
        } else {
          const rows = planned.slice(piece.from, piece.to).map((completion, i) => {
            const number = at + i;
            return { number, example: examples[number], completion, firstRow: i * sizes.kept };
          });
          const own = scales.slice(piece.from, piece.to);
          const found = await distillationLoss(
            network,
            logits,
            rows,
            own,
            this.settings.method,
            padId,
          );
          figures.push(...found.figures);
          ms.teachers += found.ms.teachers;
          ms.divergence += found.ms.divergence;
          measured = { ...found, vocab: logits.vocab };
        }
      } finally {
        logits.release();
      }
      await pause();
      const back = await this.#student.backward(input, measured.cotangent, onCompile);
      compileMs += back.compileMs;
      ms.backward += back.ms;
      assertFinite(back.gradients, measured);
      for (const [name, values] of back.gradients) addInto(gradients, name, values);
    }
    const supervision = planned === null ? null : summarise(plans, figures);
    return {
      loss: supervision?.loss ?? loss,
      supervision,
      figures,
      entropy: supervision?.entropy ?? entropy,
      activeTokens: supervision?.activeTokens ?? targets,
      gradients,
      ms,
      compileMs,
    };
  }

  /** A completion's figures under the current weights, without dropout; nothing is trained. */
  async measure(
    example: TrainExample,
    completion: PlannedCompletion,
  ): Promise<{ figures: Figures }> {
    const prompt = await this.see(example.student);
    const sequence = { prompt: prompt.prompt, ids: completion.ids };
    const sizes = sizesFor([sequence], 1);
    const { network, model } = this.#bench;
    const { padId } = model;
    const batch = layOut([sequence], sizes, padId);
    const logits = await this.#student.score({ batch, prompts: [prompt] });
    try {
      const scales = lossScales([completion.plan]);
      const rows = [{ number: 0, example, completion, firstRow: 0 }];
      return await distillationLoss(network, logits, rows, scales, this.settings.method, padId);
    } finally {
      logits.release();
    }
  }

  async release(): Promise<void> {
    await this.#student.release();
  }

  #masks({ batch, tokens }: BatchSizes, step: number, at: number): TensorMap {
    const { trainable, seed } = this.settings;
    if (trainable.kind === 'full' || trainable.dropout === 0) return new Map();
    const shapes = trainableShapes(this.network.config, trainable);
    const words = [seed, STREAM.dropout, step, at];
    return dropoutMasks(shapes, trainable.dropout, batch * tokens, ...words);
  }
}

function addInto(sums: Map<string, Float32Array>, name: string, values: Float32Array): void {
  const sum = sums.get(name);
  if (sum === undefined) sums.set(name, values);
  else for (let i = 0; i < values.length; i++) sum[i] += values[i];
}

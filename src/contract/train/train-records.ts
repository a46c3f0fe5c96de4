/** What a training run says and keeps, as plain data that crosses workers and goes into files. */

import type { TeacherName } from '../../method/types.ts';
import type { Seeing } from '../../world/seeing.ts';
import type { StepFigures } from '../figures/step-figures.ts';
import type { DataSource, TrainDifficulty } from '../settings/world-rows.ts';
import type { TrainSettings } from './train-settings.ts';

/** Values of one tensor, row-major. */
export interface FloatTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/**
 * Tensors by name: `model.layers.0.self_attn.q_proj.lora_A.weight` [rank, in] and `….lora_B.weight`
 * [out, rank] of an adapter, the checkpoint's own names for trained weights.
 */
export type TensorMap = ReadonlyMap<string, FloatTensor>;

/** Which model a run belongs to. */
export interface ModelIdentity {
  readonly name: string;
  /** Hash of the weights' names, shapes and bytes. */
  readonly fingerprint: string;
}

/** Milliseconds of a step by part. */
export interface StepTimes {
  /** Pictures drawn and encoded, and the completions sampled. */
  readonly rollout: number;
  readonly teachers: number;
  /** The student's forward pass, of which the backward pass keeps the intermediate values. */
  readonly forward: number;
  readonly divergence: number;
  readonly backward: number;
  readonly optimizer: number;
  /** All of the step, without compilation and evaluation. */
  readonly total: number;
}

/** Bytes held; null where the browser does not say. */
export interface MemoryMetrics {
  readonly jsHeap: number | null;
  readonly wasm: number | null;
  readonly device: number | null;
}

/** What one step did. Steps count from 1: step n made the weights that the state after n steps holds. */
export interface StepMetrics {
  readonly step: number;
  /** Nats; the mean cross-entropy a token for SFT, for GRPO its objective. */
  readonly loss: number;
  /** What the recipe measures beside that, by the ids of its kind's charts. */
  readonly figures: StepFigures;
  /** Mean entropy of the student over its supervised tokens at the distillation temperature, nats. */
  readonly entropy: number;
  /** Before clipping. */
  readonly gradNorm: number;
  readonly learningRate: number;
  /** Completion tokens of the batch. */
  readonly tokens: number;
  /** Supervised ones among them. */
  readonly activeTokens: number;
  readonly ms: StepTimes;
  /** Time spent compiling for a new length in this step, not in `ms`; 0 mostly. */
  readonly compileMs: number;
  readonly tokensPerSecond: number;
  readonly memory: MemoryMetrics;
}

/** Held-out figures after a number of steps, in [0, 1]; one sampled response a prompt. */
export interface Evaluation {
  readonly step: number;
  /** Correct answers on validation items of all families; null without any. */
  readonly accuracy: number | null;
  /** Accuracy on agreeing pictures, with the fact sentence (setting F). */
  readonly prior: number | null;
  /** Mean accuracy on conflicting pictures, with the fact sentence. */
  readonly score: number | null;
  /** Valid responses over all of them, strict form. */
  readonly valid: number;
  /** Responses behind each figure. */
  readonly counts: {
    readonly accuracy: number;
    readonly prior: number;
    readonly score: number;
    readonly valid: number;
  };
  /**
   * Everything else that an evaluation finds on the same answers, by the ids of its figures; absent in runs from before
   * it was written down. Those of groups of three and of form are asked with the fact sentence, Avg@1 without it.
   */
  readonly figures?: Readonly<Record<string, HeldOutFigure>>;
  readonly ms: number;
}

/** A figure with its 95 % interval. */
export interface HeldOutFigure {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** The fixed rollout measured once more. */
export interface FollowedStep {
  readonly step: number;
  /** [tokens], nats before the clip; null where no teacher supervises. */
  readonly divergence: readonly (number | null)[];
}

/** The fixed rollout itself. */
export interface FollowedRollout {
  /** Index of the validation item. */
  readonly item: number;
  readonly question: string;
  readonly answer: string;
  readonly ids: readonly number[];
  /** [tokens], the tokens' texts. */
  readonly texts: readonly string[];
  readonly teachers: readonly (TeacherName | null)[];
}

/** Moments of AdamW, and how many updates made them. */
export interface OptimizerState {
  readonly updates: number;
  readonly first: TensorMap;
  readonly second: TensorMap;
}

/** A rollout that a run follows, and how each of its steps judged it. */
export interface Followed {
  readonly rollout: FollowedRollout;
  readonly steps: readonly FollowedStep[];
}

/**
 * Everything that going on needs. Random numbers are drawn by counters from the seed and the step, so
 * the step is their position too.
 */
export interface Checkpoint {
  readonly format: 'vigos-checkpoint/2';
  readonly runId: string;
  readonly settings: TrainSettings;
  readonly model: ModelIdentity;
  readonly backend: 'wasm' | 'webgpu';
  /** Steps done. */
  readonly step: number;
  readonly trainable: TensorMap;
  readonly optimizer: OptimizerState;
  readonly metrics: readonly StepMetrics[];
  readonly evaluations: readonly Evaluation[];
  readonly followed: Followed | null;
}

export type TrainState = 'running' | 'paused' | 'stopped' | 'done' | 'failed';

/** What GRPO makes of a rollout and of each of its tokens, in the last update of its step. */
export interface PolicyFacts {
  /** Number of its group in the step: rollouts of one question. */
  readonly group: number;
  /** In [0, 1]. */
  readonly reward: number;
  /** In standard deviations of the group. */
  readonly advantage: number;
  /** [tokens], log p when it was sampled, nats at the sampling temperature; absent in runs from before it was written down. */
  readonly logProbs?: readonly number[];
  /** [tokens], p under the weights of the update over p when it was sampled. */
  readonly ratios: readonly number[];
  /** [tokens], nats; null where the base was not read. */
  readonly kls: readonly number[] | null;
}

/** One rollout of the last step, with what the Lab needs to open it. */
export interface TrainRollout {
  /** Split and index of the world item that was asked, and how it was drawn. */
  readonly item: {
    readonly split: string;
    readonly index: number;
    readonly usualShare: number;
    /** Absent where pictures of all levels are taken as they come. */
    readonly difficulty?: Exclude<TrainDifficulty, 'mixed'>;
    /** Absent where the picture was as it is drawn. */
    readonly seeing?: Seeing;
    /** Whether the question began with the fact sentence. */
    readonly fact: boolean;
    /** Asked in words alone: about a picture that was told, or a problem, whose split and number these are. Absent where it was shown. */
    readonly words?: Exclude<DataSource, 'pictures'>;
    /** The set that a person brought, of which the index counts then; absent where the world was asked. */
    readonly data?: { readonly name: string; readonly fingerprint: string };
  };
  readonly question: string;
  /** The true one. */
  readonly answer: string;
  /** What the teachers were given in its place, and whether the student boxed that; absent where they were given the true one. */
  readonly wrongReference?: { readonly answer: string; readonly boxed: boolean };
  readonly ids: readonly number[];
  /** [tokens] */
  readonly texts: readonly string[];
  readonly valid: boolean;
  /** Why it is invalid, one sentence. */
  readonly reason: string | null;
  readonly correct: boolean;
  /** [tokens]; null where nobody supervises. */
  readonly teachers: readonly (TeacherName | null)[];
  /** [tokens], nats after the clip, 0 without a teacher; GRPO's loss of each token, which may be below 0. */
  readonly losses: readonly number[];
  /** [tokens] */
  readonly clipped: readonly boolean[];
  /** Absent where no reward was learnt from. */
  readonly policy?: PolicyFacts;
}

/** The rollouts of a step. */
export interface StepRollouts {
  readonly step: number;
  /** How many the step made; no more than the first of them are kept with a run. */
  readonly made: number;
  readonly rollouts: readonly TrainRollout[];
}

/** What a run will take, from a short measurement. */
export interface TrainEstimate {
  readonly stepMs: number;
  readonly compileMs: number;
  /** All evaluations together. */
  readonly evaluationMs: number;
  /** All steps, evaluations, measurements of the followed rollout, and one compilation. */
  readonly totalMs: number;
  /** What the backend was measured to hold, and the trained numbers' arrays beside it. */
  readonly memoryBytes: number;
  /** The same for batches as long as the sampling lets them become. */
  readonly longestMemoryBytes: number;
  readonly trainableParameters: number;
}

/** How a run ended, or where it waits. */
export interface TrainResult {
  readonly runId: string;
  readonly state: TrainState;
  /** Steps done. */
  readonly step: number;
}

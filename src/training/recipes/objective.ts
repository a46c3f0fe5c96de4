/** What a recipe does with a batch: the loss of its completions, and the gradient of that at the logits. */

import type { StepFigures } from '../../contract/figures/step-figures.ts';
import type { TrainRollout } from '../../contract/train/train-records.ts';
import type { TrainSettings } from '../../contract/train/train-settings.ts';
import type { ModelNetwork } from '../../model/runtime/network.ts';
import type { Logits } from '../../model/runtime/tensors.ts';
import type { TrainExample } from '../example.ts';
import type { LossToken } from '../faults.ts';

/** What a step learns from: as many completions as examples, EOS included. */
export interface ObjectiveBatch {
  readonly examples: readonly TrainExample[];
  readonly completions: readonly (readonly number[])[];
  /** [completions][tokens], log p of each token when it was sampled, at the sampling temperature; absent where nothing was sampled. */
  readonly logProbs?: readonly (readonly number[])[];
}

export interface ObjectiveContext {
  /** The frozen model, which all teachers are. */
  readonly base: ModelNetwork;
  readonly settings: TrainSettings;
  readonly padId: number;
}

/** Completions `[from, to)` of the batch: row `(i − from)·kept + t` of the logits predicts token t of completion i. */
export interface BatchPiece {
  readonly logits: Logits;
  readonly from: number;
  readonly to: number;
  readonly kept: number;
}

export interface PieceGradient {
  /** ∂(loss of the whole batch)/∂logits, [rows of the logits, vocab]. */
  readonly cotangent: Float32Array;
  /** The tokens that the loss counts, for the words of a fault. */
  readonly tokens: () => readonly LossToken[];
  readonly ms: { readonly teachers: number; readonly divergence: number };
}

/** What all pieces together came to. */
export interface ObjectiveResult {
  /** Nats. */
  readonly loss: number;
  /** Mean entropy of the student over the tokens that count, nats. */
  readonly entropy: number;
  /** Tokens that the loss counts. */
  readonly activeTokens: number;
  /** [completions][tokens], nats before any clip; null where a token does not count. */
  readonly divergences: readonly (readonly (number | null)[])[];
  /** As the recipe's kind names them. */
  readonly figures: StepFigures;
  /** The student's own texts, to be shown; empty for a recipe without. */
  readonly rollouts: readonly TrainRollout[];
}

/** The objective of one batch. */
export interface Objective {
  /** Throws {@link PlaygroundError} where no token of the batch has a part in the loss. */
  assertLearnable(): void;
  /** Loss and gradient of one piece under the weights as they are; once an update. Throws `train.not-finite`. */
  measure(piece: BatchPiece): Promise<PieceGradient>;
  /** After all pieces of an update. */
  result(): ObjectiveResult;
}

/** A recipe's objective for a batch. */
export type MakeObjective = (batch: ObjectiveBatch, context: ObjectiveContext) => Objective;

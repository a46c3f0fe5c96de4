/**
 * What a page and the engine say to each other about training.
 *
 * A run is started by `train`, whose answer comes when the run is done, pauses or fails; meanwhile it
 * reports by {@link TrainEvent}s. Every step takes a turn of its own among the engine's jobs, so rollouts
 * and scores of the Lab are served between two steps. A run that is paused stays in the worker's memory,
 * and `train` with the same `runId` goes on with it; after a reload the page passes its checkpoint instead.
 */

import type { Outcome } from '../../base/outcome.ts';
import type {
  Checkpoint,
  Evaluation,
  FollowedRollout,
  FollowedStep,
  StepMetrics,
  StepRollouts,
  TensorMap,
  TrainEstimate,
  TrainResult,
  TrainRollout,
  TrainState,
} from './train-records.ts';
import type { TrainSettings } from './train-settings.ts';

export type {
  Checkpoint,
  Evaluation,
  FollowedRollout,
  FollowedStep,
  StepMetrics,
  StepRollouts,
  TrainEstimate,
  TrainResult,
  TrainRollout,
  TrainState,
};

export interface TrainRequest {
  /** Chosen by the page; a run that waits in the worker goes on under its id. */
  readonly runId: string;
  readonly settings: TrainSettings;
  /** Goes on from here instead of from the base model. */
  readonly resume?: Checkpoint;
  /**
   * Name under which the worker writes the run down, at each checkpoint and pause, with the next free number behind a
   * name that is to be `numbered`; without it nothing is kept.
   */
  readonly keep?: { readonly name: string; readonly numbered?: boolean };
  /** Pauses by itself after this many steps: 1 for a single step. */
  readonly pauseAfter?: number;
}

/** A student other than the base, for rollouts and scores of the Lab; teachers stay the base. */
export type StudentSource =
  /** A run in the worker, as it was after `step` steps: the last step, or the one before it. */
  | { readonly kind: 'run'; readonly runId: string; readonly step: number }
  | {
      readonly kind: 'tensors';
      readonly label: string;
      /** The run and the step that they are of, where they are a run's. */
      readonly of?: { readonly runId: string; readonly step: number };
      readonly trainable: TrainSettings['trainable'];
      readonly tensors: TensorMap;
    };

export interface StudentStatus {
  /** A few words: "vigos, step 50". */
  readonly label: string;
  readonly step: number | null;
  /** Null where it is no run's. */
  readonly runId: string | null;
  /** Hash of its trained tensors: 64 hexadecimal digits. */
  readonly fingerprint: string;
}

export type TrainEvent =
  | {
      readonly type: 'train.state';
      readonly runId: string;
      /** Why one failed is in the answer to `train` or `resumeRun`, and only there. */
      readonly state: TrainState;
      readonly step: number;
    }
  /** Something is compiled: once with null `ms` before, once with the time after. */
  | {
      readonly type: 'train.compiling';
      readonly runId: string;
      /** "backward pass for 8 × 160 tokens". */
      readonly what: string;
      readonly ms: number | null;
    }
  | { readonly type: 'train.step'; readonly runId: string; readonly metrics: StepMetrics }
  /** The rollouts of a step, made by the student as it was after `step - 1` steps. */
  | {
      readonly type: 'train.rollouts';
      readonly runId: string;
      readonly step: number;
      readonly rollouts: readonly TrainRollout[];
    }
  | {
      readonly type: 'train.evaluating';
      readonly runId: string;
      readonly done: number;
      readonly total: number;
    }
  | {
      readonly type: 'train.evaluated';
      readonly runId: string;
      /** `prior-test` is the final figure, on groups that no decision was made with. */
      readonly split: 'validation' | 'prior-test';
      readonly evaluation: Evaluation;
    }
  | {
      readonly type: 'train.followed';
      readonly runId: string;
      readonly rollout: FollowedRollout;
      readonly measured: FollowedStep;
    }
  /** The state after `step` steps can be fetched with `trainCheckpoint`. */
  | { readonly type: 'train.checkpoint'; readonly runId: string; readonly step: number };

/** The part of the engine's face that trains. */
export interface TrainApi {
  /**
   * Starts a run or goes on with it. A failed run answers with its error, and its last good state can
   * still be fetched. Throws nothing.
   */
  train(request: TrainRequest): Promise<Outcome<TrainResult>>;
  /** Asks the run to pause after the step it is in; ignored where none runs. */
  pauseTraining(runId: string): Promise<void>;
  /** Ends a run, running or paused, and frees what it holds; its last checkpoint can no longer be fetched. */
  stopTraining(runId: string): Promise<void>;
  /** The state of a run after its last step. */
  trainCheckpoint(runId: string): Promise<Outcome<Checkpoint>>;
  /** Prior and Score of a run as it is now on `groups` groups of the split prior-test, setting F. */
  evaluateTraining(request: {
    readonly runId: string;
    readonly groups: number;
  }): Promise<Outcome<Evaluation>>;
  /** Time and memory of a run, from a short measurement on the loaded model. */
  estimateTraining(settings: TrainSettings): Promise<Outcome<TrainEstimate>>;
}

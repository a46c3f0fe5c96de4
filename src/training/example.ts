/** What a step trains on: a prompt for the student, its teachers' prompts, and how a completion is read. */

import type { TrainRollout } from '../contract/train-records.ts';
import type { ParsedRollout, SupervisionPlan, TeacherName } from '../method/types.ts';
import type { EncodedPrompt } from '../model/processor/processor.ts';
import type { ImageFeatures } from '../model/runtime/network.ts';

/** A prompt with its picture's visual tokens from the frozen tower; null without a picture. */
export interface SeenPrompt {
  readonly prompt: EncodedPrompt;
  readonly features: ImageFeatures | null;
}

/** A teacher's context. */
export interface TeacherPrompt extends SeenPrompt {
  /** Completion tokens before this one are not shown to it. */
  readonly offset: number;
}

/** A completion, read and planned; EOS included, padding not. */
export interface PlannedCompletion {
  readonly ids: readonly number[];
  readonly texts: readonly string[];
  readonly parsed: ParsedRollout;
  readonly plan: SupervisionPlan;
}

export interface TrainExample extends Pick<TrainRollout, 'item' | 'question' | 'answer'> {
  readonly student: SeenPrompt;
  /** Throws when the completion does not fit into the teacher's context. */
  teacher(name: TeacherName, completion: PlannedCompletion): TeacherPrompt;
  /** Reads a sampled completion under the run's method. */
  plan(ids: readonly number[]): PlannedCompletion;
  /** Whether the graded answer is right. */
  isCorrect(parsed: ParsedRollout): boolean;
  /** The reference completion, EOS included. */
  readonly referenceIds: readonly number[];
}

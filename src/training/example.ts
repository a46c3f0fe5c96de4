/** What a step trains on: a prompt for the student, its teachers' prompts, and how a completion is read. */

import type { TrainRollout } from '../contract/train/train-records.ts';
import type { PromptWithImages } from '../inference/generate.ts';
import type { PlannedRollout } from '../inference/reading.ts';
import type { ParsedRollout, TeacherName } from '../method/types.ts';

/** A teacher's context. */
export interface TeacherPrompt extends PromptWithImages {
  /** Completion tokens before this one are not shown to it. */
  readonly offset: number;
}

export interface TrainExample extends Pick<TrainRollout, 'item' | 'question' | 'answer'> {
  /** What teachers and reference text end in, where it is not the answer; else null. */
  readonly wrongReference: string | null;
  /** Its picture's visual tokens are from the frozen tower. */
  readonly student: PromptWithImages;
  /** Throws when the completion does not fit into the teacher's context. */
  teacher(name: TeacherName, completion: PlannedRollout): TeacherPrompt;
  /** Reads a sampled completion under the run's method. */
  plan(ids: readonly number[]): PlannedRollout;
  /** Whether the graded answer is the true one. */
  isCorrect(parsed: ParsedRollout): boolean;
  /** Whether the graded answer is the wrong reference; false where the reference is right. */
  isFooled(parsed: ParsedRollout): boolean;
  /** The reference completion, EOS included. */
  readonly referenceIds: readonly number[];
  /** The description of the reference completion, closed; EOS is not part of it. Empty without a picture. */
  readonly captionIds: readonly number[];
}

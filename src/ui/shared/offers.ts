/** What one page hands to another to look at. */

import type { SamplingConfig } from '../../contract/engine.ts';
import type { GroupTermSettings } from '../../contract/trace/group.ts';
import type { StudentChoice } from '../../contract/train/runs.ts';
import type { TrainRollout } from '../../contract/train/training.ts';
import type { AnswerMeasure } from '../../method/grading.ts';
import type { MethodConfig, ParsedRollout, SupervisionPlan } from '../../method/types.ts';

/** A student that the Lab can be given. */
export interface StudentOffer {
  /** Of its own among the offers. */
  readonly label: string;
  readonly choice: StudentChoice;
  /** Of its trained tensors, where they have to be those that wrote a rollout. */
  readonly fingerprint?: string;
}

/** A rollout about a picture of a person's own; null for one that was asked without. */
export interface PictureRollout extends Pick<TrainRollout, 'question' | 'answer' | 'ids'> {
  readonly picture: File | null;
}

/** What teachers were given in the answer's place; absent where that was the true one. */
export interface GivenReference {
  readonly wrongReference?: { readonly answer: string };
}

/** A rollout of a training step or an evaluation, and who made it. */
export interface RolloutOffer {
  readonly rollout:
    | (Pick<TrainRollout, 'item' | 'question' | 'answer' | 'ids'> & GivenReference)
    | PictureRollout;
  readonly sampling: Omit<SamplingConfig, 'count'>;
  /** Null where nobody teaches. */
  readonly method: MethodConfig | null;
  /** Null for the model itself. */
  readonly student: StudentOffer | null;
  /** Of an evaluation. */
  readonly evaluated?: OfferedEvaluation;
}

/** All rollouts of one question in a step that learnt from rewards. */
export interface GroupOffer {
  readonly rollouts: readonly TrainRollout[];
  /** What they are about, where it is a person's own; the world's is drawn. */
  readonly picture?: File;
  /** The one that is looked at. */
  readonly pick: number;
  readonly sampling: Omit<SamplingConfig, 'count'>;
  readonly terms: GroupTermSettings;
  /** Who may be asked: first those weights that made it, then those that the step made of them. */
  readonly students: readonly StudentOffer[];
}

export interface OfferedEvaluation {
  readonly grading: AnswerMeasure;
  /** How its leakage was measured, where that is to be looked at. */
  readonly leakage: OfferedLeakage | null;
}

export interface OfferedLeakage {
  /** Null for those that the world proposes. */
  readonly wrongAnswers: readonly string[] | null;
  /** K. */
  readonly wrongCount: number;
  readonly epsilon: number;
  /** Null for the next scene's picture. */
  readonly mismatched: File | null;
}

/** A question of a set, for the Lab to ask. */
export interface QuestionOffer {
  /** Null for a question in words. */
  readonly picture: File | null;
  readonly question: string;
  /** Empty without one. */
  readonly answer: string;
}

/** A completion of a file, read and planned without any model, and what it is about. */
export interface CompletionOffer {
  readonly text: string;
  readonly question: string;
  readonly answer: string;
  /** Null where it is elsewhere; then its name says which. */
  readonly picture: File | null;
  readonly pictureName: string;
  readonly method: MethodConfig;
  /** The token that is looked at. */
  readonly token?: number;
  readonly planned: {
    readonly ids: readonly number[];
    readonly texts: readonly string[];
    readonly parsed: ParsedRollout;
    readonly plan: SupervisionPlan;
  };
}

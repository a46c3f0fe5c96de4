/**
 * What a page and the engine say to each other about evaluations.
 *
 * An evaluation is started by `evaluate`, whose answer comes when it is done, pauses or fails; meanwhile it reports by
 * {@link EvaluationEvent}s. It takes its turns among the engine's jobs, a batch of answers or a rollout's leakage at a
 * time, so that the Lab is served in between. What it found is written down after each turn, and `evaluate` with the
 * same id goes on from there, in this worker or in the next one.
 */

import type { ErrorRecord } from '../../base/errors.ts';
import type { Outcome } from '../../base/outcome.ts';
import type { StudentChoice } from '../train/runs.ts';
import type { BehindRequest, ResponsesBehind } from './evaluation-behind.ts';
import type { EvaluationLine, EvaluationRecord, FigureComparison } from './evaluation-records.ts';
import type { EvaluationSettings } from './evaluation-settings.ts';

export interface EvaluateRequest {
  /** Chosen by the page. */
  readonly evaluationId: string;
  readonly name: string;
  readonly settings: EvaluationSettings;
  /** Null for the loaded model itself. */
  readonly student: StudentChoice | null;
  /** The set, where it is a file that was not asked before. */
  readonly file?: Blob;
  /** Whether it is written into the browser's private storage. */
  readonly keep: boolean;
  /** An earlier part that is not in this browser's storage. */
  readonly earlier?: OpenedEvaluation;
}

export interface EvaluationProgress {
  /** Responses. */
  readonly answers: { readonly done: number; readonly total: number };
  /** Rollouts; `total` is the most that it can become. */
  readonly leakage: { readonly done: number; readonly total: number };
  /** Groups whose pictures teachers are asked about. */
  readonly teachers: { readonly done: number; readonly total: number };
  /** At the pace since it was started here; null before that is known. */
  readonly leftMs: number | null;
}

export type EvaluationEvent =
  | {
      readonly type: 'evaluation.progress';
      readonly evaluationId: string;
      readonly progress: EvaluationProgress;
    }
  /** What a turn added. */
  | {
      readonly type: 'evaluation.lines';
      readonly evaluationId: string;
      readonly lines: readonly EvaluationLine[];
    }
  /** What stands at its beginning, before the first line. */
  | {
      readonly type: 'evaluation.record';
      readonly evaluationId: string;
      readonly record: EvaluationRecord;
    }
  /** It goes on, but closing the tab now would lose what it found since it was written last. */
  | {
      readonly type: 'evaluation.not-saved';
      readonly evaluationId: string;
      readonly error: ErrorRecord;
    };

export interface BrokenEvaluation {
  readonly evaluationId: string;
  readonly bytes: number;
  readonly error: ErrorRecord;
}

export interface EvaluationList {
  /** The one written last comes first. */
  readonly evaluations: readonly EvaluationRecord[];
  readonly broken: readonly BrokenEvaluation[];
  /** Why nothing outlives the tab; null where it does. */
  readonly problem: ErrorRecord | null;
}

/** An evaluation with everything in it. */
export interface OpenedEvaluation {
  readonly record: EvaluationRecord;
  readonly lines: readonly EvaluationLine[];
}

/** An item of a set that is a file, as the page shows it and the Lab opens it. */
export interface EvaluatedItem {
  /** Null for a question without a picture. */
  readonly picture: File | null;
  /** Another picture of the file, which PALR shows teachers instead; null where there is none. */
  readonly mismatched: File | null;
  /** Proposed, the most tempting first. */
  readonly wrongAnswers: readonly string[];
}

/** The part of the engine's face that evaluates. */
export interface EvaluateApi {
  /**
   * Starts an evaluation, or goes on with one of the same id. Answers with its record once it is done or paused; one that
   * failed answers with its error, and what it found before stays.
   */
  evaluate(request: EvaluateRequest): Promise<Outcome<EvaluationRecord>>;
  /** Asks it to stop after the turn it is in; ignored where none runs. */
  pauseEvaluation(evaluationId: string): Promise<void>;
  listEvaluations(): Promise<Outcome<EvaluationList>>;
  /** Responses behind a figure; `evaluation.missing` where the evaluation is not kept here. */
  responsesBehind(request: BehindRequest): Promise<Outcome<ResponsesBehind>>;
  renameEvaluation(evaluationId: string, name: string): Promise<Outcome<EvaluationRecord>>;
  /** For good; `evaluation.busy` while it is under way. */
  deleteEvaluation(evaluationId: string): Promise<Outcome<null>>;
  /** Items of an evaluation of a file; `evaluation.no-file` where that file is not here. */
  evaluatedItems(
    evaluationId: string,
    items: readonly number[],
  ): Promise<Outcome<readonly EvaluatedItem[]>>;
  /** Takes the file of an evaluation that is not here; `evaluation.other-file` where it is another one. */
  takeEvaluatedFile(evaluationId: string, file: Blob): Promise<Outcome<null>>;
  /** Whether the loaded model is the one that answered: `evaluation.other-model` where it is not. */
  checkEvaluatedModel(evaluationId: string): Promise<Outcome<null>>;
  /** Everything that was found and what it was made with, as a JSON file with its checksum. */
  exportEvaluation(evaluationId: string): Promise<Outcome<Blob>>;
  /**
   * Reads the text of an exported evaluation, holds it against itself, and keeps it: `evaluation.invalid`,
   * `evaluation.changed` where its checksum is not that of its content, `evaluation.contradiction`, and
   * `evaluation.there` where one of its id is kept here.
   */
  importEvaluation(file: Blob): Promise<Outcome<EvaluationRecord>>;
  /** Second minus first, on the pictures, seeds and responses that both have. */
  compareEvaluations(first: string, second: string): Promise<Outcome<readonly FigureComparison[]>>;
}

/** What the Rollouts page, its worker and the engine share about rollouts of a file that a model has scored. */

import type { Outcome } from '../../base/outcome.ts';
import type { PalrGroup, PalrOptions, PalrSums } from '../../method/palr.ts';
import type { MethodName, RuleId, Segment, TeacherName } from '../../method/types.ts';
import type { EvaluatedModel, EvaluationRecord } from '../evaluation/evaluation-records.ts';
import type { StudentChoice } from '../train/runs.ts';
import type { RolloutMethodId } from './rollout-methods.ts';

export const SCORES_FORMAT = 'vigos-rollout-scores/1';

/** Why a rollout was not scored, a row each: what completes "… has". */
export const SCORE_LACKS = {
  unreadable: 'no completion that can be read',
  question: 'no question',
  picture: 'no picture in the file, nor among those that were given',
  reference: 'no reference answer, which its teachers are to be told',
  tokenizer: 'token ids that are another tokenizer’s: the scoring model gives them other texts',
  model: 'something that the model cannot score',
} as const;
export type ScoreLack = keyof typeof SCORE_LACKS;

/** One scoring of rows of a set, as it is kept beside the set. */
export interface ScoringRecord {
  readonly format: typeof SCORES_FORMAT;
  readonly id: string;
  readonly setId: string;
  /** ms since 1970. */
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly state: 'running' | 'paused' | 'done';
  /** Of the playground. */
  readonly version: string;
  /** Who scores. */
  readonly model: EvaluatedModel;
  readonly backend: EvaluationRecord['backend'];
  /** Who wrote the rollouts, as a person says it; empty where nobody did. */
  readonly writer: string;
  readonly method: RolloutMethodId;
  /** Null where PALR was not asked for. */
  readonly leakage: PalrOptions | null;
  /** Rows that were asked, and how many of them were come to. */
  readonly rows: number;
  readonly done: number;
  /** Rows among those that lack something. */
  readonly lacking: number;
  /** Time spent, over all its parts. */
  readonly ms: number;
}

export interface ScoringStart {
  /** Numbers of rows, in the order in which they are scored. */
  readonly rows: Uint32Array;
  readonly method: RolloutMethodId;
  readonly writer: string;
  readonly leakage: PalrOptions | null;
  /** Null for the loaded model itself. */
  readonly student: StudentChoice | null;
}

export interface ScoringRequest {
  /** Chosen by the page. */
  readonly scoringId: string;
  readonly setId: string;
  /** Null goes on with one that was begun. */
  readonly begin: ScoringStart | null;
  /** Who is the student of one that goes on, as it was begun. */
  readonly student: StudentChoice | null;
  /** Pictures that rows name, or zip files of them. */
  readonly pictures: readonly File[];
}

export interface ScoringProgress {
  readonly done: number;
  readonly total: number;
  readonly lacking: number;
  /** At the pace since it was started here; null before that is known. */
  readonly leftMs: number | null;
}

export type ScoringEvent = {
  readonly type: 'scoring.progress';
  readonly scoringId: string;
  readonly progress: ScoringProgress;
};

/** The part of the engine's face that scores rollouts of files. */
export interface ScoringApi {
  /**
   * Scores rows of an imported set, in turns among the engine's jobs, or goes on with what was begun. Answers with its
   * record once all are done or it was paused; what was scored stays where it fails.
   */
  scoreRollouts(request: ScoringRequest): Promise<Outcome<ScoringRecord>>;
  /** Asks it to stop after the rollout it is at; ignored where none runs. */
  pauseScoring(scoringId: string): Promise<void>;
}

/** A token as it was scored; figures in nats, at the method's temperature. Null without a teacher. */
export interface ScoredToken {
  readonly id: number;
  readonly text: string;
  readonly segment: Segment;
  readonly teacher: TeacherName | null;
  readonly rule: RuleId;
  readonly studentLogProb: number;
  readonly teacherLogProb: number | null;
  readonly forwardKl: number | null;
  readonly reverseKl: number | null;
  /** The one that its loss is made of, before the clip. */
  readonly divergence: number | null;
  readonly loss: number | null;
  readonly clipped: boolean;
}

/** The files that a table of scored tokens goes out as. */
export type TokenTableKind = 'csv' | 'parquet';

export type PalrParts = Readonly<Record<PalrGroup, PalrSums>>;

/** A row as it was scored. */
export interface ScoredRow {
  readonly row: number;
  /** What it lacked, and in what words where these say more; then there are no tokens. */
  readonly lacks: { readonly code: ScoreLack; readonly words: string } | null;
  readonly valid: boolean;
  /** PALR's parts under both methods; null where it was not asked for, or the rollout has none. */
  readonly leakage: Readonly<Record<MethodName, PalrParts>> | null;
  readonly tokens: readonly ScoredToken[];
}

/** What supervised tokens of one kind have in common. */
export interface DivergenceSums {
  readonly tokens: number;
  /** Nats a token. */
  readonly divergence: number;
  readonly loss: number;
  /** Of the tokens. */
  readonly clipped: number;
}

/** A token and where it stands. */
export interface ScoredPlace {
  readonly row: number;
  readonly line: string;
  readonly token: number;
  readonly text: string;
  /** What stands before and behind it. */
  readonly before: string;
  readonly after: string;
  readonly segment: Segment;
  readonly teacher: TeacherName;
  readonly divergence: number;
  readonly clipped: boolean;
  readonly studentLogProb: number;
  readonly teacherLogProb: number;
}

export interface ScoreStatistics {
  readonly record: ScoringRecord;
  readonly scored: number;
  readonly lacks: readonly {
    readonly code: ScoreLack;
    readonly count: number;
    readonly words: string;
  }[];
  readonly all: DivergenceSums;
  readonly groups: readonly (DivergenceSums & {
    readonly teacher: TeacherName;
    readonly segment: Segment;
  })[];
  /** Null where it was not asked for. `rollouts` counts those that it is of. */
  readonly palr: Readonly<
    Record<MethodName, Readonly<Record<PalrGroup, number | null>> & { readonly rollouts: number }>
  > | null;
  /** The tokens with the largest divergences, the largest first. */
  readonly places: readonly ScoredPlace[];
  /** Nats a supervised token by step; empty where rows have none. */
  readonly steps: readonly {
    readonly step: number;
    readonly tokens: number;
    readonly divergence: number;
  }[];
}

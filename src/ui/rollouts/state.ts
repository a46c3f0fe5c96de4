/** What the Rollouts page knows. */

import type { ErrorRecord } from '../../base/errors.ts';
import type {
  ScoredRow,
  ScoreStatistics,
  ScoringProgress,
  ScoringRecord,
} from '../../contract/rollouts/rollout-scores.ts';
import {
  ALL_ROWS,
  type ImportProgress,
  type OpenedRow,
  type QueryReply,
  type RolloutLook,
  type RolloutMapping,
  type RolloutSetRecord,
  type RolloutSets,
  type RowQuery,
  type SideBySide,
} from '../../contract/rollouts/rollouts.ts';
import { BASE, type Candidate } from '../shared/students.ts';

/** Files whose keys a person is to tell apart. */
export interface Unmapped {
  readonly files: readonly File[];
  readonly look: RolloutLook;
  readonly mapping: RolloutMapping;
}

/** An import under way, or one that waits for it. */
export interface Importing {
  readonly importId: string;
  readonly name: string;
  readonly progress: ImportProgress | null;
}

/** A scoring under way. */
export interface Scoring {
  readonly scoringId: string;
  readonly setId: string;
  /** Null while it waits. */
  readonly progress: ScoringProgress | null;
}

export type ErrorPlace = 'import' | 'sets' | 'rows' | 'row' | 'scores' | 'beside' | 'report';

export interface RolloutsState {
  /** Null until storage was read. */
  readonly shelf: RolloutSets | null;
  /** What became of something, in words. */
  readonly notice: string;
  readonly importing: readonly Importing[];
  readonly unmapped: Unmapped | null;
  /** The set that is looked at. */
  readonly record: RolloutSetRecord | null;
  readonly opening: string | null;
  readonly query: RowQuery;
  readonly answer: QueryReply | null;
  /** Another with each answer: rows that were fetched before are another list's. */
  readonly version: number;
  readonly selected: number | null;
  readonly opened: OpenedRow | null;
  /** What the list shows beside another file or other steps, as it was asked last. */
  readonly beside: SideBySide | null;
  /** What models have scored of the set; null until it is known. */
  readonly scorings: readonly ScoringRecord[] | null;
  readonly scoring: Scoring | null;
  /** The scoring that is looked at. */
  readonly scores: ScoreStatistics | null;
  /** The row that is looked at, as it was scored. */
  readonly scoredRow: ScoredRow | null;
  /** Rows of the report, in the order in which they were chosen. */
  readonly chosen: readonly number[];
  readonly reporting: boolean;
  /** Who can score, the loaded model first. */
  readonly students: readonly Candidate[];
  /** Pictures that rows name, as a person gave them. */
  readonly pictures: readonly File[];
  readonly errors: Partial<Record<ErrorPlace, ErrorRecord>>;
}

/** Rollouts of one report; more would make a file that no page opens quickly. */
export const MOST_CHOSEN = 50;

export const initialState: RolloutsState = {
  shelf: null,
  notice: '',
  importing: [],
  unmapped: null,
  record: null,
  opening: null,
  query: ALL_ROWS,
  answer: null,
  version: 0,
  selected: null,
  opened: null,
  beside: null,
  scorings: null,
  scoring: null,
  scores: null,
  scoredRow: null,
  chosen: [],
  reporting: false,
  students: [BASE],
  pictures: [],
  errors: {},
};

/** What the Rollouts page and its worker share: sets of rollouts from files, their rows, filters and statistics. */

import type { ErrorRecord } from '../../base/errors.ts';
import type { Outcome } from '../../base/outcome.ts';
import { FAULT_SENTENCES } from '../../method/faults.ts';
import type {
  ParsedRollout,
  RolloutFaultCode,
  Segment,
  SupervisionPlan,
  TeacherName,
} from '../../method/types.ts';
import type { KeptSets } from '../data/kept-sets.ts';
import type { SkippedLines } from '../data/skipped-lines.ts';
import type { ScenePicture } from '../trace/trace.ts';
import type { RolloutMethodId } from './rollout-methods.ts';
import type {
  ScoredRow,
  ScoreStatistics,
  ScoringRecord,
  TokenTableKind,
} from './rollout-scores.ts';

/** The segments, as figures count them. */
export const SEGMENTS = [
  'description',
  'reasoning',
  'answer',
  'delimiter',
  'trailing',
] as const satisfies readonly Segment[];

/** What a row is found to be: 0 valid, from 1 on the first failure in this order. */
export const ROW_FAULTS = [
  ...(Object.keys(FAULT_SENTENCES) as RolloutFaultCode[]),
  'unreadable',
] as const;
export type RowFault = (typeof ROW_FAULTS)[number];

export const faultWords = (fault: RowFault): string =>
  fault === 'unreadable' ? 'It cannot be read as one completion.' : FAULT_SENTENCES[fault];

/** What a file's fields can be to a rollout, a row each; a form for mapping by hand is drawn from them. */
export const ROLLOUT_FIELDS = {
  completion: {
    label: 'Completion',
    what: 'what the student wrote: a text, or messages of which the last of the assistant counts',
  },
  ids: {
    label: 'Token ids',
    what: 'the ids that were sampled, held to the text before they count',
  },
  prompt: { label: 'Prompt', what: 'what the student was asked, or the conversation before' },
  question: { label: 'Question', what: 'the question alone, without the form' },
  reference: { label: 'Reference answer', what: 'a*, which the answer is graded by' },
  image: { label: 'Picture', what: 'a picture, or its path' },
  step: { label: 'Step', what: 'of the training run' },
  id: { label: 'Id', what: 'a name of the example' },
  model: { label: 'Model', what: 'who wrote the completion' },
} as const satisfies Readonly<Record<string, { label: string; what: string }>>;

export type RolloutField = keyof typeof ROLLOUT_FIELDS;
export const ROLLOUT_FIELD_NAMES = Object.keys(ROLLOUT_FIELDS) as readonly RolloutField[];

/** Where each field of a rollout stands in a record: its key, dots leading inwards; absent where it is not there. */
export type RolloutMapping = Readonly<Partial<Record<RolloutField, string>>>;

/** What is known of some files before they are imported. */
export interface RolloutLook {
  /** Completes "These are …": "completions as TRL logs them". Null where no known shape fits. */
  readonly shape: string | null;
  readonly mapping: RolloutMapping;
  /** Keys of the first records, dotted, each with the beginning of a value. */
  readonly keys: readonly { readonly key: string; readonly sample: string }[];
  /** Keys that hold numbers, kept as columns. */
  readonly numbers: readonly string[];
  /** Records read for this. */
  readonly records: number;
}

/** One import, as it is kept. */
export interface RolloutSetRecord {
  readonly id: string;
  readonly name: string;
  /** ms since 1970. */
  readonly importedAt: number;
  readonly files: readonly { readonly name: string; readonly bytes: number }[];
  readonly shape: string | null;
  readonly mapping: RolloutMapping;
  readonly numbers: readonly string[];
  readonly rows: number;
  readonly skipped: SkippedLines;
  /** The tokenizer by which texts became tokens. */
  readonly tokenizer: string;
  /** Rows whose tokens are the file's own. */
  readonly ownTokens: number;
  /** Rows with token ids of another tokenizer, of which the text counts. */
  readonly foreignIds: number;
  /** Rows with something read otherwise than it looks: headers, ends, padding. */
  readonly asRead: number;
  /** Models that wrote its rollouts, as its rows name them, the first few; absent where none does. */
  readonly models?: readonly string[];
  /** Bytes in storage. */
  readonly bytes: number;
  readonly lasting: boolean;
}

export interface ImportProgress {
  readonly importId: string;
  readonly phase: 'waiting' | 'reading' | 'closing';
  readonly bytes: number;
  readonly totalBytes: number;
  readonly rows: number;
  readonly skipped: number;
  /** Null until the rate is known. */
  readonly secondsLeft: number | null;
}

export interface ImportRequest {
  readonly importId: string;
  readonly name: string;
  readonly files: readonly File[];
  /** By hand; null takes what the look finds. */
  readonly mapping: RolloutMapping | null;
}

/** Which columns a list can be sorted by, beside the set's own numbers as `number:NAME`. */
export type RowOrder =
  | 'file'
  | 'step'
  | 'tokens'
  | 'validity'
  | `teacher:${TeacherName}`
  | `number:${string}`;

export const VALIDITY_CHOICES = ['all', 'valid', 'invalid'] as const;
export const GRADE_CHOICES = ['all', 'right', 'wrong', 'ungraded'] as const;

export interface RowQuery {
  readonly method: RolloutMethodId;
  readonly validity: (typeof VALIDITY_CHOICES)[number];
  /** Only rows with this first failure. */
  readonly fault: RowFault | null;
  readonly grade: (typeof GRADE_CHOICES)[number];
  /** Inclusive. */
  readonly steps: { readonly from: number; readonly to: number } | null;
  /** In the completion; A to Z in either case. */
  readonly text: string;
  readonly order: RowOrder;
  readonly descending: boolean;
}

export const ALL_ROWS: RowQuery = {
  method: 'vigos',
  validity: 'all',
  fault: null,
  grade: 'all',
  steps: null,
  text: '',
  order: 'file',
  descending: false,
};

/** A row as the list shows it. */
export interface RowSummary {
  readonly row: number;
  /** Where it stands: "12", or "part.jsonl: 12" where there are several files. */
  readonly line: string;
  readonly step: number | null;
  readonly fault: RowFault | null;
  readonly tokens: number;
  readonly grade: 'right' | 'wrong' | null;
  /** Tokens by teacher under the query's method. */
  readonly teachers: Readonly<Partial<Record<TeacherName, number>>>;
  /** The beginning of the completion. */
  readonly text: string;
  readonly number: number | null;
}

/** What the rows of a query have in common. */
export interface RolloutStatistics {
  readonly rows: number;
  readonly valid: number;
  readonly graded: number;
  readonly right: number;
  readonly tokens: number;
  readonly faults: readonly { readonly fault: RowFault; readonly count: number }[];
  /** Supervised tokens by teacher. */
  readonly teachers: readonly { readonly teacher: TeacherName; readonly tokens: number }[];
  readonly segments: readonly { readonly segment: Segment; readonly tokens: number }[];
  /** Rows with at least one tag of more than one token, and with a tag whose token holds other text. */
  readonly splitTags: number;
  readonly joinedOpeners: number;
  readonly ended: number;
  readonly lengths: {
    readonly mean: number;
    readonly median: number;
    readonly most: number;
    /** Counts of rows in equal widths from 0. */
    readonly width: number;
    readonly counts: readonly number[];
  };
  /** By step, or stretches of steps where there are many; empty where rows have none. */
  readonly steps: readonly {
    readonly step: number;
    readonly rows: number;
    readonly valid: number;
    readonly tokens: number;
    readonly graded: number;
    readonly right: number;
  }[];
}

export interface QueryReply {
  readonly count: number;
  readonly statistics: RolloutStatistics;
  /** What the worker took for it, ms. */
  readonly ms: number;
}

/** One of two groups of rollouts that are held to one another. */
export interface Side {
  /** Of its set. */
  readonly name: string;
  readonly statistics: RolloutStatistics;
  /** As the model that scored last scored them, under the same method; null where none did. */
  readonly scores:
    | (Pick<ScoreStatistics, 'all' | 'groups'> & {
        readonly model: string;
        readonly rollouts: number;
      })
    | null;
}

export interface SideBySide {
  readonly first: Side;
  readonly second: Side;
  /** Examples with graded answers on both sides, and those that the second answers right more often; null without any. */
  readonly answers: {
    readonly examples: number;
    readonly better: number;
    readonly worse: number;
    readonly same: number;
  } | null;
}

/** A row with all that its file says, read and planned as the Lab does. */
export interface OpenedRow {
  readonly row: number;
  readonly line: string;
  readonly text: string;
  readonly prompt: string | null;
  readonly question: string | null;
  readonly reference: string | null;
  readonly id: string | null;
  readonly step: number | null;
  readonly numbers: readonly { readonly name: string; readonly value: number }[];
  /** A picture of its own, or the name of one that is elsewhere. */
  readonly image:
    | { readonly kind: 'file'; readonly file: File }
    /** A scene of the built-in world, drawn anew. */
    | {
        readonly kind: 'scene';
        readonly name: string;
        readonly scene: ScenePicture;
      }
    | { readonly kind: 'named'; readonly name: string }
    | null;
  readonly answer: string | null;
  readonly grade: 'right' | 'wrong' | null;
  readonly asRead: readonly string[];
  /** The tokens are the file's own, not its text's by the tokenizer. */
  readonly ownTokens: boolean;
  /** Why it cannot be read; then there are no tokens. */
  readonly unreadable: ErrorRecord | null;
  readonly ids: readonly number[];
  readonly texts: readonly string[];
  readonly parsed: ParsedRollout | null;
  readonly plan: SupervisionPlan | null;
}

export type RolloutSets = KeptSets<RolloutSetRecord>;

/** The worker's face. All calls answer with data. */
export interface RolloutsApi {
  /** `tokenizerUrl` is the folder of the built-in model, ending in a slash; `tokenizer` its name. */
  open(tokenizerUrl: string, tokenizer: string): Promise<Outcome<RolloutSets>>;
  look(files: readonly File[]): Promise<Outcome<RolloutLook>>;
  /** Reads files into a set of their own; nothing of it stays where it fails or is cancelled. */
  importSet(
    request: ImportRequest,
    onProgress: (progress: ImportProgress) => void,
  ): Promise<Outcome<RolloutSetRecord>>;
  cancel(importId: string): Promise<void>;
  /** Makes a set the one that is asked. */
  openSet(id: string): Promise<Outcome<RolloutSetRecord>>;
  query(query: RowQuery): Promise<Outcome<QueryReply>>;
  /** Rows `[from, to)` in the order of the last query. */
  rows(from: number, to: number): Promise<Outcome<readonly RowSummary[]>>;
  row(row: number, method: RolloutMethodId): Promise<Outcome<OpenedRow>>;
  /**
   * The last query's rows beside those of another set, or of other steps, with the same validity and answers asked for.
   */
  compare(setId: string, steps: RowQuery['steps']): Promise<Outcome<SideBySide>>;
  /** Numbers of the last query's rows in its order; `most` of them, evenly over it, where there are more. */
  chosen(most: number | null): Promise<Outcome<Uint32Array>>;
  /** What models have scored of the open set. */
  scorings(): Promise<Outcome<readonly ScoringRecord[]>>;
  /** Makes a scoring of the open set the one whose rows are asked; what was scored until now. */
  openScores(scoringId: string): Promise<Outcome<ScoreStatistics>>;
  /** A row of the open scoring; null where it was not come to. */
  scoredRow(row: number): Promise<Outcome<ScoredRow | null>>;
  /** The open scoring as a table, a row a token. */
  tokenTable(as: TokenTableKind): Promise<Outcome<Blob>>;
  removeScores(scoringId: string): Promise<Outcome<null>>;
  remove(id: string): Promise<Outcome<null>>;
}

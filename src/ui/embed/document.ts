/** What a file of its own shows: rollouts with their figures, and where they come from. Pure data, made by whoever exports. */

import type { ScoredToken } from '../../contract/rollouts/rollout-scores.ts';
import type { Trace } from '../../contract/trace/trace.ts';
import type { Reader } from '../../method/sight.ts';
import type { ParsedRollout, SupervisionPlan } from '../../method/types.ts';

/** Id of the file's element that holds its document. */
export const DATA_ID = 'embedded-data';

export interface EmbeddedRollout {
  /** Of its own among those of the file; addresses name it, so letters, digits and hyphens. */
  readonly id: string;
  /** In a list of several. */
  readonly title: string;
  /** Whose figures these are, in sentences. */
  readonly origin: string;
  readonly trace: Trace;
  /** PNGs in data addresses. */
  readonly pictures: readonly string[];
  /** Which of them each reader saw; absent where the file does not hold it. */
  readonly sees: Readonly<Partial<Record<Reader, number>>>;
  /** What is to be seen in the student's picture. */
  readonly pictureLabel: string;
  /** What the picture says, where that is known. */
  readonly truth: string | null;
  /** The token that is marked at first, from 0; null for where teacher and student disagree most. */
  readonly token: number | null;
}

/** A rollout of a file: read and planned, and scored where a model did; without what only a trace of it holds. */
export interface EmbeddedRow {
  readonly id: string;
  readonly title: string;
  /** Whose figures these are, how it was read and graded, a sentence each. */
  readonly sentences: readonly string[];
  readonly question: string | null;
  /** A PNG in a data address; null where the file does not hold it. */
  readonly picture: string | null;
  readonly pictureLabel: string;
  /** All that was written. */
  readonly text: string;
  /** Null for what cannot be read as a completion. */
  readonly read: {
    readonly texts: readonly string[];
    readonly parsed: ParsedRollout;
    readonly plan: SupervisionPlan;
  } | null;
  /** [tokens]; null where no model scored it. */
  readonly scored: readonly ScoredToken[] | null;
}

/** Figures beside each other: every cell is drawn as text. */
export interface EmbeddedTable {
  readonly caption: string;
  readonly head: readonly string[];
  /** The first cell of a row names it. */
  readonly rows: readonly (readonly string[])[];
}

export interface EmbeddedDocument {
  readonly title: string;
  /** Sentences above everything. */
  readonly lead: readonly string[];
  readonly tables: readonly EmbeddedTable[];
  /** At least one, or rows. */
  readonly rollouts: readonly EmbeddedRollout[];
  /** Rollouts of a file, behind those. */
  readonly rows?: readonly EmbeddedRow[];
  /** Day it was made, as YYYY-MM-DD. */
  readonly made: string;
  /** Where the same is to be seen on the playground; null where no address repeats it. */
  readonly address: string | null;
  /** How to cite the playground, one line. */
  readonly cite: string;
}

/** What the Evaluate page knows: what is to be asked of whom, what is under way, and what was found. */

import type { ErrorRecord } from '../../../base/errors.ts';
import type { DataRecord } from '../../../contract/data/data-sets.ts';
import type {
  BrokenEvaluation,
  EvaluatedItem,
  EvaluationProgress,
} from '../../../contract/evaluation/evaluation.ts';
import type {
  BehindRequest,
  ResponsesBehind,
} from '../../../contract/evaluation/evaluation-behind.ts';
import {
  type EvaluationRecord,
  type FigureComparison,
  modelInWords,
} from '../../../contract/evaluation/evaluation-records.ts';
import {
  EVALUATION_PRESETS,
  type EvaluationPreset,
  type EvaluationSettings,
  picturesOf,
  WORLD_SETS,
} from '../../../contract/evaluation/evaluation-settings.ts';
import type { StoredRun } from '../../../contract/train/runs.ts';
import { BASE, type Candidate } from '../../shared/students.ts';

/** One that waits for its turn, or is under way. */
export interface Wanted {
  readonly id: string;
  readonly name: string;
  readonly candidate: Candidate;
  readonly settings: EvaluationSettings;
  /** The set, where it is a file that was chosen for it. */
  readonly file: File | null;
}

export type ErrorPlace = 'run' | 'list' | 'students' | 'items' | 'import';

/** Items of a set that is a file, with their pictures, by their numbers. */
export interface FileItems {
  readonly evaluationId: string;
  readonly items: ReadonlyMap<number, EvaluatedItem>;
}

/** A figure of a result, whose items are looked at. */
export interface ShownCell {
  readonly evaluationId: string;
  readonly figureId: string;
}

export interface EvaluateState {
  readonly settings: EvaluationSettings;
  /** The set of a person's own that was chosen last. */
  readonly file: File | null;
  /** Sets of the Data page; null until they were listed. */
  readonly data: readonly DataRecord[] | null;
  /** Keys of the candidates that will be asked. */
  readonly chosen: readonly string[];
  /** Adapters and runs from files. */
  readonly fromFiles: readonly Candidate[];
  readonly runs: readonly StoredRun[];
  /** Those that wait, in their order. */
  readonly queue: readonly Wanted[];
  readonly running: (Wanted & { readonly progress: EvaluationProgress | null }) | null;
  /** Null until they are listed. */
  readonly results: readonly EvaluationRecord[] | null;
  readonly broken: readonly BrokenEvaluation[];
  /** Why nothing outlives the tab. */
  readonly problem: ErrorRecord | null;
  /** Ids of the results in the table, in their order. */
  readonly shown: readonly string[];
  /** By the ids of both, the first and the other. */
  readonly comparisons: Readonly<Record<string, readonly FigureComparison[]>>;
  readonly cell: ShownCell | null;
  /** A page of them; null until it is there. */
  readonly behind: { readonly asked: BehindRequest; readonly found: ResponsesBehind } | null;
  readonly fileItems: FileItems | null;
  /** What is being read, written or compared; null for nothing. */
  readonly busy: string | null;
  readonly errors: Readonly<Partial<Record<ErrorPlace, ErrorRecord>>>;
}

/** Results side by side; more would leave no room for their figures. */
export const MOST_SHOWN = 6;

export const initialState: EvaluateState = {
  settings: EVALUATION_PRESETS[0].settings,
  file: null,
  data: null,
  chosen: [BASE.key],
  fromFiles: [],
  runs: [],
  queue: [],
  running: null,
  results: null,
  broken: [],
  problem: null,
  shown: [],
  comparisons: {},
  cell: null,
  behind: null,
  fileItems: null,
  busy: null,
  errors: {},
};

/** The preset whose values these are; null for changed ones. */
export function presetOf(settings: EvaluationSettings): EvaluationPreset | null {
  const text = JSON.stringify(settings);
  return EVALUATION_PRESETS.find((preset) => JSON.stringify(preset.settings) === text)?.id ?? null;
}

/** How many answers these settings ask for, of one model. */
export function responsesOf({ set, facts, responses, seeds }: EvaluationSettings): number {
  return picturesOf(set) * facts.length * responses * seeds.length;
}

/** A set in a few words: "Prior groups, 100". */
export function setInWords({ set }: Pick<EvaluationSettings, 'set'>): string {
  const label =
    set.name === 'file' ? set.file : WORLD_SETS.find(({ name }) => name === set.name)?.label;
  // How many pictures a file has is seen when it is asked.
  return set.name === 'file' && set.fingerprint === '' ? `${label}` : `${label}, ${set.count}`;
}

/** Who answered, in a few words. */
export function whoAnswered({ model }: Pick<EvaluationRecord, 'model'>): string {
  return model.student?.label ?? modelInWords(model);
}

export const withError = (
  state: EvaluateState,
  place: ErrorPlace,
  error: ErrorRecord,
): EvaluateState => ({ ...state, errors: { ...state.errors, [place]: error } });

export function withoutError(state: EvaluateState, place: ErrorPlace): EvaluateState {
  const { [place]: _, ...errors } = state.errors;
  return { ...state, errors };
}

/** The results in the table, in their order. */
export function shownResults({
  results,
  shown,
}: Pick<EvaluateState, 'results' | 'shown'>): readonly EvaluationRecord[] {
  return shown.flatMap((id) => results?.find((record) => record.id === id) ?? []);
}

/** Whether the answers behind its figures are here. */
export const hasItems = ({ imported }: Pick<EvaluationRecord, 'imported'>): boolean =>
  imported?.lines !== false;

export const pairKey = (first: string, second: string): string => `${first} ${second}`;

/** Responses that a result has so far, as its figures count them. */
export const answered = ({ figures }: Pick<EvaluationRecord, 'figures'>): number =>
  Math.max(0, ...figures.map(({ responses }) => responses));

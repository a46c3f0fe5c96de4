/** Questions that are measured: what is asked for, how far it is, and the sets that this browser keeps. Pure. */

import { type ErrorRecord, toErrorRecord } from '../../../base/errors.ts';
import type { DataRecord } from '../../../contract/data/data-sets.ts';
import type {
  FilteredItems,
  FilterProgress,
  FilterSettings,
} from '../../../contract/train/filter.ts';
import { filterSettings, withFilterSetting } from '../../../contract/train/filter-validate.ts';

export interface QuestionsState {
  readonly settings: FilterSettings;
  /** Entries that were refused, by the path of their field. */
  readonly drafts: Readonly<Record<string, { readonly text: string; readonly error: ErrorRecord }>>;
  /** What is under way. */
  readonly measuring: {
    readonly filterId: string;
    readonly progress: FilterProgress | null;
  } | null;
  /** The newest first; null until they were read. */
  readonly sets: readonly FilteredItems[] | null;
  /** Sets of the Data page; null until they were read. */
  readonly own: readonly DataRecord[] | null;
  /** Ids of sets whose file cannot be read. */
  readonly damaged: readonly string[];
  /** The set that is looked at. */
  readonly shown: string | null;
}

export const initialQuestions = (): QuestionsState => ({
  ...{ settings: filterSettings(), drafts: {}, measuring: null },
  ...{ sets: null, own: null, damaged: [], shown: null },
});

/** A field’s new value; one that is refused is kept beside the settings as it was typed. */
export function withQuestionEntry(
  state: QuestionsState,
  path: string,
  value: unknown,
): QuestionsState {
  const { [path]: _, ...drafts } = state.drafts;
  try {
    return { ...state, settings: withFilterSetting(state.settings, path, value), drafts };
  } catch (error) {
    const draft = { text: String(value), error: toErrorRecord(error, path) };
    return { ...state, drafts: { ...drafts, [path]: draft } };
  }
}

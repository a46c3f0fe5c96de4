/** What the Data page knows. */

import type { ErrorRecord } from '../../base/errors.ts';
import type {
  DataItem,
  DataLook,
  DataProgress,
  DataRecord,
  DataShelf,
  GivenFile,
} from '../../contract/data/data-sets.ts';

/** Files that were looked at and are not imported yet. */
export interface Looked {
  readonly name: string;
  readonly files: readonly GivenFile[];
  readonly look: DataLook;
  /** The mapping was changed by hand. */
  readonly byHand: boolean;
}

/** An import under way, or one that waits for it. */
export interface Importing {
  readonly importId: string;
  readonly name: string;
  readonly progress: DataProgress | null;
}

export type ErrorPlace = 'import' | 'sets' | 'items' | 'world';

export interface DataState {
  /** Null until storage was read. */
  readonly shelf: DataShelf | null;
  /** What became of something, in words. */
  readonly notice: string;
  /** Something short is under way: reading files for a preview, or making one to hand out. */
  readonly busy: string | null;
  readonly looked: Looked | null;
  readonly importing: readonly Importing[];
  /** The set on show. */
  readonly shown: DataRecord | null;
  /** Of its items, from 0. */
  readonly page: number;
  readonly items: readonly DataItem[] | null;
  readonly errors: Partial<Record<ErrorPlace, ErrorRecord>>;
}

/** Items on a page of the list. */
export const PAGE_ITEMS = 12;

export const initialState: DataState = {
  shelf: null,
  notice: '',
  busy: null,
  looked: null,
  importing: [],
  shown: null,
  page: 0,
  items: null,
  errors: {},
};

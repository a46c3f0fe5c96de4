/** Sets of questions with pictures that a person brings: what is known of one before and after it is imported, and the engine's face to them. */

import { PlaygroundError } from '../../base/errors.ts';
import type { Outcome } from '../../base/outcome.ts';
import type { Split } from '../../world/split.ts';
import type { KeptSets } from './kept-sets.ts';
import type { SkippedLines } from './skipped-lines.ts';

/** What a file's fields can be to a question, a row each; the form for mapping by hand is drawn from them. */
export const DATA_FIELDS = {
  question: { label: 'Question', what: 'what the model is asked' },
  picture: {
    label: 'Picture',
    what: 'its file’s name, its bytes, Base64 or a data: address; the first of three where a row has three',
  },
  answer: { label: 'Answer', what: 'the reference, by which responses are graded' },
  id: { label: 'Id', what: 'a number or a name that no other row has' },
  family: { label: 'Kind', what: 'the kind of question, by which accuracy is told apart' },
  wrongAnswers: { label: 'Wrong answers', what: 'a list of them, for PALR' },
  description: {
    label: 'Description',
    what: 'a true description of the picture, which SFT learns',
  },
  reasoning: { label: 'Reasoning', what: 'the way to the answer, which SFT learns' },
  picture2: { label: 'Second picture', what: 'contradicts the prior, where a row has three' },
  answer2: { label: 'Its answer', what: 'of the second picture' },
  picture3: { label: 'Third picture', what: 'contradicts the prior, where a row has three' },
  answer3: { label: 'Its answer', what: 'of the third picture' },
  world: { label: 'World', what: 'what an export of the tiny world says of an item, as JSON' },
} as const satisfies Readonly<Record<string, { label: string; what: string }>>;

export type DataField = keyof typeof DATA_FIELDS;
export const DATA_FIELD_NAMES = Object.keys(DATA_FIELDS) as readonly DataField[];

/** Where each field of a question stands in a record: its key, dots leading inwards; absent where it is not there. */
export type DataMapping = Readonly<Partial<Record<DataField, string>>>;

/** What a row would become, or why it would be passed over. */
export type DataSample =
  | {
      readonly line: string;
      readonly question: string;
      readonly answer: string;
      /** One, or the three of a group; empty for a question in words. */
      readonly pictures: readonly File[];
    }
  | { readonly line: string; readonly skipped: string };

/** A file with its path in the folder that was given, else its name. */
export interface GivenFile {
  readonly path: string;
  readonly file: File;
}

/** What is known of some files before they are imported. */
export interface DataLook {
  /** Completes "These are …"; null where no known shape fits. */
  readonly shape: string | null;
  readonly mapping: DataMapping;
  /** Keys of the first records, dotted, each with the beginning of a value. */
  readonly keys: readonly { readonly key: string; readonly sample: string }[];
  /** The first rows under the mapping. */
  readonly samples: readonly DataSample[];
  /** Records read for this. */
  readonly records: number;
}

/** A set as runs and evaluations name it. */
export interface DataReference {
  readonly name: string;
  /** SHA-256 over its questions, answers and pictures, whatever kind of file they came in. */
  readonly fingerprint: string;
  /** Questions with their pictures; of groups each of the three. */
  readonly items: number;
}

/** One set, as it is kept. */
export interface DataRecord extends DataReference {
  readonly id: string;
  /** ms since 1970. */
  readonly importedAt: number;
  readonly files: readonly { readonly name: string; readonly bytes: number }[];
  readonly shape: string | null;
  /** Whether every three items are one question with three pictures: the first agrees with the prior, the others do not. */
  readonly groups: boolean;
  /** Different pictures. */
  readonly pictures: number;
  /** Pictures above the cap in pixels, which are scaled down when they are asked about. */
  readonly scaled: number;
  /** Items with an answer, and with the texts that SFT learns. */
  readonly answers: number;
  readonly texts: number;
  /** Items without a picture. */
  readonly wordsOnly: number;
  /** Items whose id an earlier one has; they are known by their lines too. */
  readonly sameIds: number;
  readonly skipped: SkippedLines;
  /** Bytes in storage. */
  readonly bytes: number;
  readonly lasting: boolean;
}

/** One item, as the page shows it and the Lab opens it. */
export interface DataItem {
  readonly index: number;
  /** Its own id in the file, else its line. */
  readonly id: string;
  /** Where it stood in its file. */
  readonly line: string;
  readonly question: string;
  /** Stands before the question in setting F; null without one. */
  readonly fact: string | null;
  readonly answer: string;
  readonly family: string | null;
  /** Place in its group. */
  readonly image: 1 | 2 | 3 | null;
  readonly picture: File | null;
  /** In pixels, as the file has them; null without a picture. */
  readonly size: { readonly width: number; readonly height: number } | null;
}

export type DataShelf = KeptSets<DataRecord>;

export interface DataProgress {
  readonly bytes: number;
  readonly totalBytes: number;
  readonly items: number;
  readonly skipped: number;
}

export interface DataImport {
  readonly importId: string;
  readonly name: string;
  readonly files: readonly GivenFile[];
  /** By hand; null takes what the look finds. */
  readonly mapping: DataMapping | null;
}

export interface DataEvent {
  readonly type: 'data.progress';
  readonly importId: string;
  readonly progress: DataProgress;
}

/** What a set goes out as: an image folder of the `datasets` library in a zip file, or one Parquet file with its pictures. */
export const DATA_EXPORTS = ['folder', 'parquet'] as const;
export type DataExport = (typeof DATA_EXPORTS)[number];

export interface DataFile {
  readonly name: string;
  readonly data: Blob;
}

/** Items of a split of the tiny world, which goes out in the same forms. */
export interface WorldExport {
  readonly split: Split;
  readonly start: number;
  readonly count: number;
}

/** Most of them that a page draws at once; `world:export` takes more. */
export const MOST_WORLD_ITEMS = 5_000;

/** Longest name of a set, characters. */
export const MOST_DATA_NAME = 120;
/** Most items of a set. */
export const MOST_DATA_ITEMS = 200_000;

/** The part of the engine's face that keeps sets of questions. Answers are outcomes; nothing throws. */
export interface DataApi {
  lookAtData(files: readonly GivenFile[], mapping: DataMapping | null): Promise<Outcome<DataLook>>;
  /** All of it, or nothing: `data.there` where the same questions are kept already. */
  importData(request: DataImport): Promise<Outcome<DataRecord>>;
  cancelData(importId: string): Promise<void>;
  listData(): Promise<Outcome<DataShelf>>;
  /** Items `[from, to)` of a set. */
  dataItems(id: string, from: number, to: number): Promise<Outcome<readonly DataItem[]>>;
  renameData(id: string, name: string): Promise<Outcome<DataRecord>>;
  deleteData(id: string): Promise<Outcome<null>>;
  exportData(id: string, as: DataExport): Promise<Outcome<DataFile>>;
  exportWorld(world: WorldExport, as: DataExport): Promise<Outcome<DataFile>>;
}

/** What of a set a run or an evaluation names. */
export const referenceOf = ({ name, fingerprint, items }: DataReference): DataReference => ({
  ...{ name, fingerprint, items },
});

/** Of a run, a rollout or an evaluation whose set is not here. */
export function dataMissing({
  name,
  fingerprint,
}: Pick<DataReference, 'name' | 'fingerprint'>): PlaygroundError {
  return new PlaygroundError({
    code: 'data.missing',
    message: `The set “${name}” is not in this browser.`,
    fix: 'Import its file again on the Data page: it is known by its questions and pictures, whatever it is called there.',
    where: name,
    detail: { fingerprint },
  });
}

/** Measuring which questions a model solves, and keeping some: what a filter is asked, what it finds, and how the page speaks of it. */

import * as v from 'valibot';
import { PlaygroundError } from '../../base/errors.ts';
import type { Outcome } from '../../base/outcome.ts';
import { ITEMS_FORMAT, type ItemSet, itemSetSchema, MOST_ITEMS } from '../data/item-set.ts';
import { choice, real, whole } from '../settings/fields.ts';
import { rangeOf, SAMPLING_BOUNDS, SAMPLING_FIELDS } from '../settings/sampling-bounds.ts';
import { row, type ValuesOf } from '../settings/setting-row.ts';
import type { ModelIdentity } from './train-records.ts';
import type { TrainSettings } from './train-settings.ts';

/** What is kept: questions that are missed from the picture and solved from the caption, or all of them with their rates. */
export const KEPT = ['perception', 'all'] as const;
export type Kept = (typeof KEPT)[number];

/** How many are looked at and what is kept. */
export const FILTER = {
  count: row(
    whole(
      'filter.count',
      'Questions looked at',
      'questions',
      [1, MOST_ITEMS],
      'Drawn by the seed from the training questions of the data’s settings; each once.',
    ),
    200,
  ),
  samples: row(
    whole(
      'filter.samples',
      'Samples each, k',
      'answers',
      [1, 16],
      'How often each question is answered; where captions are asked too, as often again from those.',
    ),
    4,
  ),
  keep: row<Kept>(
    choice(
      'filter.keep',
      'Keep',
      KEPT,
      'Questions of perception are those that the model misses when it sees the picture and solves when it is told a true caption: it is the seeing that fails. Or all of them, each with its pass rate, so that a stage can begin with easy ones.',
      { perception: 'questions of perception', all: 'all, with their pass rates' },
    ),
    'perception',
  ),
  mostFromPicture: row(
    real(
      'filter.mostFromPicture',
      'Solved from the picture at most',
      'share of samples',
      [0, 1],
      'A question of perception may be solved this often from its picture; 0 keeps only what is missed every time.',
    ),
    0,
  ),
  leastFromCaption: row(
    real(
      'filter.leastFromCaption',
      'Solved from the caption at least',
      'share of samples',
      [0, 1],
      'A question of perception must be solved this often from its caption.',
    ),
    0.5,
  ),
  seed: row(
    whole(
      'filter.seed',
      'Seed',
      '',
      rangeOf(SAMPLING_BOUNDS.seed),
      'Which questions are looked at, and how they are answered, follow from it.',
    ),
    1,
  ),
} as const;

/** How answers are drawn: from the whole distribution, as GRPO draws them. */
export const FILTER_SAMPLING = {
  temperature: row({ ...SAMPLING_FIELDS.temperature, path: 'filter.temperature' }, 1, {
    greedy: true,
  }),
  maxNewTokens: row({ ...SAMPLING_FIELDS.maxNewTokens, path: 'filter.maxNewTokens' }, 96),
} as const;

export interface FilterSettings extends ValuesOf<typeof FILTER>, ValuesOf<typeof FILTER_SAMPLING> {
  /** The rows of a run’s data that say which questions there are. */
  readonly data: TrainSettings['data'];
}

/** One question that was looked at: shares of its samples that were right. */
export interface LookedAt {
  readonly index: number;
  /** As its stage asks it. */
  readonly passRate: number;
  /** Null where captions were not asked. */
  readonly captionRate: number | null;
  readonly kept: boolean;
}

/** A set with how it came to be: `vigos-items/1`. */
export interface FilteredItems extends ItemSet {
  readonly format: typeof ITEMS_FORMAT;
  readonly id: string;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  readonly model: ModelIdentity;
  readonly settings: FilterSettings;
  /** Every question that was asked, kept or not; fewer than asked for where it was ended early. */
  readonly lookedAt: readonly LookedAt[];
}

const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
const count = v.pipe(v.number(), v.integer(), v.minValue(0));

const filtered = v.object({
  ...itemSetSchema.entries,
  format: v.literal(ITEMS_FORMAT),
  id: v.pipe(v.string(), v.regex(/^[\w-]{1,64}$/)),
  createdAt: v.string(),
  model: v.object({ name: v.string(), fingerprint: v.string() }),
  settings: v.unknown(),
  lookedAt: v.pipe(
    v.array(
      v.object({
        index: count,
        passRate: share,
        captionRate: v.nullable(share),
        kept: v.boolean(),
      }),
    ),
    v.maxLength(MOST_ITEMS),
  ),
});

/** A set as a file has it. Throws {@link PlaygroundError} `items.invalid`. */
export function readFilteredItems(
  json: unknown,
  where: string,
  validate: (settings: unknown) => FilterSettings,
): FilteredItems {
  const result = v.safeParse(filtered, json);
  if (result.success) {
    const { output } = result;
    const items = output.items.length;
    const kept = output.lookedAt.filter((one) => one.kept).length;
    if (items === kept) return { ...output, settings: validate(output.settings) };
  }
  const what = result.success
    ? 'it says of other questions that they were kept than it holds'
    : `${v.getDotPath(result.issues[0]) ?? 'items'}: ${result.issues[0].message}`;
  throw new PlaygroundError({
    code: 'items.invalid',
    message: `${where} is no set of measured questions: ${what}.`,
    fix: 'Give a file as the filter, or this page, wrote it.',
    where,
  });
}

/** What this browser keeps of measured questions. */
export interface KeptItemSets {
  /** The newest first. */
  readonly sets: readonly FilteredItems[];
  /** Ids of those whose file cannot be read; they stay until they are deleted. */
  readonly damaged: readonly string[];
}

export interface FilterRequest {
  /** Chosen by the page, so that it can end the work before the answer comes. */
  readonly filterId: string;
  readonly name: string;
  readonly settings: FilterSettings;
  /** Written into this browser’s storage. */
  readonly keep: boolean;
}

export interface FilterProgress {
  readonly done: number;
  readonly total: number;
  readonly kept: number;
  /** What is left at the pace so far; null before that is known. */
  readonly leftMs: number | null;
}

export interface FilterEvent {
  readonly type: 'filter.progress';
  readonly filterId: string;
  readonly progress: FilterProgress;
}

/** The part of the engine's face that measures questions. Answers are outcomes; nothing throws. */
export interface FilterApi {
  /**
   * Asks the model; ended early, it answers with what it found until then. `filter.nothing-kept` where no question is
   * kept, `filter.ended` where it was ended before the first answers.
   */
  filterQuestions(request: FilterRequest): Promise<Outcome<FilteredItems>>;
  /** Ends it after the questions under way. */
  endFilter(filterId: string): Promise<void>;
  listItemSets(): Promise<Outcome<KeptItemSets>>;
  /** Takes a set in from a file. */
  importItemSet(file: Blob): Promise<Outcome<FilteredItems>>;
  deleteItemSet(id: string): Promise<Outcome<null>>;
}

/** What of a set a run or a stage draws from. */
export const itemsOf = ({ name, source, drawn, items }: FilteredItems): ItemSet => ({
  ...{ name, source, drawn, items },
});

/** What is said where no question is kept, and the next step. */
export function nothingKept(
  looked: readonly LookedAt[],
  settings: FilterSettings,
): PlaygroundError {
  const { mostFromPicture, leastFromCaption } = settings;
  const missed = looked.filter(({ passRate }) => passRate <= mostFromPicture).length;
  const told = looked.filter((one) => (one.captionRate ?? 0) >= leastFromCaption).length;
  return new PlaygroundError({
    code: 'filter.nothing-kept',
    message: `None of ${looked.length} questions is kept: ${missed} are missed from the picture often enough, ${told} are solved from the caption often enough, and none is both.`,
    fix: 'Look at more questions, let more be solved from the picture or fewer from the caption, take more samples so that rates are finer, or choose pictures that can be seen less well.',
    where: 'filter',
    detail: { looked: looked.length, missed, told },
  });
}

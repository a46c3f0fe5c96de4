/** A set of items that were measured and kept: what a stage may draw from instead of all that there is, "vigos-items/1". */

import * as v from 'valibot';
import { PlaygroundError } from '../../base/errors.ts';
import { type DataSource, SOURCES, TRAIN_DIFFICULTIES } from '../settings/world-rows.ts';

/** No set has more items: settings carry it, so that a run knows its data wherever it goes. */
export const MOST_ITEMS = 5000;

const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
const whole = v.pipe(v.number(), v.integer(), v.minValue(0));

/** How the pictures of its items are drawn: numbers of items mean nothing without it. */
const drawn = v.object({
  usualShare: share,
  difficulty: v.picklist(TRAIN_DIFFICULTIES),
  noise: v.number(),
  pictureEdge: v.number(),
  occlusion: v.number(),
});

const item = v.object({
  /** Number in the split `train` of the world, or of the problems. */
  index: whole,
  /** Share of right answers when it was asked as its stage asks it; null where that was not measured. */
  passRate: v.nullable(share),
  /** The same asked with a caption in the picture’s place; absent where it was not. */
  captionRate: v.optional(share),
});

export const itemSetSchema = v.object({
  name: v.pipe(v.string(), v.minLength(1), v.maxLength(120)),
  source: v.picklist(SOURCES),
  drawn,
  items: v.pipe(v.array(item), v.maxLength(MOST_ITEMS)),
});

export type ItemSet = v.InferOutput<typeof itemSetSchema>;
export type KeptItem = ItemSet['items'][number];
export type DrawnBy = ItemSet['drawn'];

/** A set from anything. Throws {@link PlaygroundError} `items.invalid` naming the first wrong field. */
export function readItemSet(input: unknown, where: string): ItemSet {
  const result = v.safeParse(itemSetSchema, input);
  if (result.success) return result.output;
  const [issue] = result.issues;
  throw new PlaygroundError({
    code: 'items.invalid',
    message: `The set of items cannot be used: ${v.getDotPath(issue) ?? 'items'}: ${issue.message}.`,
    fix: 'Give a set as the filter writes it.',
    where,
  });
}

export const ITEMS_FORMAT = 'vigos-items/1';

/** A set as a file, with how it came to be beside it, which nothing but people read. */
export function readItemSetFile(json: unknown, where: string): ItemSet {
  const format = typeof json === 'object' && json !== null ? Reflect.get(json, 'format') : null;
  if (format === ITEMS_FORMAT) return readItemSet(json, where);
  throw new PlaygroundError({
    code: 'items.invalid',
    message: `${where} is no set of items.`,
    fix: `Give a file of the filter, which says "format": "${ITEMS_FORMAT}".`,
    where,
  });
}

/** The settings of a picture that decide which item a number means, of a run’s data. */
export const drawnBy = (data: DrawnBy & { readonly source?: DataSource }): DrawnBy => {
  const { usualShare, difficulty, noise, pictureEdge, occlusion } = data;
  return { usualShare, difficulty, noise, pictureEdge, occlusion };
};

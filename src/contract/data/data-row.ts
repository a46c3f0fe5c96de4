/** An item of a set that a person brought, without its picture: what is kept of it, and what training and evaluations ask. */

import * as v from 'valibot';
import type { RgbaImage } from '../../base/rgba-image.ts';
import type { DataReference } from './data-sets.ts';

/** An item as it is stored. */
export const dataRowSchema = v.object({
  /** Its own in the file, else its line. */
  id: v.string(),
  line: v.string(),
  question: v.string(),
  /** What is usually so; stands before the question in setting F. */
  fact: v.optional(v.string()),
  /** Empty without one. */
  answer: v.string(),
  family: v.optional(v.string()),
  wrongAnswers: v.optional(v.array(v.string())),
  description: v.optional(v.string()),
  reasoning: v.optional(v.string()),
  /** Place among the three pictures of its question. */
  image: v.optional(v.picklist([1, 2, 3])),
  /** The answer that one would give without looking, on a picture that contradicts it. */
  usual: v.optional(v.string()),
  /** As `world:export` wrote it. */
  world: v.optional(v.string()),
  /** Number of its picture in the set; null for a question in words. */
  picture: v.nullable(v.pipe(v.number(), v.integer(), v.minValue(0))),
});

export type DataRow = v.InferOutput<typeof dataRowSchema>;

/** An opened set: its texts are in memory, its pictures where they lie. */
export interface OpenedData {
  readonly reference: DataReference;
  /** Whether every three items are one question with three pictures. */
  readonly groups: boolean;
  readonly rows: readonly DataRow[];
  /** The picture of an item as a file, as it came; null without one. Throws `data.damaged`. */
  picture(index: number): Promise<File | null>;
  /** Its pixels, as the page and the commands read any picture. */
  pixels(index: number): Promise<RgbaImage | null>;
}

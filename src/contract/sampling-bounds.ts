/** What sampling may be asked for, of a page and of a file. */

import * as v from 'valibot';

const integer = (least: number, most: number) =>
  v.pipe(v.number(), v.integer(), v.minValue(least), v.maxValue(most));

export const samplingSchema = v.object({
  temperature: v.union([v.literal(0), v.pipe(v.number(), v.minValue(0.01), v.maxValue(100))]),
  topP: v.pipe(v.number(), v.gtValue(0), v.maxValue(1)),
  topK: integer(0, 1_000_000),
  seed: integer(0, 0xffffffff),
  maxNewTokens: integer(1, 1024),
  count: integer(1, 8),
});

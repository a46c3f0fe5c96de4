/** Checks what a page asks for before any work is done. */

import * as v from 'valibot';
import { PlaygroundError } from '../base/errors.ts';
import type { SamplingConfig } from './contract.ts';

const integer = (least: number, most: number) =>
  v.pipe(v.number(), v.integer(), v.minValue(least), v.maxValue(most));

const sampling = v.object({
  temperature: v.union([v.literal(0), v.pipe(v.number(), v.minValue(0.01), v.maxValue(100))]),
  topP: v.pipe(v.number(), v.gtValue(0), v.maxValue(1)),
  topK: integer(0, 1_000_000),
  seed: integer(0, 0xffffffff),
  maxNewTokens: integer(1, 1024),
  count: integer(1, 8),
}) satisfies v.GenericSchema<SamplingConfig>;

const MEANINGS: Readonly<Record<string, string>> = {
  temperature: 'the temperature is 0 (greedy) or from 0.01 to 100',
  topP: 'top-p is above 0 and at most 1',
  topK: 'top-k is a whole number, 0 for no limit',
  seed: 'the seed is a whole number from 0 to 4294967295',
  maxNewTokens: 'the length limit is a whole number from 1 to 1024',
  count: 'the number of rollouts is a whole number from 1 to 8',
};

/** Throws {@link PlaygroundError} `sampling.invalid-setting` naming the first setting out of range. */
export function checkSampling(config: SamplingConfig): void {
  const result = v.safeParse(sampling, config);
  if (result.success) return;
  const field = v.getDotPath(result.issues[0]) ?? 'sampling';
  throw new PlaygroundError({
    code: 'sampling.invalid-setting',
    message: `The setting "${field}" is out of range: ${MEANINGS[field] ?? result.issues[0].message}.`,
    fix: 'Change it and run again.',
    where: field,
    detail: { received: result.issues[0].received },
  });
}

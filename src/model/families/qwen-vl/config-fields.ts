/** How fields of a config.json are read: bounds before any work is done with a size, and one error for what does not do. */

import * as v from 'valibot';
import { PlaygroundError } from '../../../base/errors.ts';
import { MAX_TOKEN_ID } from '../../processor/added-tokens.ts';

/** Far above every released Qwen, far below what a tab can hold. */
const LIMITS = {
  layers: 512,
  heads: 512,
  features: 65_536,
  vocabulary: MAX_TOKEN_ID + 1,
};

export const upTo = (most: number) =>
  v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(most));
export const count = upTo(Number.MAX_SAFE_INTEGER);
export const tokenId = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(MAX_TOKEN_ID));
export const tokenIds = v.union([tokenId, v.array(tokenId)]);
export const layers = upTo(LIMITS.layers);
export const heads = upTo(LIMITS.heads);
export const features = upTo(LIMITS.features);
export const vocabulary = upTo(LIMITS.vocabulary);
export const above0 = v.pipe(v.number(), v.finite(), v.gtValue(0));
export const maybe = <T extends v.GenericSchema>(schema: T) => v.nullish(schema);

/** The value that a schema makes of JSON. Throws `model.config-invalid` naming the field behind `prefix`. */
export function check<T extends v.GenericSchema>(
  schema: T,
  json: unknown,
  prefix: string,
): v.InferOutput<T> {
  const result = v.safeParse(schema, json);
  if (result.success) return result.output;
  const [issue] = result.issues;
  const path = v.getDotPath(issue) ?? '';
  throw invalid(`${prefix}${path}: ${issue.message}`, `${prefix}${path}`);
}

export function invalid(reason: string, where = 'config.json'): PlaygroundError {
  return new PlaygroundError({
    code: 'model.config-invalid',
    message: `The model's config.json cannot be used: ${reason}.`,
    fix: 'Take config.json unchanged from a model in the Hugging Face layout.',
    where,
    detail: { reason },
  });
}

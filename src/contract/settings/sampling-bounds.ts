/** What sampling may be asked for: one table of names and bounds for the Lab, Train, Evaluate, addresses, commands and files. */

import * as v from 'valibot';
import { type NumberField, real, whole } from './fields.ts';

export interface NumberBounds {
  /** Inclusive. */
  readonly min: number;
  readonly max: number;
  readonly integer: boolean;
  /** The least value above 0, where what lies between is not taken. */
  readonly least?: number;
}

/** Kernels divide by the temperature, so nothing lies between greedy and 0.01. */
export const SAMPLING_BOUNDS = {
  temperature: { min: 0, max: 100, integer: false, least: 0.01 },
  topP: { min: 1e-6, max: 1, integer: false },
  /** 0 keeps all. */
  topK: { min: 0, max: 1_000_000, integer: true },
  seed: { min: 0, max: 0xffffffff, integer: true },
  maxNewTokens: { min: 1, max: 1024, integer: true },
  /** Rollouts of one run. */
  count: { min: 1, max: 8, integer: true },
} as const satisfies Record<string, NumberBounds>;

/** What each is called, wherever it is asked for. */
export const SAMPLING_FIELDS = {
  temperature: real(
    'sampling.temperature',
    'Sampling temperature',
    '',
    rangeOf(SAMPLING_BOUNDS.temperature),
    'Higher explores more; 0 always takes the likeliest token.',
  ),
  topP: real(
    'sampling.topP',
    'Top-p',
    '',
    rangeOf(SAMPLING_BOUNDS.topP),
    'Samples from the likeliest tokens that together reach this probability; 1 keeps all.',
  ),
  topK: whole(
    'sampling.topK',
    'Top-k',
    'tokens',
    rangeOf(SAMPLING_BOUNDS.topK),
    'Samples from this many likeliest tokens; 0 keeps all.',
  ),
  maxNewTokens: whole(
    'sampling.maxNewTokens',
    'Longest rollout',
    'tokens',
    rangeOf(SAMPLING_BOUNDS.maxNewTokens),
    'A rollout that is cut off here has no box and is invalid.',
  ),
} as const satisfies Partial<Record<keyof typeof SAMPLING_BOUNDS, NumberField>>;

export function rangeOf({ min, max }: NumberBounds): [min: number, max: number] {
  return [min, max];
}

export function isWithin({ min, max, integer, least = 0 }: NumberBounds, value: unknown): boolean {
  if (typeof value !== 'number' || !(value >= min && value <= max)) return false;
  return integer ? Number.isInteger(value) : value === 0 || value >= least;
}

/** "a whole number from 1 to 8", "0 or a number from 0.01 to 100". */
export function rangeInWords({ min, max, integer, least }: NumberBounds): string {
  if (least !== undefined) return `${min} or a number from ${least} to ${max}`;
  return `${integer ? 'a whole number' : 'a number'} from ${min} to ${max}`;
}

/** A number of a file within its bounds. */
export const within = (bounds: NumberBounds) =>
  v.pipe(
    v.number(),
    v.check((value) => isWithin(bounds, value), `not ${rangeInWords(bounds)}`),
  );

export const samplingSchema = v.object({
  temperature: within(SAMPLING_BOUNDS.temperature),
  topP: within(SAMPLING_BOUNDS.topP),
  topK: within(SAMPLING_BOUNDS.topK),
  seed: within(SAMPLING_BOUNDS.seed),
  maxNewTokens: within(SAMPLING_BOUNDS.maxNewTokens),
  count: within(SAMPLING_BOUNDS.count),
});

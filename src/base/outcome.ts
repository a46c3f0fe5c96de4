/** A result or an error, both as plain data, for boundaries that drop an error's class (workers). */

import { type ErrorRecord, PlaygroundError, toErrorRecord } from './errors.ts';

export type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: ErrorRecord };

/** Runs `work` and turns whatever it throws into data; never rejects. */
export async function outcomeOf<T>(
  work: () => T | Promise<T>,
  where?: string,
): Promise<Outcome<T>> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    return { ok: false, error: toErrorRecord(error, where) };
  }
}

/** The value of an outcome. Throws its error, re-built as a {@link PlaygroundError}. */
export function unwrap<T>(outcome: Outcome<T>): T {
  if (outcome.ok) return outcome.value;
  throw new PlaygroundError(outcome.error);
}

/** Parts of the program that most visits need late or never: each is fetched once, when it is first wanted. */

import { part } from './part.ts';

export interface LatePart<T> {
  /** The part, if it is here. */
  now(): T | null;
  /** Fetches it, if it is not here. Throws what {@link part} throws; the next call tries again. */
  come(): Promise<T>;
}

const parts: LatePart<unknown>[] = [];

/** @param what names the part at the beginning of a sentence. */
export function latePart<T>(what: string, load: () => Promise<T>): LatePart<T> {
  let here: T | null = null;
  let coming: Promise<T> | null = null;
  const late: LatePart<T> = {
    now: () => here,
    come() {
      coming ??= part(what, load).then(
        (value) => {
          here = value;
          return value;
        },
        (error) => {
          coming = null;
          throw error;
        },
      );
      return coming;
    },
  };
  parts.push(late);
  return late;
}

/** Fetches all that is known by now, one after the other; what does not come is asked for again when it is wanted. */
export async function fetchLateParts(): Promise<void> {
  for (const late of parts) await late.come().catch(() => undefined);
}

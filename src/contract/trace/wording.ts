/** How a model is asked: the words of its dialect, or a person's own in their place. */

import * as v from 'valibot';
import { type Reader, SIGHT } from '../../method/sight.ts';
import { TEACHER_NAMES } from '../../method/types.ts';

export const READERS: readonly Reader[] = ['student', ...TEACHER_NAMES];

/** A value for each reader. */
export const perReader = <T>(make: (reader: Reader) => T): Record<Reader, T> =>
  Object.fromEntries(READERS.map((reader) => [reader, make(reader)])) as Record<Reader, T>;

/** Most characters of one prompt's own words. */
export const MAX_WORDING = 8000;

/**
 * The text of a user turn after its picture, for each reader that has another than its dialect's, with `{question}` and
 * `{answer}` where they go. Empty is the picture alone.
 */
export type Wording = Readonly<Partial<Record<Reader, string>>>;

/** What a prompt's words lack, a sentence; null where they show their reader what the method says that it sees. */
export function wordingFault(reader: Reader, text: string): string | null {
  if (text.length > MAX_WORDING) return `A prompt has ${MAX_WORDING} characters at most.`;
  for (const part of ['question', 'answer'] as const) {
    const has = text.includes(`{${part}}`);
    if (has && !SIGHT[reader][part]) return `{${part}} is not shown to this reader.`;
    if (!has && SIGHT[reader][part]) return `{${part}} has to stand somewhere in it.`;
  }
  return null;
}

/** As a file holds it: every text one that {@link wordingFault} finds nothing wrong with. */
export const wordingSchema = v.pipe(
  v.partial(v.strictObject(perReader(() => v.string()))),
  v.check(
    (wording) =>
      READERS.every((reader) => {
        const text = wording[reader];
        return text === undefined || wordingFault(reader, text) === null;
      }),
    'a prompt that shows its reader something else than the method does',
  ),
);

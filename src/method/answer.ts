/** The answer that a text gives. */
import { lastBoxContent } from './box.ts';
import type { Reading } from './types.ts';

/** The graded answer of any text (a plain prompt's response, too): its last closed box, trimmed, or null. */
export function boxedAnswer(text: string, reading: Reading): string | null {
  return lastBoxContent(text, reading)?.trim() ?? null;
}

/** `\boxed{…}` with balanced braces: the one place that finds a box in a text. */
import type { Reading } from './types.ts';

export const BOX_OPEN = '\\boxed{';

/** What may stand behind the box of a valid rollout (METHOD, validity). */
export const AFTER_BOX = /^\s*\.?\s*$/;

/**
 * Offset of the brace that closes the group whose content starts at `from`, or undefined. The code counts
 * every brace; in the paper's reading a backslash escapes the next character, so `\{` and `\}` do not count
 * and `\\` escapes nothing after it.
 */
export function closingBrace(text: string, from: number, reading: Reading): number | undefined {
  let depth = 1;
  for (let i = from; i < text.length; i++) {
    const char = text[i];
    if (char === '\\' && reading === 'paper') i++;
    else if (char === '{') depth++;
    else if (char === '}' && --depth === 0) return i;
  }
  return undefined;
}

/** Content of the last closed box of a text, untrimmed: the graded answer. Null without one. */
export function lastBoxContent(text: string, reading: Reading): string | null {
  let start = text.lastIndexOf(BOX_OPEN);
  while (start >= 0) {
    const contentStart = start + BOX_OPEN.length;
    const close = closingBrace(text, contentStart, reading);
    if (close !== undefined) return text.slice(contentStart, close);
    if (start === 0) return null;
    start = text.lastIndexOf(BOX_OPEN, start - 1);
  }
  return null;
}

/** Whether a text ends in a closed box; white space and one closing period may follow, as in a valid rollout. */
export function endsInBox(text: string, reading: Reading): boolean {
  for (let at = text.indexOf(BOX_OPEN); at >= 0; at = text.indexOf(BOX_OPEN, at + 1)) {
    const close = closingBrace(text, at + BOX_OPEN.length, reading);
    if (close !== undefined && AFTER_BOX.test(text.slice(close + 1))) return true;
  }
  return false;
}

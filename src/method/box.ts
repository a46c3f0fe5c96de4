/** `\boxed{…}` with balanced braces: the one place that finds a box in a text. */

export const BOX_OPEN = '\\boxed{';

/** Character ranges of one box; `close` is absent when its brace never closes. */
export interface Box {
  /** Offset of the backslash. */
  readonly start: number;
  /** Offset just after `\boxed{`. */
  readonly contentStart: number;
  /** Offset of the closing brace. */
  readonly close?: number;
}

/**
 * Offset of the brace that closes the group whose content starts at `from`, or undefined. A backslash
 * escapes the next character, so `\{` and `\}` do not count and `\\` escapes nothing after it.
 */
export function closingBrace(text: string, from: number): number | undefined {
  let depth = 1;
  for (let i = from; i < text.length; i++) {
    const char = text[i];
    if (char === '\\') i++;
    else if (char === '{') depth++;
    else if (char === '}' && --depth === 0) return i;
  }
  return undefined;
}

/** The first box that starts at or after `from`, closed or not. */
export function firstBox(text: string, from = 0): Box | undefined {
  const start = text.indexOf(BOX_OPEN, from);
  return start < 0 ? undefined : boxAt(text, start);
}

/** Content of the last closed box of a text, untrimmed: the graded answer. Null without one. */
export function lastBoxContent(text: string): string | null {
  let start = text.lastIndexOf(BOX_OPEN);
  while (start >= 0) {
    const box = boxAt(text, start);
    if (box.close !== undefined) return text.slice(box.contentStart, box.close);
    if (start === 0) return null;
    start = text.lastIndexOf(BOX_OPEN, start - 1);
  }
  return null;
}

function boxAt(text: string, start: number): Box {
  const contentStart = start + BOX_OPEN.length;
  const close = closingBrace(text, contentStart);
  return close === undefined ? { start, contentStart } : { start, contentStart, close };
}

/** Where a tag stands in a completion: by its token ids first, else by the characters of the sampled tokens. */
import type { TokenSpan } from './types.ts';

/** The sampled tokens laid side by side; token i covers characters `[starts[i], starts[i + 1])`. */
export interface TokenText {
  readonly ids: readonly number[];
  readonly text: string;
  /** `[tokens + 1]`, UTF-16 offsets. */
  readonly starts: readonly number[];
}

/** A tag found: its characters, and its exact tokens when the ids told. */
export interface TagMatch {
  readonly charStart: number;
  readonly charEnd: number;
  readonly tokens?: TokenSpan;
}

/** Concatenates the tokens' own texts; nothing is encoded again, so offsets are those that were sampled. */
export function layOutTokens(ids: readonly number[], texts: readonly string[]): TokenText {
  const starts = [0];
  for (const text of texts) starts.push(starts[starts.length - 1] + text.length);
  return { ids, text: texts.join(''), starts };
}

/** Index of the token that holds a character; the token count at or past the end. */
export function tokenAtChar({ starts, text, ids }: TokenText, char: number): number {
  if (char >= text.length) return ids.length;
  let low = 0;
  let high = ids.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (starts[middle + 1] > char) high = middle;
    else low = middle + 1;
  }
  return low;
}

/**
 * The first occurrence of a tag at or after a character. Ids and characters are both searched and the
 * occurrence in the earlier token counts, ids where they agree: a tag whose tokens straddle its edges
 * (`.</`) is not passed over for a cleanly spelled one further on.
 */
export function findTag(
  tokens: TokenText,
  tag: string,
  spellings: readonly (readonly number[])[],
  fromChar: number,
): TagMatch | undefined {
  const byIds = firstSpelling(tokens, spellings, fromChar);
  const charStart = tokens.text.indexOf(tag, fromChar);
  if (charStart >= 0 && (!byIds || tokenAtChar(tokens, charStart) < byIds.start)) {
    return { charStart, charEnd: charStart + tag.length };
  }
  if (!byIds) return undefined;
  return {
    charStart: tokens.starts[byIds.start],
    charEnd: tokens.starts[byIds.end],
    tokens: byIds,
  };
}

function firstSpelling(
  { ids, starts }: TokenText,
  spellings: readonly (readonly number[])[],
  fromChar: number,
): TokenSpan | undefined {
  for (let start = 0; start < ids.length; start++) {
    if (starts[start] < fromChar) continue;
    for (const spelling of spellings) {
      if (spelling.length > 0 && spelling.every((id, i) => ids[start + i] === id)) {
        return { start, end: start + spelling.length };
      }
    }
  }
  return undefined;
}

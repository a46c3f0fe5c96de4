/** The delimiters of a completion in reading order, and the stretches of text between them. */
import { BOX_OPEN, closingBrace } from './box.ts';
import type { Part, PartRange } from './parts.ts';
import { findTag, type TagMatch, type TokenText, tokenAtChar } from './tags.ts';
import type { Reading, TagIds } from './types.ts';

export const DESCRIPTION_CLOSE = '</description>';
export const THINK_OPEN = '<think>';
export const THINK_CLOSE = '</think>';

/** What was found in the text, in reading order, up to the first missing delimiter. */
export interface Landmarks {
  descriptionClose?: TagMatch;
  thinkOpen?: TagMatch;
  thinkClose?: TagMatch;
  boxOpen?: TagMatch;
  /** Offset of the closing brace. */
  boxClose?: number;
}

/**
 * Finds each delimiter after the one before it: `</description>`, `<think>`, `</think>`, the first
 * `\boxed{` and its balanced brace. The search stops at the first that is missing.
 */
export function findLandmarks(tokens: TokenText, tagIds: TagIds, reading: Reading): Landmarks {
  const found: Landmarks = {};
  found.descriptionClose = findTag(tokens, DESCRIPTION_CLOSE, tagIds.descriptionClose ?? [], 0);
  if (!found.descriptionClose) return found;
  const afterDescription = found.descriptionClose.charEnd;
  found.thinkOpen = findTag(tokens, THINK_OPEN, tagIds.thinkOpen ?? [], afterDescription);
  if (!found.thinkOpen) return found;
  const afterOpen = found.thinkOpen.charEnd;
  found.thinkClose = findTag(tokens, THINK_CLOSE, tagIds.thinkClose ?? [], afterOpen);
  if (!found.thinkClose) return found;
  const afterClose = found.thinkClose.charEnd;
  found.boxOpen = findTag(tokens, BOX_OPEN, tagIds.boxOpen ?? [], afterClose);
  if (!found.boxOpen) return found;
  found.boxClose = closingBrace(tokens.text, found.boxOpen.charEnd, reading);
  return found;
}

/**
 * Where `</description>` begins: the token that holds its first character, and whether that token holds text
 * before it (` </`, `.</`), however the tag was found. A tag without text of its own has exact tokens.
 */
export function descriptionEnd(
  tokens: TokenText,
  { charStart, charEnd, tokens: exact }: TagMatch,
): { readonly token: number; readonly joined: boolean } {
  const at = tokens.text.indexOf(DESCRIPTION_CLOSE, charStart);
  if (at < 0 || at >= charEnd) {
    return { token: exact?.start ?? tokenAtChar(tokens, charStart), joined: false };
  }
  const token = tokenAtChar(tokens, at);
  return { token, joined: tokens.starts[token] < at };
}

/** The parts' characters, in order; the last open part runs to the end of the text. */
export function partRanges(found: Landmarks, textLength: number): PartRange[] {
  const ranges: PartRange[] = [];
  let start = 0;
  const close = (content: Part, tag: Part, match: TagMatch | undefined): boolean => {
    ranges.push({ part: content, start, end: match?.charStart ?? textLength });
    if (!match) return false;
    ranges.push({
      part: tag,
      start: match.charStart,
      end: match.charEnd,
      ...(match.tokens && { tokens: match.tokens }),
    });
    start = match.charEnd;
    return true;
  };
  const boxClose =
    found.boxClose === undefined
      ? undefined
      : { charStart: found.boxClose, charEnd: found.boxClose + 1 };
  if (
    close('description', 'descriptionClose', found.descriptionClose) &&
    close('beforeThink', 'thinkOpen', found.thinkOpen) &&
    close('reasoning', 'thinkClose', found.thinkClose) &&
    close('beforeBox', 'boxOpen', found.boxOpen) &&
    close('answer', 'boxClose', boxClose)
  ) {
    ranges.push({ part: 'trailing', start, end: textLength });
  }
  return ranges;
}

/** A rendered prompt in drawable pieces. Pure. */

export interface PromptPiece {
  kind: 'text' | 'special';
  text: string;
  /** Offset in the rendered prompt. */
  at: number;
}

const SPECIAL = /(?:<\|image_pad\|>)+|<\|[^|<>]{1,40}\|>/g;
const PAD = '<|image_pad|>';

/**
 * Splits off special tokens. The place of an image, one in the template's text and expanded for the
 * model, is said with its number of visual tokens.
 */
export function promptPieces(rendered: string, visualTokens: number): PromptPiece[] {
  const pieces: PromptPiece[] = [];
  let end = 0;
  for (const match of rendered.matchAll(SPECIAL)) {
    if (match.index > end)
      pieces.push({ kind: 'text', text: rendered.slice(end, match.index), at: end });
    pieces.push({
      kind: 'special',
      text: match[0].startsWith(PAD) ? `${PAD} × ${visualTokens}` : match[0],
      at: match.index,
    });
    end = match.index + match[0].length;
  }
  if (end < rendered.length) pieces.push({ kind: 'text', text: rendered.slice(end), at: end });
  return pieces;
}

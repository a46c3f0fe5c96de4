/** A rendered prompt in drawable pieces. Pure. */

export interface PromptPiece {
  kind: 'text' | 'special';
  text: string;
  /** Offset in the rendered prompt. */
  at: number;
}

const SPECIAL = /(?:<\|image_pad\|>)+|<\|[^|<>]{1,40}\|>/g;
const PAD = '<|image_pad|>';
const ANSWERS = '<|im_end|>\n<|im_start|>assistant';

/**
 * Where a person's own words stand in a rendered prompt: after the picture, or the user turn's head without
 * one, up to the last assistant turn. Control tokens typed there are plain text to the model.
 */
function typedStretch(rendered: string, hasImage: boolean): { from: number; to: number } {
  const head = hasImage ? '<|vision_end|>' : '<|im_start|>user\n';
  const at = rendered.indexOf(head);
  const to = rendered.lastIndexOf(ANSWERS);
  return at < 0 || to < at ? { from: 0, to: 0 } : { from: at + head.length, to };
}

/**
 * Splits off the special tokens that the template placed. The place of an image, one in the template's text and expanded for the
 * model, is said with its number of visual tokens.
 */
export function promptPieces(rendered: string, visualTokens: number): PromptPiece[] {
  const pieces: PromptPiece[] = [];
  const typed = typedStretch(rendered, visualTokens > 0);
  let end = 0;
  for (const match of rendered.matchAll(SPECIAL)) {
    if (match.index >= typed.from && match.index < typed.to) continue;
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

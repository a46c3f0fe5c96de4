/** Token texts with their white space made visible: a space is `·`, a line break `↵`, a tab `⇥`. */

const MARKS: Record<string, string> = { ' ': '·', '\n': '↵', '\r': '␍', '\t': '⇥', '\u00a0': '⍽' };

export interface TextPiece {
  text: string;
  /** A white space mark or a control code, drawn fainter than text. */
  mark: boolean;
}

/** A token's text in pieces; an empty text (a byte in the middle of a character) becomes `∅`. */
export function visiblePieces(text: string): TextPiece[] {
  if (text === '') return [{ text: '∅', mark: true }];
  const pieces: TextPiece[] = [];
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0;
    const mark = MARKS[char] ?? (code < 32 ? String.fromCodePoint(0x2400 + code) : undefined);
    const last = pieces.at(-1);
    if (last !== undefined && last.mark === (mark !== undefined)) last.text += mark ?? char;
    else pieces.push({ text: mark ?? char, mark: mark !== undefined });
  }
  return pieces;
}

/** The same as one string, for labels. */
export const visibleText = (text: string): string =>
  visiblePieces(text)
    .map((piece) => piece.text)
    .join('');

/** Characters of a token that fit on a narrow screen; no vocabulary's words are as long, its runs of dashes are. */
const MOST_IN_STRIP = 24;
/** Characters that are read out. */
const MOST_SPOKEN = 100;

/** A token as it stands among others; the whole of a long one is in its panel. */
export const cutToken = (text: string): string => cut(text, MOST_IN_STRIP);

/** A token as a screen reader should say it. */
export function spokenToken(text: string): string {
  if (text === '') return 'empty';
  return cut(text, MOST_SPOKEN).replaceAll('\n', ' line break ').trim() || 'white space';
}

/** At most so many characters, the last an ellipsis where some are left out; never half of one. */
export function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  const chars = Array.from(text.slice(0, 2 * most));
  return chars.length <= most && text.length <= 2 * most
    ? text
    : `${chars.slice(0, most - 1).join('')}…`;
}

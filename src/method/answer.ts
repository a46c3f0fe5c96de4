/** Grading: is the boxed answer the reference answer, after normalisation? */
import { lastBoxContent } from './box.ts';
import type { Reading } from './types.ts';

const UNITS = [
  'zero',
  'one',
  'two',
  'three',
  'four',
  'five',
  'six',
  'seven',
  'eight',
  'nine',
  'ten',
  'eleven',
  'twelve',
  'thirteen',
  'fourteen',
  'fifteen',
  'sixteen',
  'seventeen',
  'eighteen',
  'nineteen',
];
const TENS = ['twenty', 'thirty', 'forty', 'fifty', 'sixty', 'seventy', 'eighty', 'ninety'];
const DIGITS = UNITS.slice(1, 10).join('|');
const NUMBER_WORD = new RegExp(
  `\\b(?:(${TENS.join('|')})(?:[\\s-]+(${DIGITS}))?|(${UNITS.join('|')}))\\b`,
  'g',
);

/**
 * Lower case, no periods (a decimal point between digits is none), number words up to ninety-nine as
 * digits, single spaces, trimmed. Both sides of a comparison go through it.
 */
export function normaliseAnswer(answer: string): string {
  return answer
    .normalize('NFC')
    .toLowerCase()
    .replace(/\.(?!\d)|(?<=[^\s\d])\.(?=\d)/g, '')
    .replace(NUMBER_WORD, (_, tens: string | undefined, digit: string | undefined, unit: string) =>
      String(
        tens === undefined
          ? UNITS.indexOf(unit)
          : (TENS.indexOf(tens) + 2) * 10 + (digit === undefined ? 0 : UNITS.indexOf(digit)),
      ),
    )
    .replace(/\s+/g, ' ')
    .trim();
}

/** Exact match after normalisation; no answer, or an empty one, is never correct. */
export function isCorrect(answer: string | null, reference: string): boolean {
  if (answer === null) return false;
  const normalised = normaliseAnswer(answer);
  return normalised !== '' && normalised === normaliseAnswer(reference);
}

/** The graded answer of any text (a plain prompt's response, too): its last closed box, trimmed, or null. */
export function boxedAnswer(text: string, reading: Reading): string | null {
  return lastBoxContent(text, reading)?.trim() ?? null;
}

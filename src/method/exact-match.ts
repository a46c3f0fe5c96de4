/** The paper's exact match: are two answers the same text after normalisation? */
import { digitsForWords } from './number-words.ts';

/**
 * Lower case, no periods (a decimal point between digits is none), whole number words as digits, single spaces,
 * trimmed. Both sides of a comparison go through it. The period of an option letter A stays where text follows:
 * without it `A. red` would be the article in "a red".
 */
export function normaliseAnswer(answer: string): string {
  const plain = answer.normalize('NFC').toLowerCase().trim();
  const option = /^a\.(?=\s+\S)/.exec(plain)?.[0] ?? '';
  const rest = plain.slice(option.length).replace(/\.(?!\d)|(?<=[^\s\d])\.(?=\d)/g, '');
  return `${option}${digitsForWords(rest)}`.replace(/\s+/g, ' ').trim();
}

/** Whether both are the same after normalisation; what is empty then matches nothing. */
export function exactMatch(answer: string, reference: string): boolean {
  const normalised = normaliseAnswer(answer);
  return normalised !== '' && normalised === normaliseAnswer(reference);
}

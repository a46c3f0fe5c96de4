/** Sentences whose numbers are marked as such, so that each can be held to what is shown beside it. Pure. */

import type { TeacherName } from '../../method/types.ts';
import { formatNats, formatPercent } from '../shared/format.ts';
import type { TermId } from '../shared/glossary.ts';
import { TEACHERS } from '../shared/teachers.ts';
import { cut } from '../shared/visible-text.ts';

/** A number as it is formatted everywhere; it stands in the stage too. */
export interface FigurePiece {
  readonly figure: string;
}
/** A word of the glossary, explained where it stands. */
export interface TermPiece {
  readonly term: TermId;
  readonly text: string;
}
/** What the model wrote, or was asked. */
export interface QuotePiece {
  readonly quote: string;
}

export type Piece = string | FigurePiece | TermPiece | QuotePiece;
export type Sentence = readonly Piece[];

const MOST_QUOTED = 60;

/** A sentence: `` say`At ${quote(text)} they are ${nats(kl)} apart.` `` */
export const say = (words: TemplateStringsArray, ...pieces: (Piece | Sentence)[]): Sentence =>
  words.flatMap((text, i) => {
    const piece = pieces[i] ?? [];
    return [...(text === '' ? [] : [text]), ...(isSentence(piece) ? piece : [piece])];
  });

const isSentence = (piece: Piece | Sentence): piece is Sentence => Array.isArray(piece);

export const figure = (text: string): FigurePiece => ({ figure: text });
export const count = (n: number): FigurePiece => figure(String(n));
export const percent = (p: number): FigurePiece => figure(formatPercent(p));
export const term = (id: TermId, text: string): TermPiece => ({ term: id, text });
export const quote = (text: string): QuotePiece => ({ quote: cut(text.trim(), MOST_QUOTED) });

/** A divergence with its unit. */
export const nats = (value: number): Sentence => [
  figure(formatNats(value)),
  '\u00a0',
  term('nats', 'nats'),
];

/** A teacher by its name, explained. */
export const teacher = (name: TeacherName): TermPiece =>
  name === 'privileged'
    ? term('privileged', 'OPSD’s teacher')
    : term(name, `${TEACHERS[name].label.toLowerCase()} teacher`);

/** A sentence in plain characters. */
export const plain = (sentence: Sentence): string =>
  sentence
    .map((piece) => {
      if (typeof piece === 'string') return piece;
      if ('figure' in piece) return piece.figure;
      return 'quote' in piece ? `“${piece.quote}”` : piece.text;
    })
    .join('');

/** What ends a clause, and is never the first sign of a line. */
const CLOSING = /^[.,:;!?)”’]+/;
/** A figure and its unit are one. */
const JOINS = /[\u00a0\u202f]$/;
const UNIT = /^[\u00a0\u202f]\S*/;

/**
 * A sentence in stretches that are not cut at the end of a line. A word that can be asked about is a button, before and
 * after which browsers cut as they like: it keeps what its figure is, and the sign that follows.
 */
export function together(sentence: Sentence): Piece[][] {
  const stretches: Piece[][] = [];
  for (const piece of sentence) {
    const last = stretches.at(-1);
    const before = last?.at(-1);
    if (last !== undefined && typeof before === 'string' && JOINS.test(before)) last.push(piece);
    else if (last === undefined || before === undefined || typeof piece !== 'string')
      stretches.push([piece]);
    else {
      const own = typeof before === 'string' ? null : (CLOSING.exec(piece)?.[0] ?? null);
      const glue = own ?? UNIT.exec(piece)?.[0] ?? null;
      if (glue === null) stretches.push([piece]);
      else {
        last.push(glue);
        if (glue.length < piece.length) stretches.push([piece.slice(glue.length)]);
      }
    }
  }
  return stretches;
}

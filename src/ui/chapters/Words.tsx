/** Sentences as they stand on the page: numbers marked, words of the glossary explained. */

import { Term } from '../shared/Term.tsx';
import { type Piece, plain, type Sentence } from './sentence.ts';

export function Words({ sentence }: { sentence: Sentence }) {
  let at = 0;
  return sentence.map((piece) => {
    const key = at;
    at += typeof piece === 'string' ? piece.length : plain([piece]).length;
    return <One key={key} piece={piece} />;
  });
}

function One({ piece }: { piece: Piece }) {
  if (typeof piece === 'string') return piece;
  if ('figure' in piece)
    return (
      <strong data-figure className="numeric">
        {piece.figure}
      </strong>
    );
  if ('quote' in piece) return <q data-quote>{piece.quote}</q>;
  return <Term id={piece.term}>{piece.text}</Term>;
}

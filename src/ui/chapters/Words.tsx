/** Sentences as they stand on the page: numbers marked, words of the glossary explained. */

import { Term } from '../shared/Term.tsx';
import { type Piece, plain, type Sentence, together } from './sentence.ts';
import styles from './Words.module.css';

export function Words({ sentence }: { sentence: Sentence }) {
  let at = 0;
  return together(sentence).map((pieces) => {
    const key = at;
    at += plain(pieces).length;
    return pieces.length === 1 ? (
      <One key={key} piece={pieces[0]} />
    ) : (
      <span key={key} className={styles.together}>
        {pieces.map((piece, i) => (
          // Pieces that stay together stay in their places.
          <One key={i} piece={piece} />
        ))}
      </span>
    );
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

/** A token's text with its white space drawn as fainter marks. */

import styles from './VisibleText.module.css';
import { visiblePieces } from './visible-text.ts';

export function VisibleText({ text }: { text: string }) {
  let at = 0;
  return visiblePieces(text).map((piece) => {
    const key = at;
    at += piece.text.length;
    return (
      <span key={key} className={piece.mark ? styles.mark : undefined}>
        {piece.text}
      </span>
    );
  });
}

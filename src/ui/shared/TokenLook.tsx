/** How a token looks everywhere: its text on its heat, and under it its teacher's letter. */

import styles from './TokenLook.module.css';
import { VisibleText } from './VisibleText.tsx';
import { cutToken } from './visible-text.ts';

/** Of the element around it, which carries `data-teacher`, `data-clipped` and `--heat`. */
export const tokenStyle = styles.token;

export function TokenLook({ text, letter }: { text: string; letter: string | undefined }) {
  return (
    <>
      <span className={styles.text} data-part="text">
        <VisibleText text={cutToken(text)} />
      </span>
      <span className={styles.ribbon} aria-hidden="true">
        <span className={styles.letter} data-part="letter">
          {letter}
        </span>
      </span>
    </>
  );
}

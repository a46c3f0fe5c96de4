/** A token named in a sentence, and the way to it. */

import { VisibleText } from '../shared/VisibleText.tsx';
import styles from './TokenLink.module.css';

export interface TokenLinkProps {
  /** From 0. */
  at: number;
  text: string;
  onSelect: (token: number) => void;
}

export function TokenLink({ at, text, onSelect }: TokenLinkProps) {
  return (
    <button type="button" className={styles.token} onClick={() => onSelect(at)}>
      {at + 1} <VisibleText text={text} />
    </button>
  );
}

/** Copies a text, and says so; where the browser does not allow it, the text stands there to be copied by hand. */

import { useState } from 'react';
import styles from './CopyButton.module.css';
import { Icon } from './Icon.tsx';

export interface CopyButtonProps {
  label: string;
  /** Made when it is wanted. */
  text: () => string;
  /** What else there is to say of it, behind “Copied.” */
  after?: () => string;
}

export function CopyButton({ label, text, after }: CopyButtonProps) {
  const [said, setSaid] = useState('');
  const copy = async () => {
    const words = text();
    try {
      await navigator.clipboard.writeText(words);
      setSaid(`Copied.${after?.() ?? ''}`);
    } catch {
      setSaid(`The browser did not allow copying. This is it: ${words}`);
    }
  };
  return (
    <span className={styles.copy}>
      <button type="button" className="button" onClick={() => void copy()}>
        <Icon name="copy" />
        {label}
      </button>
      <span role="status" className={styles.said}>
        {said}
      </span>
    </span>
  );
}

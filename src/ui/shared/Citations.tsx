/** How to cite: the playground and the papers, each as an entry for a bibliography with a button that copies it. */

import styles from './Citations.module.css';
import { CopyButton } from './CopyButton.tsx';
import { CITATIONS } from './citations.ts';

export function Citations() {
  return (
    <ul className={styles.works}>
      {CITATIONS.map(({ title, line, bibtex }) => (
        <li key={title}>
          <p>{line}</p>
          <details>
            <summary>BibTeX</summary>
            <pre className={styles.entry}>{bibtex}</pre>
          </details>
          <CopyButton label="Copy BibTeX" text={() => bibtex} />
        </li>
      ))}
    </ul>
  );
}

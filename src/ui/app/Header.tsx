/** Name, links to the pages, what the page's parts put beside it, and the theme. */

import type { ReactNode } from 'react';
import styles from './Header.module.css';
import { SkipLink } from './Keys.tsx';
import { ThemeButton } from './ThemeButton.tsx';

export interface HeaderProps {
  navigation: ReactNode;
  children: ReactNode;
}

export function Header({ navigation, children }: HeaderProps) {
  return (
    <header className={styles.header}>
      <SkipLink className={styles.skip} />
      <svg className={styles.mark} viewBox="0 0 20 20" aria-hidden="true">
        <rect x="1" y="9" width="5" height="10" rx="1" data-teacher="perception" />
        <rect x="7.5" y="1" width="5" height="18" rx="1" data-teacher="reasoning" />
        <rect x="14" y="13" width="5" height="6" rx="1" data-teacher="reference" />
      </svg>
      <h1 className={styles.name}>
        ViGOS Playground
        <span className={styles.tagline}>every token and its teacher</span>
      </h1>
      {navigation}
      <div className={styles.tools}>
        {children}
        <ThemeButton />
      </div>
    </header>
  );
}

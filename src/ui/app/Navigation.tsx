/** Links to the pages; real ones, so that they can be opened in another tab. */

import type { MouseEvent } from 'react';
import { useEngineState } from '../engine/context.tsx';
import styles from './Navigation.module.css';
import { PAGES } from './pages.ts';
import { goTo, linkTo } from './route.ts';

export function Navigation({ current }: { current: string }) {
  const training = useEngineState((s) => s.training);
  if (PAGES.length < 2) return null;
  const follow = (event: MouseEvent, id: string) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    goTo(id);
  };
  return (
    <nav className={styles.nav} aria-label="Pages">
      {PAGES.map(({ id, label }) => (
        <a
          key={id}
          className={styles.link}
          href={linkTo(id)}
          aria-current={id === current ? 'page' : undefined}
          onClick={(event) => follow(event, id)}
        >
          {label}
          {id === 'train' && training && (
            <span className={styles.busy} role="img" aria-label="a run is training" />
          )}
        </a>
      ))}
    </nav>
  );
}

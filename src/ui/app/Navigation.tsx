/** Links to the pages; real ones, so that they can be opened in another tab. */

import { type MouseEvent, useEffect, useRef } from 'react';
import { useEngineState } from '../engine/context.tsx';
import styles from './Navigation.module.css';
import { PAGES } from './pages.ts';
import { goTo, linkTo } from './route.ts';

export function Navigation({ current }: { current: string }) {
  const training = useEngineState((s) => s.training);
  const nav = useRef<HTMLElement>(null);
  useEffect(() => {
    // On a phone the names are one line that moves sideways: the page on show is in sight.
    const link = nav.current?.querySelector<HTMLElement>(`[data-page="${current}"]`);
    if (nav.current !== null && link) {
      const { offsetLeft, offsetWidth } = link;
      nav.current.scrollLeft =
        offsetLeft - nav.current.offsetLeft - (nav.current.clientWidth - offsetWidth) / 2;
    }
  }, [current]);
  if (PAGES.length < 2) return null;
  const follow = (event: MouseEvent, id: string) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    goTo(id);
  };
  return (
    <nav ref={nav} className={styles.nav} aria-label="Pages">
      {PAGES.map(({ id, label }) => (
        <a
          key={id}
          data-page={id}
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

/** A part of a page: its heading, a word about it, what can be done with the whole of it, and its content. */

import type { ReactNode } from 'react';
import styles from './Panel.module.css';

export interface PanelProps {
  heading: string;
  /** Id of the heading, which names the panel. */
  headingId: string;
  /** The heading can be given the focus by the page. */
  focusable?: boolean;
  note?: ReactNode;
  /** The note changes and is read out then. */
  live?: boolean;
  /** Sentences, which take a line of their own where they do not fit beside the heading. */
  long?: boolean;
  /** At the end of the heading's line. */
  action?: ReactNode;
  children?: ReactNode;
}

export function Panel(props: PanelProps) {
  const { heading, headingId, focusable = false, note, live = false, long = false } = props;
  return (
    <section className={styles.panel} aria-labelledby={headingId}>
      <header className={styles.header} data-long={long || undefined}>
        <h3 id={headingId} tabIndex={focusable ? -1 : undefined}>
          {heading}
        </h3>
        {note !== undefined && <p aria-live={live ? 'polite' : undefined}>{note}</p>}
        {props.action}
      </header>
      {props.children}
    </section>
  );
}

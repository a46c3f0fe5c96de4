/** A word with help: hovering shows what it means, a click or Enter keeps it open. */

import { Popover } from 'radix-ui';
import { type MouseEvent, type PointerEvent, type ReactNode, useRef, useState } from 'react';
import { Formula } from './Formula.tsx';
import type { GlossaryEntry } from './glossary.ts';
import styles from './Help.module.css';

const OPEN_DELAY_MS = 300;
const CLOSE_DELAY_MS = 120;

export interface HelpProps {
  /** Null while it is being fetched. */
  entry: GlossaryEntry | null;
  /** The term’s value for what is on the page, in words and numbers. */
  here?: string | undefined;
  children: ReactNode;
  /** Called when a person begins to ask for the entry, and when they are done. */
  onWanted?: (wanted: boolean) => void;
}

export function Help({ entry, here, children, onWanted }: HelpProps) {
  const [open, setOpen] = useState(false);
  const pinned = useRef(false);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);

  const hover = (inside: boolean) => (event: PointerEvent) => {
    if (event.pointerType !== 'mouse') return;
    clearTimeout(timer.current);
    if (inside) onWanted?.(true);
    if (inside === open || pinned.current) return;
    timer.current = setTimeout(() => setOpen(inside), inside ? OPEN_DELAY_MS : CLOSE_DELAY_MS);
  };
  const keepHovered = (event: MouseEvent) => {
    if (!open || pinned.current) return;
    event.preventDefault();
    pinned.current = true;
  };

  return (
    <Popover.Root
      open={open}
      onOpenChange={(next) => {
        clearTimeout(timer.current);
        pinned.current = next;
        onWanted?.(next);
        setOpen(next);
      }}
    >
      <Popover.Trigger
        className={styles.term}
        onClick={keepHovered}
        onPointerEnter={hover(true)}
        onPointerLeave={hover(false)}
      >
        {children}
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          className="popover"
          aria-label={entry?.title ?? 'Help'}
          // What a term explains stands below it or beside it.
          side="top"
          sideOffset={6}
          collisionPadding={12}
          onOpenAutoFocus={(event) => event.preventDefault()}
          onCloseAutoFocus={(event) => event.preventDefault()}
          onPointerEnter={hover(true)}
          onPointerLeave={hover(false)}
        >
          {entry === null ? (
            <p role="status">Loading …</p>
          ) : (
            <>
              <p className={styles.title}>{entry.title}</p>
              <p>{entry.text}</p>
              {entry.formula !== undefined && <Formula formula={entry.formula} />}
              {entry.links?.map(({ label, href }) => (
                <p key={href}>
                  <a href={href} target="_blank" rel="noreferrer">
                    {label}
                  </a>
                </p>
              ))}
            </>
          )}
          {here !== undefined && <p className={styles.here}>Here: {here}</p>}
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
